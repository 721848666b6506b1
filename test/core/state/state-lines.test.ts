import { describe, expect, it } from 'vitest'
import { type JobStatus, jobStatusSchema, type StateReport } from '../../../core/state/request.ts'
import { comparisonLines, stateLines } from '../../../core/state/state-lines.ts'

const now = new Date('2026-11-22T12:00:00.000Z')
const counts = { tasks: 5_000, commits: 31_204, knowledge: 12, configuration: 3, metrics: 40 }
const one = { tasks: 1, commits: 1, knowledge: 1, configuration: 1, metrics: 1 }
const calm = {
  title: 'Firestore, our-breakroom',
  connected: true,
  waiting: 0,
  since: null,
  aside: [],
  trouble: null,
}
const lines = (changes: Partial<StateReport> = {}, behind: Partial<typeof calm> | Record<string, unknown> = {}) =>
  stateLines(
    { file: '/home/ada/state.sqlite', counts, ledger_lag: 0, behind: { ...calm, ...behind } as never, ...changes },
    now,
  )

describe('how the memory stands, in words', () => {
  it('is what is kept, and that all is well', () => {
    expect(lines()).toEqual([
      '/home/ada/state.sqlite has 5,000 tasks with 31,204 commits, 12 pieces of knowledge, 3 starts and 40 role days.',
      'All of the ledger is kept.',
      'Firestore, our-breakroom has all of it.',
    ])
    expect(lines({ counts: one })[0]).toBe(
      '/home/ada/state.sqlite has 1 task with 1 commit, 1 piece of knowledge, 1 start and 1 role day.',
    )
  })

  it('says what of the ledger is not kept yet, as far as that is known', () => {
    expect(lines({ ledger_lag: 1 })[1]).toBe('1 entry of the ledger is not kept yet.')
    expect(lines({ ledger_lag: 1_200 })[1]).toBe('1,200 entries of the ledger are not kept yet.')
    expect(lines({ ledger_lag: null })[1]).toBe('How much of the ledger is not kept yet is not known.')
  })

  it('says where there is nothing behind the file', () => {
    expect(lines({ behind: null })[2]).toBe('There is no Firestore behind it: all of it is on this machine alone.')
  })

  it('says what the store behind has not got yet, and for how long', () => {
    const waiting = { waiting: 120, since: '2026-11-22T11:57:00.000Z', trouble: 'Firestore is 3 min behind' }
    expect(lines({}, waiting).slice(2)).toEqual(['Firestore, our-breakroom is behind: 120 changes wait for 3 min.'])
    expect(lines({}, { waiting: 1 })[2]).toBe('Firestore, our-breakroom is behind: 1 change waits.')
  })

  it('says why the store behind cannot be written', () => {
    const away = { connected: false, waiting: 120, since: '2026-11-22T11:57:00.000Z' }
    const trouble = 'Firestore has been away for 3 min; 120 changes wait'
    expect(lines({}, { ...away, trouble })[2]).toBe(`${trouble}.`)
    expect(lines({}, away)[2]).toBe('Firestore, our-breakroom is away; 120 changes wait for 3 min.')
  })

  it('names what was set aside, each with its reason, and nothing that moves the cursor', () => {
    const aside = ['t-13: it has 1.2 MB.', 'decision-1: \u001b[2J\nno']
    expect(lines({}, { aside }).slice(2)).toEqual([
      'Firestore, our-breakroom has all of it but what was set aside.',
      'Set aside: t-13: it has 1.2 MB.',
      'Set aside: decision-1: [2J no.',
    ])
  })
})

describe('a comparison, in words', () => {
  const store = (title: string, sha256: string) => ({ title, counts: one, sha256: sha256.repeat(64) })
  const compared = (changes: Partial<JobStatus> = {}): JobStatus =>
    jobStatusSchema.parse({
      job: 'compare',
      running: false,
      doing: '',
      done: 0,
      total: 0,
      error: null,
      took_ms: 3_200,
      stores: [store('SQLite, state.sqlite', 'a'), store('Firestore, our-breakroom', 'a')],
      ...changes,
    })

  it('says what is in each store, with its hash, and that it is the same', () => {
    const each = '1 task with 1 commit, 1 piece of knowledge, 1 start and 1 role day'
    expect(comparisonLines(compared({ ledger: { commits: 1 } }))).toEqual([
      `SQLite, state.sqlite has ${each}; hash aaaaaaaaaaaa.`,
      `Firestore, our-breakroom has ${each}; hash aaaaaaaaaaaa.`,
      'The same is in both stores and in the ledger (looked at in 3 s).',
    ])
    expect(comparisonLines(compared()).at(-1)).toBe('The same is in both stores (looked at in 3 s).')
    const alone = { stores: [store('SQLite, state.sqlite', 'a')], took_ms: 12, ledger: { commits: 1 } }
    expect(comparisonLines(compared(alone)).at(-1)).toBe('The same is in the ledger (looked at in 12 ms).')
  })

  it('says what is not the same, and how much more there is', () => {
    const differences = ['t-13 is at version 4 in SQLite and not in Firestore', 't-14 is at \u001b[2J']
    expect(comparisonLines(compared({ differences, different: 1_202 })).slice(2)).toEqual([
      '1,202 differences (looked at in 3 s):',
      '  t-13 is at version 4 in SQLite and not in Firestore',
      '  t-14 is at [2J',
      '  and 1,200 more',
    ])
    const [first = ''] = differences
    expect(comparisonLines(compared({ differences: [first], different: 1 })).slice(2)).toEqual([
      '1 difference (looked at in 3 s):',
      `  ${first}`,
    ])
  })

  it('says how far it is, why it failed, or that there was none', () => {
    const running = { running: true, doing: 'reading Firestore', done: 1_200, total: 5_000 }
    expect(comparisonLines(compared(running))).toEqual([
      'The comparison is under way: reading Firestore, 1,200 of 5,000.',
    ])
    expect(comparisonLines(compared({ ...running, total: 0 }))).toEqual([
      'The comparison is under way: reading Firestore.',
    ])
    expect(comparisonLines(compared({ error: 'Firestore is away.' }))).toEqual([
      'The comparison failed: Firestore is away.',
    ])
    expect(comparisonLines(compared({ stores: [] }))).toEqual(['Nothing was compared yet.'])
  })
})
