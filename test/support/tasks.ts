import type { TaskCommit, TaskEvent } from '../../core/task/commit.ts'
import type { Task } from '../../core/task/task.ts'
import type { TaskRole } from '../../core/task/world.ts'
import type { Applied } from '../../ports/task-store.ts'

const noon = Date.parse('2026-11-21T12:00:00.000Z')

/** What the house knows of a role: a program that takes tasks and reports to the ceo, unless said otherwise. */
export function taskRole(changes: Partial<TaskRole> = {}): TaskRole {
  return {
    manager: 'ceo',
    takesTasks: true,
    people: false,
    capabilities: new Set(),
    wip: 3,
    patienceMinutes: 20,
    onComplete: [],
    ...changes,
  }
}

/** The key of the task that is called `t-<number>` here. */
export function keyOf(number: number): string {
  return `task-${number}`
}

/** Task `t-<number>` as it stands after so many commits, with anything else as it is given. */
export function taskAt(number: number, version: number, changes: Partial<Task> = {}): Task {
  const at = new Date(noon + number * 1_000).toISOString()
  return {
    key: keyOf(number),
    label: `t-${number}`,
    version,
    role: 'cto',
    title: `Task number ${number}`,
    description: 'Answer with 429 after 100 requests a minute from one address.',
    priority: 'normal',
    acceptance_criteria: ['429 after 100 requests a minute'],
    verification: [{ kind: 'check', check: 'tests' }],
    context: [],
    blocked_by: [],
    sla: {},
    on_complete: [],
    on_fail: [],
    prep: null,
    budget: { attempts: 5 },
    status: 'open',
    stage: 'ready-for-dev',
    place: { room: { name: 'breakroom', visibility: 'public' } },
    authority: { requester: 'human-ada', tier: 'member', name: 'ada', chain: [] },
    trace: `trace-${number}`,
    lineage: [],
    waits_for: [],
    parent: null,
    created_at: at,
    opened_at: at,
    turned_at: at,
    alive_at: at,
    builder: changes.builder ?? changes.role ?? 'cto',
    plan: null,
    base: null,
    breached: [],
    escalation: null,
    watched: null,
    suspended: null,
    help: null,
    had: [],
    updated_at: new Date(Date.parse(at) + version * 1_000).toISOString(),
    acknowledged: null,
    epoch: 0,
    claim: null,
    attempts: 0,
    result: null,
    passed: 0,
    rounds: 0,
    evidence: [],
    notes: [],
    reason: null,
    followed: [],
    applied: [`command-${number}-${version}`],
    ...changes,
  }
}

/** The commit that made this task what it is: its creation, or a note. */
export function taskCommit(task: Task, changes: Partial<TaskCommit> = {}): TaskCommit {
  return {
    id: `command-${task.key}-${task.version}`,
    key: task.key,
    version: task.version,
    by: 'human-ada',
    at: task.updated_at,
    trace: task.trace,
    cause: null,
    events: [task.version === 1 ? created(task) : { type: 'noted', text: `note ${task.version}` }],
    ...changes,
  }
}

function created(task: Task): TaskEvent {
  const { role, title, description, priority, acceptance_criteria, verification, context, blocked_by } = task
  const { sla, on_complete, on_fail, prep, budget, label, place, authority, lineage, waits_for, parent } = task
  const what = { role, title, description, priority, acceptance_criteria, verification }
  const spec = { ...what, context, blocked_by, sla, on_complete, on_fail, prep, budget }
  return { type: 'created', label, spec, place, authority, lineage, waits_for, parent }
}

/** A commit under a sequence, with the task after it. */
export function appliedAt(seq: number, number: number, version = 1, changes: Partial<Task> = {}): Applied {
  const task = taskAt(number, version, changes)
  return { seq, commit: taskCommit(task), task }
}
