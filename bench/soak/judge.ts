import { isDeepStrictEqual } from 'node:util'
import type { Envelope } from '../../core/envelope.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import { pendingStep } from '../../core/task/steps.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import type { LeftBell, RecordedLine } from './facts.ts'
import type { Effect } from './plan.ts'
import type { SaidLine } from './story.ts'

/** Everything that is known when it is quiet. */
export interface Facts {
  said: readonly SaidLine[]
  recorded: readonly RecordedLine[]
  /** Wishes for which there is no task in the end. */
  unmet: readonly string[]
  commits: readonly TaskCommit[]
  impossible: readonly string[]
  /** The fold of the commits, by key. */
  tasks: ReadonlyMap<string, Task>
  store: ReadonlyMap<string, Task>
  service: ReadonlyMap<string, Task>
  announced: readonly string[]
  bells: readonly LeftBell[]
  letters: readonly Envelope[]
  /** What programs wrote, by role. */
  effects: ReadonlyMap<string, readonly Effect[]>
}

export type Promised =
  | 'lost'
  | 'done twice'
  | 'in two states'
  | 'without an owner'
  | 'against the rules'
  | 'doorbells nobody took'
  | 'events missing or doubled'

/** What was broken, in words, by the promise. */
export type Verdict = Record<Promised, string[]>

export function judge(facts: Facts): Verdict {
  return {
    lost: lost(facts),
    'done twice': doneTwice(facts),
    'in two states': inTwoStates(facts),
    'without an owner': withoutOwner(facts),
    'against the rules': [...facts.impossible, ...brokenEpochs(facts)],
    'doorbells nobody took': facts.bells.map(({ subject, key }) => `${nameOf(facts, key)} on ${subject}`),
    'events missing or doubled': wrongEvents(facts),
  }
}

function lost({ said, recorded, unmet, tasks, letters }: Facts): string[] {
  const byTitle = Map.groupBy([...tasks.values()].filter(isRoot), ({ title }) => title)
  const inRecord = new Set(recorded.map(({ title }) => title))
  const children = new Set([...tasks.values()].flatMap(({ parent }) => parent?.key ?? []))
  const dropped = new Set(letters.map(({ data }) => (data as { task?: string } | undefined)?.task))
  return [
    ...unmet.map((title) => `${title}: nobody has it in the end`),
    ...said.flatMap(({ title, stayed }) =>
      stayed && !inRecord.has(title) ? [`${title}: said by somebody who stayed, and not in the record`] : [],
    ),
    ...recorded.flatMap(({ title, answer }) => {
      if (answer === null) return [`${title}: in the record, and never answered`]
      if (answer === 'unsure') return []
      if (!/^t-\d+$/.test(answer)) return [`${title}: answered with "${answer}"`]
      return byTitle.get(title)?.some(({ label }) => label === answer) ? [] : [`${title}: ${answer} is no such task`]
    }),
    ...[...tasks.values()].flatMap(({ key, label, status, on_complete }) =>
      status === 'done' && on_complete.length > 0 && !children.has(key) && !dropped.has(label)
        ? [`${label}: done, and what was to follow neither came nor was kept`]
        : [],
    ),
  ]
}

function doneTwice({ tasks, commits, effects }: Facts): string[] {
  const all = [...tasks.values()]
  const titles = Map.groupBy(all.filter(isRoot), ({ title }) => title)
  const children = Map.groupBy(
    all.filter((task) => !isRoot(task)),
    ({ parent }) => parent?.label ?? '',
  )
  const completed = Map.groupBy(
    commits.filter(({ events }) => events.some(({ type }) => type === 'completed')),
    ({ key }) => key,
  )
  return [
    ...several(titles).map(([title, many]) => `${title}: one line, ${labels(many)}`),
    ...several(children).map(([parent, many]) => `${parent}: followed by ${labels(many)}`),
    ...several(completed).map(([key]) => `${tasks.get(key)?.label}: completed twice`),
    ...[...effects.values()].flatMap(workedTwice),
    ...all.flatMap((task) => (isProven(task, effects) ? [] : [`${task.label}: done, and no program did it`])),
  ]
}

/** The same epoch begun twice. */
function workedTwice(effects: readonly Effect[]): string[] {
  const begun = effects.filter(({ kind, what }) => kind === 'work' && what === 'begin')
  const runs = Map.groupBy(begun, ({ label, epoch }) => `${label} under epoch ${epoch}`)
  return several(runs).map(([what]) => `${what}: begun twice`)
}

