import { didYouMean } from '../did-you-mean.ts'
import type { TaskEvent } from './commit.ts'
import { labelNumber } from './next.ts'
import type { TaskDraft } from './request.ts'
import { isPersonStep, isQa, reviewersOf } from './steps.ts'
import type { FollowUp, Step, Task, TaskAuthority, TaskPlace } from './task.ts'
import { unknownPlaceholders } from './template.ts'
import { refusal, type TaskWorld } from './world.ts'

/** Tasks in a row, through dependencies and chains. */
export const longestChain = 8
/** Tasks that may follow from one. Four after each, seven times over, would be twenty thousand. */
const mostFollowUps = 32

/** What `create` is given beside the draft. */
export interface Creation {
  label: string
  draft: TaskDraft
  place: TaskPlace
  authority: TaskAuthority
  /** What `draft.after` names, in its order; null where the asker sees no such task. */
  dependencies: readonly (Task | null)[]
  parent: Task | null
}

/**
 * The creation of a task. Throws `refused` with `detail.path` for: an unknown role or check, a dependency that is unknown, younger or
 * cancelled, a chain that is too long or too wide, no acceptance criteria, a verification by whoever does the work, an unknown placeholder.
 */
export function create(
  { label, draft, place, authority, dependencies, parent }: Creation,
  world: TaskWorld,
): TaskEvent[] {
  const { after, ...asked } = draft
  checkTaker(draft.role, world, 'role')
  if (draft.acceptance_criteria.length === 0) {
    throw refusal('no-criteria', 'What must be true when it is done? A task needs acceptance criteria.', {
      path: 'acceptance_criteria',
    })
  }
  checkSteps(draft.verification, draft.role, world, 'verification')
  if (draft.prep !== null) checkPlanner(draft, draft.prep, world)
  const named = after.map((name, index) => dependency(name, dependencies[index] ?? null, label, `after.${index}`))
  const before = [...new Map(named.map((task) => [task.key, task])).values()]
  const lineage = longestLineage(parent === null ? before : [...before, parent])
  checkLength([...lineage, label], 'after')
  const on_complete = [...(draft.on_complete ?? world.roles.get(draft.role)?.onComplete ?? [])]
  checkNumber([...on_complete, ...draft.on_fail])
  checkFollowUps(on_complete, world, 'on_complete', lineage.length + 1)
  checkFollowUps(draft.on_fail, world, 'on_fail', lineage.length + 1)
  const waits_for = before.filter(({ status }) => status !== 'done').map(({ key, label }) => ({ key, label }))
  // Nothing counts as done by itself.
  const verification = gates(draft.verification)
  const spec = { ...asked, on_complete, verification, blocked_by: before.map(({ key }) => key) }
  const reference = parent === null ? null : { key: parent.key, label: parent.label }
  return [{ type: 'created', label, spec, place, authority, lineage, waits_for, parent: reference }]
}

/** The steps in the order of the stages; whatever was tried is reviewed, and what nobody would look at is. */
function gates(asked: readonly Step[]): Step[] {
  const tried = asked.filter(isQa)
  const others = asked.filter((step) => !isQa(step))
  // The order in which somebody named them counts, where no adversary stands between.
  const steps = tried.length === 0 ? others : [...others.filter(isOwn), ...tried, ...others.filter(isPersonStep)]
  const judged = steps.some((step) => isPersonStep(step) && !isQa(step))
  const needsReview = tried.length > 0 ? !judged : steps.length === 0
  return needsReview ? [...steps, { kind: 'review', by: null }] : steps
}

function isOwn(step: Step): boolean {
  return !isPersonStep(step)
}

function checkPlanner({ role, verification }: TaskDraft, prep: string, world: TaskWorld): void {
  checkTaker(prep, world, 'prep')
  if (prep === role) throw refusal('own-plan', `${role} builds it, so another has to plan it.`, { path: 'prep' })
  if (!reviewersOf({ verification }).includes(prep)) return
  throw refusal('own-review', `${prep} plans it, so another has to judge it.`, { path: 'prep' })
}

function dependency(name: string, task: Task | null, label: string, path: string): Task {
  if (name === label || (task !== null && labelNumber(task.label) >= labelNumber(label))) {
    throw refusal('younger-dependency', `A task can only wait for older ones; ${name} is not.`, { path })
  }
  if (task === null) throw refusal('unknown-dependency', `There is no task ${name} to wait for.`, { path })
  if (task.status === 'cancelled') {
    throw refusal('cancelled-dependency', `${name} was cancelled; what waits for it would wait for ever.`, { path })
  }
  return task
}

