import { describe, expect, it, test } from 'vitest'
import { decodeEnvelope, encodeEnvelope } from '../../../core/envelope.ts'
import type { TaskCommit, TaskEvent } from '../../../core/task/commit.ts'
import { asDoorbell, doorbellEnvelope } from '../../../core/task/doorbell.ts'
import { announcement, effectsOf } from '../../../core/task/effects.ts'
import type { FollowUp, Step, TaskPlace } from '../../../core/task/task.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
  after,
  answer,
  approve,
  ask,
  asked,
  block,
  bob,
  cancel,
  claim,
  everyStatus,
  given,
  handBack,
  note,
  plan,
  ran,
  reassign,
  refit,
  reject,
  ring,
  type Story,
  seat,
  start,
  submit,
  sweep,
  type Told,
  watch,
  world,
} from '../../support/task-story.ts'

const last = ({ commits }: Story) => commits.at(-1) as TaskCommit
const effects = (story: Story) => effectsOf(last(story), story.task, world)
const aside = ['announce', 'say', 'free-place']
/** What is to be done beside the record, the line in the room, and what a free place allows. */
const deeds = (story: Story) => effects(story).filter(({ kind }) => !aside.includes(kind))
const ringsAt = (role: string, bell: 'work' | 'review') => [{ kind: 'ring', role, bell }]

const older = asked({}, { label: 't-7' }).task
const release = { type: 'release', dependency: older.key } as const
const reviewedBy = (...verification: Step[]) => asked({ verification }).and([submit, bob])
const check: Step = { kind: 'check', check: 'tests' }
const review = (by: string | null): Step => ({ kind: 'review', by })

describe('a doorbell rings', () => {
  const cases: [string, Story, object[]][] = [
    ['at the role of a new task', asked(), ringsAt('cto', 'work')],
    ['not for a task that waits', everyStatus.waiting(), [{ kind: 'look-at-dependencies' }]],
    ['when what it waits for is done', everyStatus.waiting().and([release, system]), ringsAt('cto', 'work')],
    ['when it comes back', given([claim, seat('cto')], [handBack, seat('cto', 1)]), ringsAt('cto', 'work')],
    ['when its result was refused', reviewedBy(review(null)).and([reject, ada]), ringsAt('cto', 'work')],
    ['at the next role that gets it', given([reassign('cso'), ada]), ringsAt('cso', 'work')],
    ['not at one that gets a task that waits', everyStatus.waiting().and([reassign('cso'), ada]), []],
    ['at a reviewer that is a program', reviewedBy(review('cso')), ringsAt('cso', 'review')],
    ['at a manager that is a program', reviewedBy(review(null)), ringsAt('ceo', 'review')],
    ['at no reviewer where people sit, who read the room', reviewedBy(review('devops')), []],
    ['at nobody when the manager is the founder', asked({ role: 'ceo', verification: [] }).and([submit, bob]), []],
    ['for no yes of a person', reviewedBy({ kind: 'approval' }), []],
    ['for no review before its turn', reviewedBy(check, review('cso')), []],
    ['for a review at its turn', reviewedBy(check, review('cso')).and([ran(), system]), ringsAt('cso', 'review')],
    ['for nothing else', given([claim, bob], [note, ada]), []],
  ]
  test.each(cases)('%s', (_, story, expected) => {
    expect(deeds(story)).toEqual(expected)
  })
})

describe('what ends', () => {
  const template = { title: 'Review', description: '', acceptance_criteria: ['ok'], verification: [], on_complete: [] }
  const next: FollowUp = { publish_to: 'cso', payload_template: template }
  const chained = () => asked({ on_complete: [next, next], verification: [], budget: { attempts: 1 } })
  const dropped = (reason: string) => [0, 1].map((index) => ({ kind: 'drop-follow-up', index, failed: false, reason }))

  it('well releases what waits for it and publishes its follow-ups', () => {
    expect(deeds(chained().and([submit, bob], [approve, ada]))).toEqual([
      { kind: 'release-dependents' },
      { kind: 'follow-up', index: 0, failed: false },
      { kind: 'follow-up', index: 1, failed: false },
    ])
  })

  it('by a cancellation takes what waits for it along; nobody misses what was to follow', () => {
    expect(deeds(chained().and([cancel, ada]))).toEqual([{ kind: 'cancel-dependents' }])
  })

  it('in failure drops its follow-ups; what waits for it goes on waiting, for somebody may still do it', () => {
    const failed = chained().and([submit, bob], [reject, ada])
    expect(deeds(failed)).toEqual(dropped('t-9 failed: no test'))
    expect(deeds(failed.and([reassign('cto'), ada]))).toEqual(ringsAt('cto', 'work'))
  })
})

