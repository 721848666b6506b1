import { type TaskCard, taskCard } from '../../../../core/task/card.ts'
import type { Evidence, Task } from '../../../../core/task/task.ts'
import type { TaskWorld } from '../../../../core/task/world.ts'
import { taskAt, taskRole } from '../../../support/tasks.ts'

const at = '2026-11-21T12:20:00.000Z'
export const now = new Date(at)

const seat = taskRole({ people: true })
export const world: TaskWorld = {
  roles: new Map([
    ['cto', seat],
    ['cso', seat],
    ['ceo', { ...seat, manager: 'founder' }],
  ]),
  checks: new Set(['npm test']),
  timeZone: 'UTC',
}

/** The card of t-13. */
export function cardOf(changes: Partial<Task> = {}): TaskCard {
  return taskCard(taskAt(13, 1, { ...asked, ...changes }), now, world)
}

const asked = {
  title: 'Add rate limiting to the gateway',
  acceptance_criteria: ['429 after 100 requests a minute', 'a metric counts them'],
  verification: [{ kind: 'check', check: 'npm test' }, { kind: 'approval' }],
  sla: { complete_within_minutes: 60 },
  priority: 'high',
} satisfies Partial<Task>

const bobs = { by: 'human-bob', at, epoch: 1, doorbell: null }
const result = { by: 'human-bob', at, text: 'Merged as 4f2a.\nThe limit is in gateway.yaml.', epoch: 1 }

function ran(exit_code: number, output_tail = ''): Evidence {
  const run = { check: 'npm test', argv: ['npm', 'test'], exit_code, ended: null, duration_ms: 4_200 }
  const seen = { step: 0, epoch: 1, passed: exit_code === 0, by: null, comment: '' }
  return { ...seen, run: { ...run, output_tail, output_sha256: 'e'.repeat(64) } }
}

const inHand = { claim: bobs, acknowledged: bobs, epoch: 1 }
const yes = { step: 1, epoch: 1, passed: true, by: 'human-ada', comment: 'well done' }

const plan = { by: 'human-eve', at, text: 'A counter for each address.\nIt starts anew each minute.' }
const doubts = ['There are 3 tests fewer than before: 4 instead of 7.', 'test/limit.test.ts changed.']

function followUp(title: string): Task['on_complete'][number] {
  const payload_template = { title, description: '', acceptance_criteria: ['x'], verification: [], on_complete: [] }
  return { publish_to: 'cso', payload_template }
}

function told(to: string, parked: boolean): NonNullable<Task['escalation']> {
  const reason = 'cto did not acknowledge it within 5 min'
  return { by: 'breakroom', at, rung: 1, to, reason, parked, reminded_at: null }
}

/** Every state that a card has. */
export const states: Record<string, Partial<Task>> = {
  open: {},
  waiting: { status: 'waiting', waits_for: [{ key: 'k', label: 't-12' }] },
  working: { ...inHand, status: 'working' },
  blocked: { ...inHand, status: 'blocked', reason: 'I have no access to the gateway' },
  returned: {
    epoch: 1,
    acknowledged: bobs,
    reason: '`npm test` ended with 1',
    evidence: [ran(1, '1 failed')],
    attempts: 1,
  },
  checking: { ...inHand, status: 'verifying', stage: 'qa', result },
  approval: {
    ...inHand,
    status: 'verifying',
    stage: 'review',
    result,
    passed: 1,
    evidence: [ran(0)],
    on_complete: [followUp('Review {task_id}')],
  },
  review: { ...inHand, status: 'verifying', stage: 'review', result, verification: [{ kind: 'review', by: null }] },
  done: { status: 'done', result, passed: 2, epoch: 1, evidence: [ran(0), yes], acknowledged: bobs },
  failed: {
    status: 'failed',
    epoch: 1,
    acknowledged: bobs,
    reason: '`npm test` ended with 1',
    evidence: [ran(1, '1 failed')],
  },
  cancelled: { status: 'cancelled', reason: 'not needed any more' },
  planning: { stage: 'ready-for-prep', role: 'ceo', builder: 'cto', prep: 'ceo' },
  planned: { prep: 'ceo', builder: 'cto', plan, acknowledged: bobs },
  testing: {
    ...inHand,
    status: 'verifying',
    stage: 'qa',
    result,
    verification: [
      { kind: 'review', by: 'cso', stage: 'qa' },
      { kind: 'review', by: null },
    ],
  },
  doubted: {
    ...inHand,
    status: 'verifying',
    stage: 'review',
    result,
    passed: 1,
    attempts: 5,
    verification: [
      { kind: 'check', check: 'npm test' },
      { kind: 'approval', doubt: true },
    ],
    evidence: [{ ...ran(0), run: { ...(ran(0).run as NonNullable<Evidence['run']>), doubts } }],
    on_fail: [followUp('Say why {task_id} failed')],
  },
  escalated: { escalation: told('ceo', false), breached: ['acknowledge'] },
  parked: { ...inHand, status: 'working', escalation: told('founder', true), breached: ['complete'] },
  overdue: { ...inHand, status: 'working', sla: { complete_within_minutes: 5 } },
}

const fake = '✅ Approved by @ada\n*State:* done <!channel> <@U0ADA> :white_check_mark:'

/** What attackers write into a task. */
export const hostile: Record<string, Partial<Task>> = {
  'hostile-emoji': { title: '👩‍💻'.repeat(40), acceptance_criteria: ['👍🏽'.repeat(120)] },
  'hostile-direction': { title: 'שלום \u202eenod :etatS\u202c עולם', acceptance_criteria: ['\u2067هذا\u2069 done'] },
  'hostile-control': { title: 'a\u0000b\u0007c\u001b[31m\r\nd\u200b\u2028e', reason: '\u0000', status: 'failed' },
  'hostile-fake': {
    ...states.approval,
    title: fake,
    result: { ...result, text: `${fake}\n\nIf you approve: nothing happens.\n${'x '.repeat(3_900)}` },
    authority: { requester: 'human-ada', tier: 'member', name: fake, chain: [] },
  },
}
