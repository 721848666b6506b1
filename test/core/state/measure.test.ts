import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Figures, type Measured, measure, withMeasured } from '../../../core/state/measure.ts'
import { type RoleDay, roleDaySchema } from '../../../core/state/role-day.ts'
import type { TaskCommit } from '../../../core/task/commit.ts'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { evolve } from '../../../core/task/evolve.ts'
import type { Task } from '../../../core/task/task.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  approve,
  asked,
  bob,
  cancel,
  claim,
  given,
  grace,
  handBack,
  plan,
  ran,
  reassign,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  staged,
  submit,
  sweep,
  watch,
} from '../../support/task-story.ts'

const today = '2026-11-21'

/** What each commit of a task comes to, oldest first. */
function measuredIn(commits: readonly TaskCommit[]): Measured[][] {
  let task: Task | null = null
  return commits.map((commit) => {
    const before = task
    task = evolve(before, commit)
    return measure(before, task, commit)
  })
}

/** The figures of each role over all of its history, without those that are 0. */
function totals(story: Story | readonly TaskCommit[]): Record<string, Partial<Figures>> {
  const days = new Map<string, RoleDay>()
  const all = measuredIn('commits' in story ? story.commits : story).flat()
  for (const one of all) days.set(one.role, withMeasured(days.get(one.role) ?? null, { ...one, day: today }))
  return Object.fromEntries(
    [...days].map(([role, { id, revision, role: _, day, ...figures }]) => [
      role,
      Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== 0)),
    ]),
  )
}

/** The same commits at other times, ms since noon. */
const timed = (story: Story, ...times: number[]): TaskCommit[] =>
  story.commits.map((commit, index) => {
    const at = Date.UTC(2026, 10, 21, 12) + (times[index] ?? times.at(-1) ?? 0)
    return { ...commit, at: new Date(at).toISOString() }
  })

const minute = 60_000

