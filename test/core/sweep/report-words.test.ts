import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { SweepReport } from '../../../core/sweep/report.ts'
import { isTrouble, reportLines, stuckIn } from '../../../core/sweep/report-words.ts'
import { type AgentState, agentStates, rungKinds, stallStates } from '../../../core/sweep/states.ts'
import { anyReport, reported } from '../../support/sweep-report.ts'

const healthy = ['ceo', 'cfo', 'cso', 'devops']
const act = (changes: Partial<SweepReport['acts'][number]> = {}) => ({
  role: 'backend',
  task: 't-13',
  epoch: 1,
  state: 'stalled' as const,
  rung: 1,
  kind: 'ping' as const,
  outcome: 'asked where it stands',
  ok: true,
  ...changes,
})

describe('U20: what a sweep says', () => {
  it('is one line when all is well, with who works long and who is stopped', () => {
    expect(reportLines(anyReport({ took_ms: 41.4 }))).toEqual(['5 agents looked at in 41 ms: all is well.'])
    const states = { healthy, 'working-long': ['cto'], stopped: ['a', 'b', 'c', 'd', 'e', 'f'] }
    expect(reportLines(anyReport({ states, took_ms: 2_600 }))).toEqual([
      '11 agents looked at in 3 s: all is well; working long: cto; stopped: a, b, c, d and 2 more.',
    ])
  })

  it('names who is stuck, since when and on what, why, and what was done', () => {
    const agents = [reported('backend', 'stalled', 35, 'no output, no file and no word for 35 min', 't-13')]
    const report = anyReport({ states: { healthy, stalled: ['backend'] }, agents, acts: [act()] })
    expect(reportLines(report)).toEqual([
      '5 agents: backend stalled 35 min on t-13 (no output, no file and no word) - asked where it stands; 4 healthy.',
    ])
  })

  it.each([
    [
      'waiting-for-answer',
      11,
      'stuck on a question for 11 min',
      'waiting for an answer 11 min on t-9 (stuck on a question)',
    ],
    [
      'idle-with-work',
      8,
      'the seat is free and takes nothing for 8 min',
      'idle with work 8 min on t-9 (the seat is free and takes nothing)',
    ],
    ['dead', 4, 'no heartbeat for 4 min', 'dead 4 min on t-9 (no heartbeat)'],
    ['zombie', 2, 'it works on what is over', 'a zombie 2 min on t-9 (it works on what is over)'],
  ] as const)('says each thing once of one that is %s', (state, minutes, why, words) => {
    const report = anyReport({ states: { [state]: ['cto'] }, agents: [reported('cto', state, minutes, why, 't-9')] })
    expect(reportLines(report)).toEqual([`1 agent: cto ${words}.`])
  })

  it('says the worst first, names four at most, and counts the others', () => {
    const agents = [
      reported('a', 'waiting-for-human', 90, ''),
      reported('b', 'stalled', 31, ''),
      reported('c', 'stalled', 40, ''),
      reported('d', 'dead', 4, ''),
      reported('e', 'waiting-for-human', 100, ''),
      reported('f', 'working-long', 200, 'it goes on for 3 h', 't-1'),
    ]
    expect(stuckIn({ agents }).map(({ role }) => role)).toEqual(['d', 'c', 'b', 'e', 'a'])
    const states = { dead: ['d'], stalled: ['b', 'c'], 'waiting-for-human': ['a', 'e'], 'working-long': ['f'] }
    expect(reportLines(anyReport({ states, agents }))).toEqual([
      '6 agents: d dead 4 min; c stalled 40 min; b stalled 31 min; e waiting for a person 2 h; and 1 more; 1 working long.',
    ])
  })

  it('says what could not be done, and how much more was', () => {
    const agents = [reported('backend', 'dead', 5, 'no heartbeat for 5 min', 't-13')]
    const acts = [
      act({ state: 'dead', ok: false, outcome: 'The task service does not answer.' }),
      act({ state: 'dead', task: 't-14' }),
    ]
    expect(reportLines(anyReport({ states: { dead: ['backend'] }, agents, acts }))).toEqual([
      '1 agent: backend dead 5 min on t-13 (no heartbeat) - to be tried again: The task service does not answer, and 1 more.',
    ])
  })

  it('has a line for organs that ail, and one for what has one cause', () => {
    const organs = [
      { organ: 'slack', state: 'ailing' as const, why: 'nothing came back for 2 min' },
      { organ: 'disk', state: 'unknown' as const, why: 'cannot be looked at' },
      { organ: 'timers', state: 'ailing' as const, why: '' },
    ]
    const held = '9 of 13 seats have been silent for 5 min: that has one cause'
    const seats = { organ: 'seats', state: 'ailing' as const, why: held }
    expect(reportLines(anyReport({ organs: [seats, ...organs], held }))).toEqual([
      '5 agents looked at in 41 ms: nobody is stuck.',
      'Ailing: slack (nothing came back for 2 min); timers.',
      `${held}, so nothing is done about the silent ones.`,
    ])
  })

  it('is never more than three lines of 350 bytes each, and always names the worst', () => {
    const role = fc.stringMatching(/^[a-z]{1,32}$/)
    const text = fc.constantFrom(
      '',
      'Done.',
      'x'.repeat(400),
      'é '.repeat(200),
      '👩‍💻'.repeat(60),
      '\r\na\u2028b\u001b',
      '\ud800)',
    )
    const state = fc.constantFrom(...agentStates)
    const agent = fc.record({
      role,
      state,
      task: fc.constant('t-123456'),
      since: fc.constant('2026-03-02T11:00:00.000Z'),
      why: text,
    })
    const its = fc.record({
      role,
      task: fc.option(fc.constant('t-123456')),
      epoch: fc.nat(),
      state: fc.constantFrom(...stallStates),
      rung: fc.nat(),
      kind: fc.constantFrom(...rungKinds),
      outcome: text,
      ok: fc.boolean(),
    })
    const organ = fc.record({ organ: text, state: fc.constantFrom('well' as const, 'ailing' as const), why: text })
    const all = fc.record({
      agents: fc.array(agent, { maxLength: 8 }),
      organs: fc.array(organ, { maxLength: 6 }),
      held: fc.option(text),
    })
    fc.assert(
      fc.property(all, fc.array(its, { maxLength: 6 }), ({ agents, organs, held }, others) => {
        const acts = [...others, ...agents.slice(0, 9).map((one) => act({ role: one.role, outcome: one.why }))]
        const states: Partial<Record<AgentState, string[]>> = {}
        for (const one of agents) states[one.state] = [...(states[one.state] ?? []), one.role]
        const report = anyReport({ states, agents, organs, held, acts })
        const lines = reportLines(report)
        expect(lines.length).toBeLessThanOrEqual(3)
        for (const line of lines) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(350)
          expect(line).not.toMatch(/[\r\n\u2028]/)
        }
        const [worst] = stuckIn(report)
        if (worst !== undefined) expect(lines[0]).toContain(`: ${worst.role} `)
        expect(isTrouble(report)).toBe(!lines[0]?.includes(': all is well'))
      }),
    )
  })
})

test('whoever works long or is stopped is no trouble, and what cannot be told of an organ is none', () => {
  const calm = anyReport({
    agents: [reported('cto', 'working-long', 200, ''), reported('cso', 'stopped', 5, '')],
    organs: [{ organ: 'disk', state: 'unknown', why: 'cannot be looked at' }],
  })
  expect(isTrouble(calm)).toBe(false)
})
