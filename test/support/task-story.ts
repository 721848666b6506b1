import { expect } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import {
  type TaskCommit,
  type TaskEvent,
  type TaskEventType,
  taskCommitSchema,
  taskKey,
} from '../../core/task/commit.ts'
import { type Creation, create } from '../../core/task/create.ts'
import { timersOf } from '../../core/task/deadlines.ts'
import { decide, type TaskCommand } from '../../core/task/decide.ts'
import { evolve } from '../../core/task/evolve.ts'
import { type TaskDraft, taskDraftSchema } from '../../core/task/request.ts'
import { type Evidence, type Step, type Task, taskSchema } from '../../core/task/task.ts'
import { type Doer, system, type TaskWorld } from '../../core/task/world.ts'
import { taskRole } from './tasks.ts'

const code = { capabilities: new Set(['code', 'review']) }

/**
 * Programs sit at ceo, cto, cso, backend and fullstack, people at devops; marketing takes no tasks. cto, backend and fullstack can all
 * write code, and nobody else can.
 */
export const world: TaskWorld = {
  roles: new Map([
    ['ceo', taskRole({ manager: 'founder' })],
    ['cto', taskRole(code)],
    ['cso', taskRole({ capabilities: new Set(['security']) })],
    ['backend', taskRole({ ...code, manager: 'cto' })],
    ['fullstack', taskRole({ ...code, manager: 'cto', patienceMinutes: 10 })],
    ['devops', taskRole({ manager: 'cto', people: true })],
    ['marketing', taskRole({ takesTasks: false })],
  ]),
  checks: new Set(['tests', 'lint']),
  timeZone: 'Europe/Berlin',
}

/** Ada asks for every task here; Bob is another member, Grace a founder. */
export const ada: Doer = { actor: 'human-ada', tier: 'member', epoch: null }
export const bob: Doer = { actor: 'human-bob', tier: 'member', epoch: null }
export const grace: Doer = { actor: 'human-grace', tier: 'founder', epoch: null }

/** A role at its seat, under the epoch that it was given. */
export function seat(actor: string, epoch: number | null = null): Doer {
  return { actor, tier: 'none', epoch }
}

/** A command and who gives it. */
export type Told = readonly [TaskCommand, Doer]

export const claim: TaskCommand = { type: 'claim', doorbell: null }
export const start: TaskCommand = { type: 'start' }
export const submit: TaskCommand = { type: 'submit', result: 'merged' }
export const approve: TaskCommand = { type: 'approve', comment: 'good' }
export const reject: TaskCommand = { type: 'reject', reason: 'no test' }
export const block: TaskCommand = { type: 'block', reason: 'no access' }
export const note: TaskCommand = { type: 'note', text: 'half way' }
export const cancel: TaskCommand = { type: 'cancel', reason: 'not needed' }
export const handBack: TaskCommand = { type: 'hand_back', reason: 'crashed', counted: true }

export const plan: TaskCommand = { type: 'submit', result: 'a counter for each address' }

/** Whoever watches over tasks. */
export const sweep: Doer = { actor: 'sweep', tier: 'none', epoch: null }

export function watch(type: 'ping' | 'take_back' | 'escalate', epoch: number, rung: number): TaskCommand {
  return { type, epoch, rung, reason: 'silent for an hour' }
}

/** Hands it to whoever fits; nobody has anything to do unless said otherwise. */
export function refit(
  epoch: number,
  rung: number,
  load: Record<string, number> = {},
  full: readonly string[] = [],
): TaskCommand {
  const reason = 'silent for an hour'
  return { type: 'reassign_fit', epoch, rung, reason, load: new Map(Object.entries(load)), full: new Set(full) }
}

/** What is written down about what it is stuck on. */
export function answer(
  epoch: number,
  rung: number,
  question: string | null = null,
): Extract<TaskCommand, { type: 'answer' }> {
  return { type: 'answer', epoch, rung, reason: '', text: 'orders_v2', sources: ['docs/db.md'], question }
}

export function ask(epoch: number, rung: number, question: string | null = null): TaskCommand {
  return { type: 'ask', epoch, rung, reason: 'waits for an hour', question }
}