describe('what a commit comes to', () => {
  it('is of the day of the commit, in UTC', () => {
    const [created = []] = measuredIn([{ ...asked().commits[0], at: '2026-11-21T23:59:59.999Z' } as TaskCommit])
    expect(created).toEqual([{ role: 'cto', day: '2026-11-21', adds: { assigned: 1 } }])
    const [next = []] = measuredIn([{ ...asked().commits[0], at: '2026-11-22T00:00:00Z' } as TaskCommit])
    expect(next[0]?.day).toBe('2026-11-22')
  })

  it('counts a task from its claim to its completion for the role that built it', () => {
    const story = given([ring('bell'), seat('cto')], [submit, seat('cto', 1)], [ran(), system])
    expect(totals(timed(story, 0, minute, 6 * minute, 7 * minute))).toEqual({
      cto: {
        assigned: 1,
        claims: 1,
        hand_ins: 1,
        execution_ms: 5 * minute,
        longest_ms: 5 * minute,
        checks_passed: 1,
        check_ms: 1_200,
        completed: 1,
      },
    })
  })

  it('gives nothing to whoever judges, and what a person does at a seat to its role', () => {
    const story = asked({ verification: [{ kind: 'review', by: 'cso' }] }).and([claim, bob], [submit, bob])
    expect(Object.keys(totals(story.and([approve, seat('cso')])))).toEqual(['cto'])
    expect(totals(story.and([approve, seat('cso')])).cto).toMatchObject({ claims: 1, hand_ins: 1, completed: 1 })
  })

  it('knows no time for what was claimed and handed in at once', () => {
    expect(totals(given([submit, bob]))).toEqual({ cto: { assigned: 1, claims: 1, hand_ins: 1 } })
  })

  it('counts a plan as a hand-in of its planner, and the task then as one of its builder', () => {
    const story = staged().and([ring('plan'), seat('ceo')], [plan, seat('ceo', 1)])
    expect(totals(timed(story, 0, 0, 3 * minute))).toEqual({
      ceo: { assigned: 1, claims: 1, hand_ins: 1, execution_ms: 3 * minute, longest_ms: 3 * minute },
      cto: { assigned: 1 },
    })
    // Both in one commit, each role once.
    expect(
      measuredIn(story.commits)
        .at(-1)
        ?.map(({ role }) => role),
    ).toEqual(['ceo', 'cto'])
  })

  it('counts a plan that was sent back as not accepted, and as no new task of its planner', () => {
    const story = staged().and([ring('plan'), seat('ceo')], [plan, seat('ceo', 1)], [ring('bell'), seat('cto')])
    expect(totals(story.and([reject, seat('cto', 2)])).ceo).toMatchObject({ assigned: 1, returned: 1 })
    expect(totals(story.and([reject, seat('cto', 2)])).cto).toEqual({ assigned: 1, claims: 1 })
  })

  it('counts a hand-in that comes back once, also when a tester has to look at it again in between', () => {
    const verification = [
      { kind: 'review', by: 'fullstack', stage: 'qa' },
      { kind: 'review', by: 'cso' },
    ] as const
    const tried = asked({ verification: [...verification] }).and(
      [claim, bob],
      [submit, bob],
      [approve, seat('fullstack')],
      [reject, seat('cso')],
    )
    expect(tried.task.stage).toBe('qa')
    expect(totals(tried).cto).not.toHaveProperty('returned')
    const back = tried.and([reject, seat('fullstack')])
    expect(back.task.status).toBe('open')
    expect(totals(back).cto).toMatchObject({ hand_ins: 1, returned: 1 })
  })

  it('counts the hand-in that was the last try as not accepted, and the task as failed', () => {
    const story = asked({ budget: { attempts: 1 } }).and([submit, bob], [ran({}, { exit_code: 1 }), system])
    expect(totals(story).cto).toMatchObject({ hand_ins: 1, returned: 1, failed: 1, checks_failed: 1, check_ms: 1_200 })
  })

  it('counts no hand-in where work was only handed back', () => {
    expect(totals(given([claim, seat('cto')], [handBack, seat('cto', 1)]))).toEqual({ cto: { assigned: 1, claims: 1 } })
  })

  it('counts a task for the role that it was given to, and only as often as it came from another one', () => {
    const story = given([reassign('cso'), ada])
    expect(totals(story)).toEqual({ cto: { assigned: 1 }, cso: { assigned: 1 } })
    const letGo = given([claim, bob], [reassign('cto'), ada])
    expect(totals(letGo)).toEqual({ cto: { assigned: 1, claims: 1 } })
  })

  it('counts an end once: what failed and is then cancelled has failed', () => {
    expect(totals(given([cancel, ada])).cto).toEqual({ assigned: 1, cancelled: 1 })
    const failed = asked({ budget: { attempts: 1 } }).and([submit, bob], [ran({}, { exit_code: 1 }), system])
    expect(totals(failed.and([cancel, ada])).cto).toEqual(totals(failed).cto)
    // With another try it can be done after all, by another role.
    const again = failed.and([reassign('cso'), ada], [submit, bob], [ran({ epoch: 2 }), system])
    expect(totals(again)).toMatchObject({ cto: { failed: 1 }, cso: { assigned: 1, completed: 1 } })
  })

  it('measures the claim that the hand-in was made under, not the one before it', () => {
    const story = given([ring('bell'), seat('cto')], [ring('bell'), seat('cto')], [submit, seat('cto', 2)])
    expect(totals(timed(story, 0, 0, 50 * minute, 60 * minute)).cto).toMatchObject({
      claims: 2,
      hand_ins: 1,
      execution_ms: 10 * minute,
    })
  })

  it('knows no time for a claim that came with the hand-in, also where somebody else had one before', () => {
    const held = given([ring('bell'), seat('cto')])
    const events = [
      { type: 'claimed', epoch: 2, doorbell: 'bell' },
      { type: 'submitted', epoch: 2, result: 'merged' },
    ] as const
    const last = { ...(held.commits[1] as TaskCommit), version: 3, id: 'both', events: [...events] }
    const at = '2026-11-21T13:00:00.000Z'
    expect(totals([...held.commits, { ...last, at }]).cto).toEqual({ assigned: 1, claims: 2, hand_ins: 1 })
  })

  it('counts what was taken away and taken up again from there, as the same claim', () => {
    const story = given([ring('bell'), seat('cto')], [watch('take_back', 1, 3), sweep], [submit, seat('cto', 1)])
    expect(totals(timed(story, 0, 0, 50 * minute, 60 * minute)).cto).toEqual({ assigned: 1, claims: 1, hand_ins: 1 })
  })

  it('gives no negative time when the clock went back', () => {
    const story = given([ring('bell'), seat('cto')], [submit, seat('cto', 1)])
    expect(totals(timed(story, 0, 60 * minute, minute)).cto).toEqual({ assigned: 1, claims: 1, hand_ins: 1 })
  })

  it('is nothing for what only watches, notes or waits', () => {
    const story = given([ring('bell'), seat('cto')], [watch('ping', 1, 1), sweep], [{ type: 'note', text: 'x' }, bob])
    expect(measuredIn(story.commits).slice(2)).toEqual([[], []])
  })
})

