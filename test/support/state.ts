import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import type { KeptStart } from '../../core/state/kept-start.ts'
import type { RoleDay } from '../../core/state/role-day.ts'
import type { TaskCommit } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import type { PlacedCommit, Store, TaskChange } from '../../ports/store.ts'
import { all } from './collect.ts'
import { taskAt, taskCommit } from './tasks.ts'

/** Texts that have been mangled by one store or another. */
export const hardTexts = [
  '',
  'line\nbreak\r\nand\rmore\u2028\u2029',
  '\u0000\u001b[31m\u007f',
  '🎉 ünïcode שלום z̷̢͝ 👩‍💻 \ufeff\ufffe\uffff',
  '\ud83d half of a pair, and the other \udc4d',
  `"quotes" \\ 'x' --; $1 ?1 %s {"json":[]}`,
  '__name__ ` / // . .. * [x] {x}',
  'x'.repeat(300_000),
]

/** What a task and its commits are made of here, when a test does not say so. */
export interface ChangeOptions {
  /** The first of the commits that come along; 1 when left out. */
  from?: number
  task?: Partial<Task>
  /** Of each commit. */
  commit?: (version: number) => Partial<TaskCommit>
  /** The place of each commit; 1,000 for each task and 1 for each version when left out. */
  place?: (version: number) => number
}

/** Task `t-<number>` as it stands after so many commits, with its commits. */
export function taskChange(number: number, version = 1, options: ChangeOptions = {}): TaskChange {
  const { from = 1, task = {}, commit = () => ({}), place = (at: number) => number * 1_000 + at } = options
  const commits = Array.from({ length: version - from + 1 }, (_, index): PlacedCommit => {
    const at = from + index
    return { place: place(at), commit: taskCommit(taskAt(number, at, task), commit(at)) }
  })
  return { task: taskAt(number, version, task), commits }
}

/** The changes after so many of a lane's forty tasks, one commit each, in turn. Lanes share neither tasks nor places. */
export function changesAt(lane: number, after: number, count: number): TaskChange[] {
  return Array.from({ length: count }, (_, index) => {
    const at = after + index
    const version = Math.floor(at / 40) + 1
    return taskChange(lane * 100 + (at % 40) + 1, version, { from: version, place: () => lane * 1_000_000 + at + 1 })
  })
}

/** What makes a task one of a private room. */
export function inPrivate(room = 'board'): Pick<Task, 'place'> {
  return { place: { room: { name: room, visibility: 'private' } } }
}

/** A task whose evidence alone has more bytes, as JSON, than one document may have. */
export function hugeEvidence(tails = 40): Pick<Task, 'evidence'> {
  return {
    evidence: Array.from({ length: tails }, (_, index) => ({
      step: 0,
      epoch: index + 1,
      passed: index % 2 === 0,
      by: null,
      comment: `run ${index}`,
      run: {
        check: 'tests',
        argv: ['npm', 'test'],
        exit_code: 1,
        ended: null,
        duration_ms: 4_200,
        // Six bytes each in JSON.
        output_tail: '\u0001'.repeat(5_000),
        output_sha256: 'e'.repeat(64),
      },
    })),
  }
}

/** A decision that everybody may read, unless said otherwise. */
export function knowledgeRecord(id: string, revision = 1, changes: Partial<KeptKnowledge> = {}): KeptKnowledge {
  return {
    id,
    revision,
    kind: 'decision',
    title: `Decision ${id}`,
    text: `We do it like this, says revision ${revision}.`,
    by: 'human-ada',
    name: 'Ada',
    at: '2026-11-21T12:00:00.000Z',
    access: [],
    sources: [],
    ended: null,
    ...changes,
  }
}

export function startRecord(id: string, changes: Partial<KeptStart> = {}): KeptStart {
  return {
    id,
    revision: 1,
    at: '2026-11-21T12:00:00.000Z',
    hash: 'a'.repeat(64),
    roles: [
      {
        name: 'cto',
        title: 'Chief technology officer',
        reports_to: 'ceo',
        capabilities: ['tasks.assign'],
        tools: 'none',
        forbidden_actions: ['push to main'],
        brain: 'mock',
        loop_strategy: 'one task at a time',
        wip: 1,
        recurring: [],
        escalation: { to: 'ceo', after_minutes: 20 },
        thresholds: { claimed: 10 },
      },
    ],
    limits: { waiting: 100 },
    ...changes,
  }
}

export function dayRecord(role: string, day: string, revision = 1, changes: Partial<RoleDay> = {}): RoleDay {
  return {
    id: `${day}.${role}`,
    revision,
    role,
    day,
    assigned: revision,
    completed: revision,
    failed: 0,
    cancelled: 0,
    returned: 0,
    claims: revision,
    hand_ins: revision,
    execution_ms: 60_000 * revision,
    longest_ms: 60_000,
    checks_passed: 0,
    checks_failed: 0,
    check_ms: 0,
    model_calls: 3,
    tokens_in: 12_000,
    tokens_out: 900,
    usd: 0.0125,
    ...changes,
  }
}

/** Everything that a store has to say; tasks by key, as they may come in any order. */
export async function contentOf(store: Store) {
  const tasks = await all(store.tasks())
  return {
    tasks: tasks.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    history: await all(store.history(0)),
    knowledge: await all(store.knowledge.all()),
    configuration: await all(store.configuration.all()),
    metrics: await all(store.metrics.all()),
  }
}
