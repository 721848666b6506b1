import { describe, expect, it, test } from 'vitest'
import { commandOfReaction } from '../../bridge/reaction-commands.ts'
import type { Thread } from '../../bridge/threads.ts'
import type { HeardSign } from '../../ports/chat.ts'

const card: Thread = {
  network: 'acme',
  id: 'T1:C1:1.0',
  room: 'breakroom',
  trace: 'trace',
  at: '2026-01-01T00:00:00.000Z',
  task: 't-13',
}
const reacted = (name: string, added = true): HeardSign => ({
  network: 'acme',
  room: 'breakroom',
  heardBy: { kind: 'ear' },
  of: card.id,
  id: 'T1:C1:1.0:U1:x:2.0',
  speaker: { nick: 'U1', account: 'U1', host: '', bot: false },
  sign: { kind: 'reaction', name, added },
  at: new Date(0),
})

describe('an emoji under the card of a task', () => {
  test.each([
    ['eyes', 'ack t-13'],
    ['white_check_mark', 'done t-13'],
    ['octagonal_sign', 'cancel t-13'],
  ])('%s is the command "%s" of who put it there, said aside', (name, text) => {
    expect(commandOfReaction(reacted(name), card)).toMatchObject({
      text,
      room: null,
      aside: { room: 'breakroom' },
      speaker: { account: 'U1' },
    })
  })

  it('is no command when it is taken away, means nothing to us, or stands under something else', () => {
    expect(commandOfReaction(reacted('eyes', false), card)).toBeNull()
    expect(commandOfReaction(reacted('tada'), card)).toBeNull()
    expect(commandOfReaction(reacted('eyes'), { ...card, task: null })).toBeNull()
    expect(commandOfReaction(reacted('eyes'), null)).toBeNull()
    expect(commandOfReaction({ ...reacted('eyes'), sign: { kind: 'deleted' } }, card)).toBeNull()
  })
})