export function ring(doorbell: string): TaskCommand {
  return { type: 'claim', doorbell }
}

export function reassign(role: string): TaskCommand {
  return { type: 'reassign', role }
}

/** SHA-256 of nothing. */
const noOutput = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

/** What the runner says of the check `tests`: it passed at the first step of the first submission, unless said otherwise. */
export function ran(
  changes: Partial<Omit<Evidence, 'run'>> = {},
  run: Partial<NonNullable<Evidence['run']>> = {},
): TaskCommand {
  const whole = {
    check: 'tests',
    argv: ['npm', 'test'],
    exit_code: 0,
    ended: null,
    duration_ms: 1_200,
    output_tail: '',
    output_sha256: noOutput,
    ...run,
  }
  const evidence = { step: 0, epoch: 1, passed: false, by: null, comment: '', run: whole, ...changes }
  return { type: 'record_check', evidence }
}

/** What happened to a task so far. */
export interface Story {
  readonly task: Task
  /** Oldest first. */
  readonly commits: readonly TaskCommit[]
  /** The same with more; a command that changes nothing leaves no commit. */
  and(...told: Told[]): Story
  when(command: TaskCommand, doer: Doer): Decision
}

/** What a command comes to. Each of these fails the test when it comes to something else. */
interface Decision {
  /** These events, in this order, and nothing else; returns the story after them. */
  gives(...events: (TaskEventType | ({ type: TaskEventType } & Record<string, unknown>))[]): Story
  /** It is so already. */
  changesNothing(): Story
  /** This rule refuses it, with this in its sentence; returns what the caller is told beside it. */
  isRefused(rule: string, sentence: string | RegExp): Record<string, unknown>
}

/** A task for the cto that ada asked for in #breakroom, with one check to pass; `t-9` unless said otherwise. */
export function asked(draft: Partial<TaskDraft> = {}, creation: Partial<Creation> = {}, within = world): Story {
  const whole = creationOf(draft, creation)
  return storyOf(null, [], taskKey(whole.label), create(whole, within), ada.actor)
}

/** What `create` is given for such a task. */
export function creationOf(draft: Partial<TaskDraft> = {}, creation: Partial<Creation> = {}): Creation {
  return {
    label: 't-9',
    draft: taskDraftSchema.parse({
      role: 'cto',
      title: 'Add rate limiting',
      acceptance_criteria: ['429 after 100 requests a minute'],
      verification: [{ kind: 'check', check: 'tests' }],
      ...draft,
    }),
    place: { room: { name: 'breakroom', visibility: 'public' } },
    authority: { requester: ada.actor, tier: ada.tier, name: 'Ada', chain: [] },
    dependencies: [],
    parent: null,
    ...creation,
  }
}

/** Such a task after these commands. */
export function given(...told: Told[]): Story {
  return asked().and(...told)
}

/** Planned by the ceo, built by the cto, checked, tried by fullstack and reviewed by the cso. */
export function staged(draft: Partial<TaskDraft> = {}, creation: Partial<Creation> = {}): Story {
  const verification: Step[] = [
    { kind: 'check', check: 'tests' },
    { kind: 'review', by: 'fullstack', stage: 'qa' },
    { kind: 'review', by: 'cso' },
  ]
  return asked({ prep: 'ceo', verification, ...draft }, creation)
}

/** After its timer of this kind has come, and those after it. */
export function after(story: Story, ...kinds: string[]): Story {
  return kinds.reduce((now, kind) => {
    const found = timersOf(now.task, world).find((timer) => timer.kind === kind)
    if (found === undefined) throw new Error(`no timer ${kind}`)
    return now.and([{ type: 'time_came', timer: found.id }, system])
  }, story)
}

const built: readonly Told[] = [
  [ring('plan'), seat('ceo')],
  [plan, seat('ceo', 1)],
  [ring('bell'), seat('cto')],
  [submit, seat('cto', 2)],
]
const late = () => asked({ sla: { complete_within_minutes: 60 } })