/** Everything that can happen to a task, by a creation in some place. */
function everything(place: TaskPlace): Story[] {
  const from = (draft: Parameters<typeof asked>[0], ...told: Told[]) =>
    told.map((_, index) =>
      asked(draft, { place, dependencies: draft?.after ? [older] : [] }).and(...told.slice(0, index + 1)),
    )
  const secret = { title: 'Zebra plan', description: 'zebras', acceptance_criteria: ['a zebra'], context: ['zebra'] }
  const cto = seat('cto', 1)
  return [
    asked({ ...secret, after: ['t-7'] }, { place, dependencies: [older] }),
    ...from({ ...secret, after: ['t-7'] }, [release, system], [{ type: 'acknowledge' }, bob]),
    ...from(secret, [claim, seat('cto')], [start, cto], [block, cto], [note, ada], [submit, cto], [ran(), system]),
    ...from({ ...secret, verification: [] }, [submit, bob], [reject, ada], [reassign('cso'), ada], [cancel, ada]),
    ...from(
      { ...secret, budget: { attempts: 1 } },
      [submit, bob],
      [ran({}, { exit_code: 1 }), system],
      [{ type: 'follow', index: 0, label: null, reason: 'zebra' }, system],
    ),
    ...from(
      { ...secret, prep: 'ceo', verification: tried },
      [plan, bob],
      [ring('bell'), seat('cto')],
      [reject, seat('cto', 2)],
      [plan, bob],
      [submit, bob],
      [ran({ epoch: 4 }), system],
      [approve, seat('fullstack')],
      [reject, seat('cso')],
      [approve, seat('fullstack')],
      [{ type: 'recheck', reason: 'zebra' }, system],
    ),
    ...from({ ...secret }, [submit, bob], [ran({}, { doubts: ['a zebra'] }), system]),
    ...from(secret, [ring('bell'), seat('cto')], [watch('take_back', 1, 1), sweep], [start, cto]),
    ...from(
      { ...secret },
      [ring('bell'), seat('cto')],
      [{ type: 'block', reason: 'which zebra?' }, cto],
      [{ ...answer(1, 1), text: 'the zebra of the zoo' }, sweep],
      [ask(1, 2), sweep],
    ),
    ...from(secret, [watch('ping', 0, 1), sweep], [watch('escalate', 0, 2), sweep], [refit(0, 3), sweep]),
    ...['complete', 'escalate', 'escalate', 'remind'].map((_, index, all) =>
      after(asked({ ...secret, sla: { complete_within_minutes: 60 } }, { place }), ...all.slice(0, index + 1)),
    ),
  ]
}
const tried: Step[] = [
  { kind: 'check', check: 'tests' },
  { kind: 'review', by: 'fullstack', stage: 'qa' },
  { kind: 'review', by: 'cso' },
]
const publicPlace: TaskPlace = { room: { name: 'breakroom', visibility: 'public' } }
const privatePlace: TaskPlace = {
  room: { name: 'dm-room', visibility: 'private' },
  voice: 'cto',
  to: { network: 'local', nick: 'ada_', account: 'ada' },
}

function announced(story: Story) {
  return effects(story).flatMap((effect) =>
    effect.kind === 'announce' ? [announcement(last(story), story.task, effect.event, effect.index)] : [],
  )
}

