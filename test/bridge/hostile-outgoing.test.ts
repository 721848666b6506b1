import { expect, it } from 'vitest'
import { messageOf } from '../../adapters/slack/message-ids.ts'
import { type OutgoingParts, outgoing } from '../../bridge/outgoing.ts'
import { roleLine } from '../support/lines.ts'

/** The thread in which an answer of cto's is shown; `shown` is where what it answers was posted. */
async function threadOf(answer: Parameters<typeof roleLine>[3], shown: string | null = null) {
  const parts: OutgoingParts = {
    network: {
      name: 'acme',
      threads: true,
      threadUnder: messageOf,
      start() {},
      post: async () => ({ ids: [], how: 'confirmed' }),
      showPresence() {},
      isHere: () => false,
      hearsItself: () => false,
      ready: async () => {},
      fold: (name) => name,
      status: () => ({ up: 1, expected: 1, queued: 0 }),
      stop: async () => {},
    },
    origin: 'slack/acme',
    speaks: () => true,
    hasVoice: () => true,
    isRolesNick: () => false,
    answers: new Set(['knowledge']),
    links: [],
    threads: { idOf: () => null, spoke() {} },
    shownAs: async () => shown,
    rest: async () => {},
    cards: { missedAt: null, now: () => 0 },
  }
  return (await outgoing(parts, roleLine('r1', 'cto', 'yes', answer), { room: 'breakroom' })).thread
}

const message = 'T1:C1:1767268800.000100'

it('answers under the message, when what it answers is an edit of it or one of several lines in it', async () => {
  expect(await threadOf({ in_reply_to: `slack:acme:${message}` })).toBe(message)
  expect(await threadOf({ in_reply_to: `slack:acme:${message}:1767268900.000200` })).toBe(message)
  expect(await threadOf({ in_reply_to: 'irc:local:m1' }, `${message}#2`)).toBe(message)
})

it('answers in no thread when what it answers is no message, whatever a role says the thread is', async () => {
  expect(await threadOf({ in_reply_to: 'slack:acme:slash:13345224609.738474920.8088930838d88f008e0' })).toBeUndefined()
  expect(await threadOf({ thread: { network: 'acme', id: 'nonsense' } })).toBeUndefined()
})
