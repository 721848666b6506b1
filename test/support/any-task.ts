import fc from 'fast-check'
import {
  deadlines,
  type Evidence,
  priorities,
  type Step,
  stages,
  type Task,
  taskStatuses,
} from '../../core/task/task.ts'
import { taskAt } from './tasks.ts'

/** What people, agents and attackers write: any characters, and those that mean something to a network or a grammar. */
export const anyWords = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        'x',
        ' ',
        '\n',
        '"',
        '”',
        '\\',
        '`',
        ';',
        ':',
        '(',
        ')',
        '*b*',
        '<!channel>',
        '<@U1>',
        '&amp;',
        ':white_check_mark:',
        '\u202e',
        '\u200b',
        '\u0000',
        '👩‍💻',
        '👍🏽',
        'שלום',
        'z̷̢͝',
        ' due: 5m',
        '; then: cso go',
        'accept: y',
        'State: done',
        'w'.repeat(400),
      ),
      { maxLength: 60 },
    )
    .map((pieces) => pieces.join('')),
)

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>({ kind: 'check', check: 'tests' }),
  fc.constantFrom<Step>(
    { kind: 'review', by: 'cso' },
    { kind: 'review', by: 'cso', stage: 'qa' },
    { kind: 'review', by: null },
  ),
  fc.constantFrom<Step>({ kind: 'approval' }, { kind: 'approval', doubt: true }),
  anyWords.map((words): Step => ({ kind: 'artifact', path: words.slice(0, 300).trim() || 'x' })),
)

const actor = fc.constantFrom('human-ada', 'human-bob', 'human-eve-at-slack', 'cto')
const cut = (most: number) => anyWords.map((words) => words.slice(0, most) || 'x')

/** A task in any state, with anything written in it. */
export const anyTask: fc.Arbitrary<Task> = fc
  .record({
    status: fc.constantFrom(...taskStatuses),
    title: cut(200),
    criteria: fc.array(cut(500), { minLength: 1, maxLength: 20 }),
    steps: fc.array(anyStep, { minLength: 1, maxLength: 8 }),
    passed: fc.nat(7),
    words: cut(8_000),
    long: fc.boolean(),
    name: cut(300),
    by: actor,
    held: fc.boolean(),
    acknowledged: fc.boolean(),
    reason: fc.option(cut(2_000)),
    priority: fc.constantFrom(...priorities),
    due: fc.option(fc.integer({ min: 1, max: 525_600 })),
    follows: fc.nat(4),
    stage: fc.constantFrom(...stages),
    planned: fc.boolean(),
    rounds: fc.nat(3),
    doubts: fc.array(cut(300), { maxLength: 5 }),
    breached: fc.subarray([...deadlines]),
    told: fc.constantFrom(null, 'told' as const, 'parked' as const),
    watched: fc.constantFrom(null, 'ping' as const, 'hand_back' as const, 'reassign' as const, 'escalate' as const),
    help: fc.constantFrom(null, 'answer' as const, 'ask' as const),
    suspended: fc.boolean(),
    attempts: fc.nat(5),
    number: fc.integer({ min: 1, max: 999_999 }),
  })
  .map((any) => {
    const at = '2026-11-21T12:00:00.000Z'
    const text = any.long ? `${any.words}\n`.repeat(200).slice(0, 8_000) : any.words
    const evidence = any.steps.map((step, index): Evidence => {
      const run = { check: 'tests', argv: ['true'], exit_code: 1, ended: null, duration_ms: 4_200, doubts: any.doubts }
      const output = { output_tail: text.slice(0, 5_000), output_sha256: 'e'.repeat(64) }
      const seen = { step: index, epoch: 1, passed: index < any.passed, by: any.by, comment: text.slice(0, 2_000) }
      return step.kind === 'check' ? { ...seen, by: null, run: { ...run, ...output } } : seen
    })
    return taskAt(any.number, 3, {
      status: any.status,
      stage: any.stage,
      prep: any.planned ? 'ceo' : null,
      plan: any.planned ? { by: any.by, at, text } : null,
      rounds: any.rounds,
      breached: any.breached,
      escalation:
        any.told === null
          ? null
          : {
              by: 'breakroom',
              at,
              rung: 1,
              to: 'ceo',
              reason: text.slice(0, 2_000) || 'x',
              parked: any.told === 'parked',
              reminded_at: null,
            },
      watched:
        any.watched === null
          ? null
          : { by: any.by, at, kind: any.watched, epoch: 1, rung: 1, answered: false, reason: text.slice(0, 2_000) },
      help: helpOf(any.help, { by: any.by, at, question: text.slice(0, 2_000), text: any.words.slice(0, 4_000) }),
      suspended: any.suspended ? { by: any.by, at, epoch: 1, doorbell: null, role: 'cto' } : null,
      attempts: any.attempts,
      title: any.title,
      acceptance_criteria: any.criteria,
      verification: any.steps,
      passed: Math.min(any.passed, any.steps.length - 1),
      evidence,
      epoch: 1,
      authority: { requester: any.by, tier: 'member', name: any.name, chain: [] },
      claim: any.held ? { by: any.by, at, epoch: 1, doorbell: null } : null,
      acknowledged: any.acknowledged ? { by: any.by, at } : null,
      result: any.held ? { by: any.by, at, text, epoch: 1 } : null,
      reason: any.reason,
      priority: any.priority,
      sla: any.due === null ? {} : { complete_within_minutes: any.due },
      on_complete: followUps(any.follows, any.title),
      on_fail: followUps(any.follows, any.title),
    })
  })

function helpOf(
  kind: 'answer' | 'ask' | null,
  { by, at, question, text }: { by: string; at: string; question: string; text: string },
): Task['help'] {
  if (kind === null) return null
  const sources = [text.slice(0, 200) || 'x', 'docs/db.md']
  return kind === 'answer' ? { kind, by, at, question, text, sources } : { kind, by, at, question, to: by, told: false }
}

function followUps(length: number, title: string): Task['on_complete'] {
  const payload_template = { title, description: '', acceptance_criteria: ['x'], verification: [], on_complete: [] }
  return Array.from({ length }, () => ({ publish_to: 'cso', payload_template }))
}