/**
 * Tasks on which an old epoch still worked when a newer one had begun: a process that stood still between its claim and its program.
 * What comes of it is refused; that it was done cannot be undone.
 */
export function workedOnBeside({ effects }: Pick<Facts, 'effects'>): string[] {
  const newest = new Map<string, number>()
  const late = [...effects.values()].flat().flatMap(({ kind, label, epoch }) => {
    if (kind !== 'work') return []
    const before = newest.get(label) ?? 0
    newest.set(label, Math.max(before, epoch))
    return epoch < before ? [label] : []
  })
  return [...new Set(late)]
}

/**
 * Whether a program has done what counts as done: under the epoch that counts, or under one before it whose end was looked up. People
 * leave no such trace.
 */
function isProven({ status, role, label, result }: Task, effects: Facts['effects']): boolean {
  const written = effects.get(role)
  if (status !== 'done' || result?.by !== role || written === undefined) return true
  return written.some(({ what, kind, ...of }) => {
    return what === 'end' && kind === 'work' && of.label === label && of.epoch <= result.epoch
  })
}

function inTwoStates({ tasks, store, service }: Facts): string[] {
  return [...tasks.values()].flatMap((task) => {
    const others = { store: store.get(task.key), service: service.get(task.key) }
    return Object.entries(others).flatMap(([where, other]) => {
      if (other === undefined) return [`${task.label}: not in the ${where}`]
      if (isDeepStrictEqual(plain(other), plain(task))) return []
      return [`${task.label}: ${task.status} v${task.version}, and ${other.status} v${other.version} in the ${where}`]
    })
  })
}

function plain(task: Task): unknown {
  return JSON.parse(JSON.stringify(task))
}

/** Each task that is not over has a lease, a doorbell on a queue, somebody whose turn it is, or a letter. */
function withoutOwner({ tasks, bells, letters }: Facts): string[] {
  const rung = new Set(bells.map(({ key }) => key))
  const dead = new Set(letters.map(({ data }) => (data as { task?: string } | undefined)?.task))
  return [...tasks.values()].flatMap((task) => {
    const { key, label, status, claim, waits_for } = task
    const waits = waits_for.some((other) => !isOver(tasks.get(other.key) ?? { status: 'done' }))
    const byPerson = claim !== null && claim.doorbell === null && pendingStep(task) === null
    if (isOver(task) || rung.has(key) || dead.has(label) || waits || byPerson) return []
    return [`${label}: ${status} with ${task.role}, epoch ${task.epoch}`]
  })
}

function brokenEpochs({ commits, tasks }: Facts): string[] {
  const newest = new Map<string, number>()
  return commits.flatMap(({ key, events }) =>
    events.flatMap((event) => {
      const epoch = newest.get(key) ?? 0
      const label = tasks.get(key)?.label
      if (event.type === 'submitted' && event.epoch !== epoch) {
        return [`${label}: a result under epoch ${event.epoch} when ${epoch} held it`]
      }
      if (event.type !== 'claimed') return []
      newest.set(key, event.epoch)
      return event.epoch > epoch ? [] : [`${label}: epoch ${event.epoch} after ${epoch}`]
    }),
  )
}

function wrongEvents({ commits, announced, tasks }: Facts): string[] {
  const wanted = new Set(
    commits.flatMap(({ key, version, events }) => events.map((_, index) => `task:${key}:${version}:${index}`)),
  )
  const counts = Map.groupBy(announced, (id) => id)
  const named = (id: string) => `${tasks.get(id.split(':')[1] ?? '')?.label ?? ''} ${id}`
  return [
    ...[...wanted].filter((id) => !counts.has(id)).map((id) => `${named(id)}: not in the record`),
    ...[...counts.keys()].filter((id) => !wanted.has(id)).map((id) => `${named(id)}: in the record for nothing`),
    ...several(counts).map(([id]) => `${named(id)}: several times in the record`),
  ]
}

function isRoot({ parent }: Task): boolean {
  return parent === null
}

function several<K, T>(groups: Map<K, T[]>): [K, T[]][] {
  return [...groups].filter(([, members]) => members.length > 1)
}

function labels(tasks: readonly Task[]): string {
  return tasks.map(({ label }) => label).join(' and ')
}

function nameOf({ tasks }: Facts, key: string): string {
  return tasks.get(key)?.label ?? key
}