/** A task in every status there is, and in some in more than one way. */
export const everyStatus = {
  waiting: () => asked({ after: ['t-7'] }, { dependencies: [asked({}, { label: 't-7' }).task] }),
  open: () => asked(),
  'open again': () => given([claim, seat('cto')], [handBack, seat('cto', 1)]),
  claimed: () => given([ring('bell'), seat('cto')]),
  'claimed by a person': () => given([claim, bob]),
  working: () => given([ring('bell'), seat('cto')], [start, seat('cto', 1)]),
  blocked: () => given([ring('bell'), seat('cto')], [block, seat('cto', 1)]),
  'verifying by a check': () => given([ring('bell'), seat('cto')], [submit, seat('cto', 1)]),
  'verifying by a review': () => asked({ verification: [] }).and([claim, seat('cto')], [submit, seat('cto', 1)]),
  'verifying by a yes': () => asked({ verification: [{ kind: 'approval' }] }).and([submit, bob]),
  done: () => asked({ verification: [] }).and([submit, bob], [approve, ada]),
  'failed at work': () =>
    given([ring('bell'), seat('cto')], [{ type: 'give_up', doorbell: 'bell', reason: 'lost' }, seat('cto')]),
  'failed at its check': () =>
    asked({ budget: { attempts: 1 } }).and([submit, bob], [ran({}, { exit_code: 1 }), system]),
  cancelled: () => given([cancel, ada]),
  'to be planned': () => staged(),
  'being planned': () => staged().and(...built.slice(0, 1)),
  planned: () => staged().and(...built.slice(0, 2)),
  'built by its plan': () => staged().and(...built.slice(0, 3)),
  'being tried': () => staged().and(...built, [ran({ epoch: 2 }), system]),
  reviewed: () => staged().and(...built, [ran({ epoch: 2 }), system], [approve, seat('fullstack')]),
  doubted: () =>
    given([ring('bell'), seat('cto')], [submit, seat('cto', 1)], [ran({}, { doubts: ['3 tests fewer.'] }), system]),
  'taken back': () => given([ring('bell'), seat('cto')], [watch('take_back', 1, 1), sweep]),
  'told of': () => after(late(), 'complete'),
  parked: () => after(late(), 'complete', 'escalate', 'escalate'),
} satisfies Record<string, () => Story>

/** What was refused, or null. Fails the test for any other error, and for a refusal without a rule or a sentence. */
export function refusalOf(decision: () => unknown): BreakroomError | null {
  try {
    decision()
    return null
  } catch (error) {
    if (!(error instanceof BreakroomError) || error.code !== 'refused') throw error
    expect(error.detail.rule, error.message).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(error.message).toMatch(/^.{10,}[.?]$/s)
    return error
  }
}

function storyOf(
  before: Task | null,
  earlier: readonly TaskCommit[],
  key: string,
  events: TaskEvent[],
  by: string,
): Story {
  const version = earlier.length + 1
  const at = new Date(Date.UTC(2026, 10, 21, 12, 0, version)).toISOString()
  const commit = { id: `${key}:${version}`, key, version, by, at, trace: 'trace', cause: null, events }
  const task = evolve(before, commit)
  // Whatever is decided can be stored and read again.
  expect(taskCommitSchema.parse(commit)).toEqual(commit)
  expect(taskSchema.parse(task)).toEqual(task)
  const commits = [...earlier, commit]
  const happens = (more: TaskEvent[], doer: Doer) =>
    more.length === 0 ? story : storyOf(task, commits, key, more, doer.actor)
  const story: Story = {
    task,
    commits,
    and(...[first, ...more]) {
      if (first === undefined) return story
      const [command, doer] = first
      return happens(decide(task, command, doer, world), doer).and(...more)
    },
    when(command, doer) {
      const decision = () => decide(task, command, doer, world)
      return {
        gives(...expected) {
          const decided = decision()
          expect(decided).toMatchObject(expected.map((one) => (typeof one === 'string' ? { type: one } : one)))
          return happens(decided, doer)
        },
        changesNothing() {
          expect(decision()).toEqual([])
          return story
        },
        isRefused(rule, sentence) {
          const refused = refusalOf(decision)
          expect(refused?.detail.rule).toBe(rule)
          expect(refused?.message).toMatch(sentence)
          return refused?.detail ?? {}
        },
      }
    },
  }
  return story
}