describe("a role's day", () => {
  const measured = (adds: Partial<Figures>, role = 'cto'): Measured => ({ role, day: today, adds })

  it('begins with what was measured first, and has a higher revision with each measure', () => {
    const first = withMeasured(null, measured({ assigned: 1 }))
    expect(roleDaySchema.parse(first)).toEqual(first)
    expect(first).toMatchObject({ id: '2026-11-21.cto', revision: 1, role: 'cto', day: today, assigned: 1, claims: 0 })
    const second = withMeasured(first, measured({ assigned: 2, claims: 1 }))
    expect(second).toMatchObject({ id: '2026-11-21.cto', revision: 2, assigned: 3, claims: 1 })
  })

  it('keeps the longest time as the longest', () => {
    const times = [3, 9, 5].map((longest_ms) => measured({ longest_ms, execution_ms: longest_ms }))
    expect(times.reduce<RoleDay | null>(withMeasured, null)).toMatchObject({ longest_ms: 9, execution_ms: 17 })
  })

  it('adds money as people do', () => {
    const cents = Array.from({ length: 3 }, () => measured({ usd: 0.1 }))
    expect(cents.reduce<RoleDay | null>(withMeasured, null)?.usd).toBe(0.3)
  })

  it('has an id that a file or a document can have, whatever the role is called', () => {
    const day = withMeasured(null, measured({ assigned: 1 }, 'Ærlige Ole/..'))
    expect(roleDaySchema.parse(day)).toMatchObject({ role: 'Ærlige Ole/..' })
  })

  it('stays a count that can be kept, however much is added', () => {
    const huge = measured({ tokens_in: Number.MAX_SAFE_INTEGER, check_ms: Number.MAX_SAFE_INTEGER })
    const day = [huge, huge].reduce<RoleDay | null>(withMeasured, null)
    expect(roleDaySchema.parse(day)).toEqual(day)
  })

  it('keeps what a newer writer knows of it', () => {
    const newer = { ...withMeasured(null, measured({})), moved: 3 }
    expect(withMeasured(newer, measured({}))).toMatchObject({ moved: 3 })
  })
})

/** What somebody may do next; most of it is refused, and leaves nothing. */
const attempts: ((task: Task) => readonly [TaskCommand, Doer])[] = [
  ({ role, epoch }) => [ring(`bell-${epoch}`), seat(role, epoch)],
  ({ role, epoch }) => [ring(`bell-${epoch}`), seat(role, epoch)],
  ({ role, epoch }) => [submit, seat(role, epoch)],
  ({ role, epoch }) => [submit, seat(role, epoch)],
  ({ passed, epoch }) => [ran({ step: passed, epoch: Math.max(1, epoch) }), system],
  ({ passed, epoch }) => [ran({ step: passed, epoch: Math.max(1, epoch) }), system],
  ({ passed, epoch }) => [ran({ step: passed, epoch: Math.max(1, epoch) }, { exit_code: 1 }), system],
  () => [submit, bob],
  () => [approve, seat('fullstack')],
  () => [approve, grace],
  () => [reject, seat('cso')],
  () => [reject, grace],
  ({ role, epoch }) => [reject, seat(role, epoch)],
  ({ role, epoch }) => [handBack, seat(role, epoch)],
  ({ epoch }) => [watch('take_back', epoch, 3), sweep],
  () => [reassign('backend'), ada],
  () => [reassign('cto'), ada],
  ({ passed }) => [passed === 0 ? cancel : approve, ada],
]

