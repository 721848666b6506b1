import { describe, expect, it } from 'vitest'
import { messageOf } from '../../adapters/slack/message-ids.ts'
import { type OutgoingParts, outgoing } from '../../bridge/outgoing.ts'
import type { ChatEnvelope } from '../../core/envelope.ts'
import type { ChatNetwork } from '../../ports/chat.ts'
import { personLine, roleLine } from '../support/lines.ts'

/** A network with threads and cards, and how long was waited for one. */
function network(options: { threads?: boolean; card?: () => string | null } = {}) {
  const { threads = true, card = () => null } = options
  const waited = { ms: 0 }
  const parts: OutgoingParts = {
    network: {
      name: 'acme',
      threads,
      threadUnder: messageOf,
      showCard: async () => 'T1:C1:1.000',
      isHere: () => false,
    } as unknown as ChatNetwork,
    origin: 'slack/acme',
    speaks: () => true,
    hasVoice: () => true,
    isRolesNick: () => false,
    answers: new Set(['knowledge']),
    links: ['github.com'],
    threads: { idOf: card, spoke() {} },
    shownAs: async () => null,
    rest: async (ms) => {
      waited.ms += ms
    },
    cards: { missedAt: null, now: () => waited.ms },
  }
  const say = (line: ChatEnvelope) => outgoing(parts, line, { room: 'breakroom' })
  return { say, waited }
}

describe('what of a line is shown on a network', () => {
  it('has the code of its thread in front where there are no threads', async () => {
    const line = { ...personLine('1', 'on it'), trace: 'trace-k3f9' }
    const said = { ...line, data: { ...line.data, thread: { network: 'other', id: 'x' } } }
    const shown = await network({ threads: false }).say({ ...said, actor: 'human-alice' })
    expect(shown.prefix).toMatch(/\[k3f9\] $/)
  })

  it('names files that were shared with it', async () => {
    const line = personLine('1', 'look')
    const files = [{ name: 'plan.pdf', type: 'application/pdf', bytes: 12_345, link: 'https://acme.slack.com/files/1' }]
    const shown = await network().say({ ...line, data: { ...line.data, files } })
    expect(shown.text).toBe('look\n(file) plan.pdf, 12 kB: https://acme.slack.com/files/1')
  })

  it("S18: opens no link of an agent's or of somebody else's bot by itself, but those of people", async () => {
    const evil = 'see https://evil.example/?d=secret'
    const { say } = network()
    expect((await say(roleLine('1', 'cto', evil))).text).toContain('hxxps://evil[.]example')
    const foreign = personLine('2', evil)
    expect((await say({ ...foreign, data: { ...foreign.data, tier: 'none' } })).text).toContain('hxxps://')
    expect((await say(personLine('3', evil))).text).toBe(evil)
  })

  it("S17: has buttons only when it is the house's", async () => {
    const actions = [{ label: 'Undo', command: 'cancel t-1' }]
    const { say } = network()
    expect(await say(roleLine('1', 'cto', 'press here', { actions }))).not.toHaveProperty('actions')
    expect(await say(roleLine('2', 'breakroom', 'filed', { actions }))).toMatchObject({ actions })
  })

  it('S17: under an answer people vote, and whatever else a seat asks them to press is left out', async () => {
    const votes = [
      { label: 'Helped', command: 'helped q-17' },
      { label: 'Ask a human', command: 'human q-17' },
    ]
    const others = [
      { label: 'Helped', command: 'approve t-1' },
      { label: 'Helped', command: 'helped q-17 and more' },
    ]
    const { say } = network()
    expect(await say(roleLine('1', 'knowledge', 'here', { actions: [...votes, ...others] }))).toMatchObject({
      actions: votes,
    })
    expect(await say(roleLine('2', 'cto', 'here', { actions: votes }))).not.toHaveProperty('actions')
    expect(await say(roleLine('3', 'knowledge', 'here', { actions: others }))).not.toHaveProperty('actions')
  })
})

describe('a line about a task', () => {
  const about = (id: string) => roleLine(id, 'breakroom', 't-1 is done', { task: 't-1' })

  it('waits for the card that it belongs under', async () => {
    let looks = 0
    const { say, waited } = network({ card: () => (looks++ < 3 ? null : 'T1:C1:1767268800.000100') })
    expect(await say(about('1'))).toMatchObject({ thread: 'T1:C1:1767268800.000100' })
    expect(waited.ms).toBeGreaterThan(0)
  })

  it('is said without it after a while, and no further line waits where cards do not come', async () => {
    const { say, waited } = network()
    expect(await say(about('1'))).not.toHaveProperty('thread')
    const once = waited.ms
    expect(once).toBe(3_000)
    await say(about('2'))
    expect(waited.ms).toBe(once)
  })
})
