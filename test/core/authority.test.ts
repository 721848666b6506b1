import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorize, type Limit, type Tier } from '../../core/authority.ts'

const table: Record<Tier, string[]> = {
  none: [],
  guest: [
    'mention',
    'dm',
    'command.help',
    'command.whoami',
    'command.login',
    'command.agents',
    'command.status',
    'task.see',
  ],
  member: [
    ...['command.ping', 'command.sweep', 'command.say', 'command.stop', 'command.resume', 'command.stop-fleet'],
    ...['task.assign', 'task.work', 'task.approve', 'task.change'],
  ],
  founder: ['command.resume-fleet'],
}
const tiers: Tier[] = ['none', 'guest', 'member', 'founder']
const actions = tiers.flatMap((tier) => table[tier])
const human = (tier: Tier) => ({ actor: 'human-ada', tier })
const limit = (name: string, allowed: (action: string) => boolean): Limit => ({ name, allows: allowed })

test.each(tiers)('a person of tier %s may do what the table says and no more', (tier) => {
  const may = tiers.slice(0, tiers.indexOf(tier) + 1).flatMap((lower) => table[lower])
  expect(actions.filter((action) => authorize({ action, requester: human(tier) }).allowed)).toEqual(may)
})

test('what no rule names is denied, to founders too', () => {
  for (const action of ['command.deploy', 'COMMAND.HELP', '', '__proto__', 'toString', 'constructor']) {
    expect(authorize({ action, requester: human('founder') })).toMatchObject({ allowed: false, rule: 'unknown-action' })
  }
})

test('an agent with no person behind it may speak to others and do its work, and command nobody, whatever tier it claims', () => {
  const its = ['mention', 'dm', 'task.see', 'task.work', 'task.approve']
  for (const action of actions) {
    const { allowed } = authorize({ action, requester: { actor: 'cto', tier: 'founder' } })
    expect(allowed, action).toBe(its.includes(action))
  }
})

describe('S12: a name proves nobody', () => {
  const stranger = (actor: string) => authorize({ action: 'task.approve', requester: { actor, tier: 'founder' } })

  test.each(['human-ada-via-local', 'human-ada-at-libera', 'human-founder-via-local', 'human-h--0af-at-libera'])(
    '%s never approves, whatever its tier, and is told how to be known',
    (actor) => {
      expect(stranger(actor)).toEqual({
        allowed: false,
        rule: 'unlinked',
        sentence:
          'Only a person I know may approve or reject a result; write to me alone "!login <word>", or have your account linked under people: in breakroom.yaml (rule: unlinked).',
      })
    },
  )

  test('a person who is linked or logged in approves', () => {
    expect(stranger('human-ada')).toEqual({ allowed: true })
  })
})

test('S4: a guest has nobody work for them, neither by themselves nor through an agent that may', () => {
  for (const action of ['task.assign', 'task.work', 'task.change', 'task.approve']) {
    const chain = [limit('marketing', () => true), limit('devops', () => true)]
    expect(authorize({ action, requester: human('guest'), chain })).toMatchObject({ allowed: false, rule: 'tier' })
  }
})

describe('S1: no call beyond the rights of the requester, and the refusal names the rule', () => {
  test.each([
    [
      { action: 'command.stop', requester: human('guest') },
      'tier',
      'Only a member or a founder may stop a role; you are a guest (rule: tier).',
    ],
    [
      { action: 'command.say', requester: { actor: 'devops', tier: 'none' as const } },
      'agent-alone',
      'No agent may have something said unless a person asked for it (rule: agent-alone).',
    ],
    [
      {
        action: 'command.ping',
        requester: human('founder'),
        chain: [limit('cto', () => true), limit('intern', () => false)],
      },
      'chain',
      'intern may not ping a role, whoever asks (rule: chain).',
    ],
    [
      { action: 'command.say', requester: human('founder'), room: limit('#board', () => false) },
      'room',
      'Nobody may have something said in #board (rule: room).',
    ],
  ])('%#', (request, rule, sentence) => {
    expect(authorize(request)).toEqual({ allowed: false, rule, sentence })
  })
})

test('rights only ever shrink: adding an agent or a room to a request never allows what was denied', () => {
  const allowList = fc.subarray(actions)
  const someLimit = allowList.map((list) => limit('x', (action) => list.includes(action)))
  fc.assert(
    fc.property(
      fc.constantFrom(...actions),
      fc.constantFrom(...tiers),
      fc.array(someLimit, { maxLength: 4 }),
      someLimit,
      (action, tier, chain, extra) => {
        const alone = authorize({ action, requester: human(tier), chain }).allowed
        const longer = authorize({ action, requester: human(tier), chain: [...chain, extra] }).allowed
        const roomed = authorize({ action, requester: human(tier), chain, room: extra }).allowed
        expect(longer).toBe(alone && extra.allows(action as 'dm'))
        expect(roomed).toBe(alone && extra.allows(action as 'dm'))
      },
    ),
  )
})