describe('on the record', () => {
  test('is every event of a commit, once and in order, with one line to say and at most one doorbell', () => {
    for (const story of everything(publicPlace)) {
      const kinds = effects(story).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind === 'say')).toHaveLength(1)
      expect(kinds.filter((kind) => kind === 'ring').length).toBeLessThanOrEqual(1)
      const envelopes = announced(story)
      expect(envelopes.map(({ type }) => type)).toEqual(last(story).events.map(({ type }) => `task.${type}`))
      expect(new Set(envelopes.map(({ id }) => id)).size).toBe(envelopes.length)
      for (const envelope of envelopes) expect(decodeEnvelope(encodeEnvelope(envelope))).toEqual(envelope)
    }
  })

  test('every kind of event has been looked at', () => {
    const seen = new Set(everything(publicPlace).flatMap((story) => last(story).events.map(({ type }) => type)))
    const all: Record<TaskEvent['type'], true> = {
      ...{ created: true, released: true, acknowledged: true, claimed: true, started: true, noted: true },
      ...{ blocked: true, submitted: true, step_passed: true, step_failed: true, returned: true, completed: true },
      ...{ failed: true, reassigned: true, cancelled: true, followed: true, prepared: true, sent_back: true },
      ...{ doubted: true, rechecked: true, breached: true, escalated: true, parked: true, reminded: true },
      ...{ pinged: true, taken_back: true, resumed: true, answered: true, asked: true },
    }
    expect([...seen].sort()).toEqual(Object.keys(all).sort())
  })

  it('a public task is told of with what happened, where and for whom', () => {
    const [envelope] = announced(given([claim, bob], [block, bob]))
    expect(envelope).toMatchObject({
      type: 'task.blocked',
      actor: 'cto',
      room: publicPlace.room,
      authority: { requester: ada.actor, chain: [] },
      data: { task: 't-9', title: 'Add rate limiting', status: 'blocked', by: bob.actor, reason: 'no access' },
    })
  })

  it('a commit is announced under the same ids however often, and two commits never share one', () => {
    const story = given([claim, bob])
    expect(announced(story)).toEqual(announced(given([claim, bob])))
    const ids = [asked(), story, story.and([note, ada])].flatMap((one) => announced(one).map(({ id }) => id))
    expect(new Set(ids).size).toBe(3)
  })

  it('S22: of a private task it is exactly which one, and the verb', () => {
    for (const story of everything(privatePlace)) {
      for (const [index, envelope] of announced(story).entries()) {
        expect(envelope.data).toEqual({ task: 't-9' })
        expect(envelope.type).toBe(`task.${last(story).events[index]?.type}`)
        expect(envelope.authority).toEqual({ requester: story.task.role, chain: [] })
        expect(Object.keys(envelope)).not.toContain('room')
        const words =
          /zebra|ada|bob|dm-room|private|local|merged|no test|no access|not needed|half way|t-7|silent|counter/i
        expect(JSON.stringify({ ...envelope, id: '' })).not.toMatch(words)
        expect(envelope.id).not.toMatch(/ada|bob|dm-room/)
      }
    }
  })
})

describe('a doorbell', () => {
  it('S22: says that there is work, and nothing of what it is', () => {
    const { task } = asked({ title: 'Zebra plan' }, { place: privatePlace })
    const envelope = doorbellEnvelope(task, 'work', task.created_at)
    expect(envelope.data).toEqual({ kind: 'work', key: task.key, label: 't-9' })
    expect(JSON.stringify({ ...envelope, data: {} })).not.toMatch(/zebra|ada|dm-room/i)
  })

  it('is one for each commit and kind, and is read back as it was rung', () => {
    const story = asked()
    const [first, again, later, review] = [
      doorbellEnvelope(story.task, 'work', story.task.created_at),
      doorbellEnvelope(story.task, 'work', story.task.created_at),
      doorbellEnvelope(story.and([note, ada]).task, 'work', story.task.created_at),
      doorbellEnvelope(story.task, 'review', story.task.created_at),
    ]
    expect(again).toEqual(first)
    expect(new Set([first, later, review].map(({ id }) => id)).size).toBe(3)
    expect(asDoorbell(decodeEnvelope(encodeEnvelope(review)))).toEqual(review)
  })

  it('is nothing else', () => {
    const envelope = doorbellEnvelope(asked().task, 'work', '2026-11-21T12:00:00.000Z')
    expect(asDoorbell({ ...envelope, type: 'chat.line' })).toBeNull()
    expect(asDoorbell({ ...envelope, type: 'doorbell.other' })).toBeNull()
    expect(asDoorbell({ ...envelope, data: { kind: 'work', key: '' } })).toBeNull()
  })
})