const histories = fc
  .tuple(
    fc.constantFrom(
      () => asked(),
      () => staged(),
      () => staged({ budget: { attempts: 2 } }),
      () => asked({ verification: [{ kind: 'review', by: null }] }),
    ),
    fc.array(fc.nat(attempts.length - 1), { minLength: 10, maxLength: 60 }),
    // Hours that pass between one command and the next; at times they pass backwards.
    fc.array(fc.integer({ min: -3, max: 20 }), { minLength: 61, maxLength: 61 }),
  )
  .map(([begin, choices, hours]) => {
    let story = begin()
    for (const choice of choices) {
      refusalOf(() => {
        const [command, doer] = attempts[choice]?.(story.task) ?? [submit, bob]
        story = story.and([command, doer])
      })
    }
    let passed = 0
    const times = story.commits.map((_, index) => {
      passed += hours[index] ?? 0
      return passed * 60 * minute
    })
    return timed(story, ...times)
  })

/** The same figures of all roles together, counted from the events alone. */
function countedFrom(commits: readonly TaskCommit[]): Figures {
  const events = commits.flatMap(({ events, at }) => events.map((event) => ({ event, at: Date.parse(at) })))
  const count = (...types: string[]) => events.filter(({ event }) => types.includes(event.type)).length
  const runs = events.filter(
    ({ event }) => (event.type === 'step_passed' || event.type === 'step_failed') && event.evidence.run !== undefined,
  )
  const begun = new Map<number, number>()
  const took: number[] = []
  let verifying = false
  let isFailed = false
  const more = { assigned: 0, returned: 0, cancelled: 0 }
  for (const { event, at } of events) {
    if (event.type === 'claimed' || event.type === 'resumed') begun.set(event.epoch, at)
    if (event.type === 'submitted' || event.type === 'prepared') {
      took.push(Math.max(0, at - (begun.get(event.epoch) ?? Number.NaN)))
    }
    if (event.type === 'created' || event.type === 'prepared') more.assigned++
    if (event.type === 'reassigned' && event.from !== event.role) more.assigned++
    if (verifying && (event.type === 'returned' || event.type === 'failed')) more.returned++
    if (event.type === 'sent_back' && event.to === 'ready-for-prep') more.returned++
    if (event.type === 'cancelled' && !isFailed) more.cancelled++
    if (event.type === 'submitted') verifying = true
    if (['returned', 'failed', 'reassigned', 'completed'].includes(event.type)) verifying = false
    if (event.type === 'failed') isFailed = true
    if (event.type === 'reassigned') isFailed = false
  }
  return {
    ...more,
    completed: count('completed'),
    failed: count('failed'),
    claims: count('claimed'),
    hand_ins: count('submitted', 'prepared'),
    execution_ms: took.reduce((sum, ms) => sum + ms, 0),
    longest_ms: Math.max(0, ...took),
    checks_passed: runs.filter(({ event }) => event.type === 'step_passed').length,
    checks_failed: runs.filter(({ event }) => event.type === 'step_failed').length,
    check_ms: runs.length * 1_200,
    model_calls: 0,
    tokens_in: 0,
    tokens_out: 0,
    usd: 0,
  }
}

it('the sum over all roles and days is what happened to a task in all', () => {
  const happened = new Set<string>()
  fc.assert(
    fc.property(histories, (commits) => {
      const days = new Map<string, RoleDay>()
      for (const one of measuredIn(commits).flat()) {
        const key = `${one.day} ${one.role}`
        days.set(key, withMeasured(days.get(key) ?? null, one))
      }
      const expected = countedFrom(commits)
      for (const name of Object.keys(expected) as (keyof Figures)[]) {
        const figures = [...days.values()].map((day) => day[name])
        const all = name === 'longest_ms' ? Math.max(0, ...figures) : figures.reduce((sum, figure) => sum + figure, 0)
        expect(all, name).toBe(expected[name])
        if (all > 0) happened.add(name)
      }
      for (const day of days.values()) {
        expect(roleDaySchema.parse(day)).toEqual(day)
        expect(day.longest_ms).toBeLessThanOrEqual(day.execution_ms)
      }
    }),
    { numRuns: 300 },
  )
  // Else it would hold because nothing happens.
  const modelled = ['model_calls', 'tokens_in', 'tokens_out', 'usd']
  expect([...happened, ...modelled].sort()).toEqual(Object.keys(countedFrom(asked().commits)).sort())
})