function longestLineage(before: readonly Task[]): string[] {
  const ways = before.map(({ lineage, label }) => [...lineage, label])
  return ways.reduce((longest, way) => (way.length > longest.length ? way : longest), [])
}

function checkLength(way: readonly string[], path: string): void {
  if (way.length <= longestChain) return
  const sentence = `${way.join(' -> ')} would be ${way.length} tasks in a row; ${longestChain} is the most.`
  throw refusal('chain-too-long', sentence, { path, way })
}

/** Throws `refused` unless there is such a role. */
export function checkRole(role: string, { roles }: TaskWorld, path: string): void {
  if (roles.has(role)) return
  throw refusal('unknown-role', `There is no role ${role}${didYouMean(role, roles.keys())}.`, { path })
}

/** Throws `refused` unless tasks can be given to the role. */
export function checkTaker(role: string, world: TaskWorld, path: string): void {
  checkRole(role, world, path)
  if (world.roles.get(role)?.takesTasks === true) return
  const sentence = `${role} takes no tasks: its role file does not list update_task_status under tools.tasks.`
  throw refusal('takes-no-tasks', sentence, { path })
}

function checkSteps(steps: readonly Step[], role: string, world: TaskWorld, path: string): void {
  const tries = steps.filter(isQa)
  if (tries.length > 1)
    throw refusal('one-adversary', 'One role can try it before it is reviewed, not several.', { path })
  const [tester] = reviewersOf({ verification: tries })
  if (tries.length === 1 && tester === undefined)
    throw refusal('no-adversary', 'Who tries it? Name a role: qa by <role>.', { path })
  steps.forEach((step, index) => {
    const where = `${path}.${index}`
    if (step.kind === 'check' && !world.checks.has(step.check)) {
      const known = [...world.checks]
      const list = known.length === 0 ? 'there are none' : `there is ${known.map((one) => `\`${one}\``).join(', ')}`
      const sentence = `There is no check \`${step.check}\` under checks: in breakroom.yaml${didYouMean(step.check, known)}; ${list}.`
      throw refusal('unknown-check', sentence, { path: where })
    }
    if (step.kind !== 'review' || step.by === null) return
    checkRole(step.by, world, where)
    const reviewer = world.roles.get(step.by)
    if (reviewer?.people === false && !reviewer.takesTasks) {
      const sentence = `${step.by} cannot review: its role file does not list update_task_status under tools.tasks.`
      throw refusal('gives-no-reviews', sentence, { path: where })
    }
    if (step.by === role)
      throw refusal('own-review', `${role} does the work, so another has to review it.`, { path: where })
    if (step.by === tester && !isQa(step)) {
      throw refusal('own-review', `${step.by} tries it, so another has to review it.`, { path: where })
    }
  })
}

function checkNumber(followUps: readonly FollowUp[]): void {
  const many = numberOf(followUps)
  if (many <= mostFollowUps) return
  const sentence = `${many} tasks would follow; ${mostFollowUps} is the most.`
  throw refusal('too-many-follow-ups', sentence, { path: 'on_complete' })
}

function numberOf(followUps: readonly FollowUp[]): number {
  return followUps.reduce((sum, { payload_template }) => sum + 1 + numberOf(payload_template.on_complete), 0)
}

function checkFollowUps(followUps: readonly FollowUp[], world: TaskWorld, path: string, depth: number): void {
  followUps.forEach(({ publish_to, payload_template: template }, index) => {
    const where = `${path}.${index}`
    if (depth + 1 > longestChain) {
      const sentence = `"${template.title}" would be number ${depth + 1} of tasks in a row; ${longestChain} is the most.`
      throw refusal('chain-too-long', sentence, { path: where })
    }
    checkTaker(publish_to, world, `${where}.publish_to`)
    const unknown = unknownPlaceholders(
      [template.title, template.description, ...template.acceptance_criteria].join('\n'),
    )
    if (unknown.length > 0) {
      throw refusal('unknown-placeholder', `Nothing is known to stand for {${unknown[0]}} in "${template.title}".`, {
        path: where,
      })
    }
    checkSteps(template.verification, publish_to, world, `${where}.verification`)
    checkFollowUps(template.on_complete, world, `${where}.on_complete`, depth + 1)
  })
}
