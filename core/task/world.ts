import type { Tier } from '../authority.ts'
import { BreakroomError } from '../errors.ts'
import type { Fleet } from '../fleet.ts'
import type { Role } from '../role.ts'
import { roleLimit } from '../role-limit.ts'
import type { FollowUp } from './task.ts'

/** What decisions about tasks have to know of a role. */
export interface TaskRole {
  /** Whom it reports to: a role or `founder`. */
  manager: string
  /** Whether it may be given tasks. */
  takesTasks: boolean
  /** Whether people do the work of its seat. */
  people: boolean
  /** What it can do, in plain words; lower case. */
  capabilities: ReadonlySet<string>
  /** Tasks that it may work on at the same time. */
  wip: number
  /** How long it has when somebody below it stands still, before the next one up is told. Minutes. */
  patienceMinutes: number
  /** What follows each of its tasks, where whoever asks says nothing else. */
  onComplete: readonly FollowUp[]
}

/** What decisions about tasks have to know of the fleet. */
export interface TaskWorld {
  roles: ReadonlyMap<string, TaskRole>
  /** Names under `checks:`. */
  checks: ReadonlySet<string>
  /** For the moment of the day at which people are reminded. */
  timeZone: string
}

/** Who gives a command, after rights were checked. */
export interface Doer {
  /** A role, `human-<id>`, or the system itself. */
  actor: string
  tier: Tier
  /** Under which epoch a seat writes; people are known by their claim. */
  epoch: number | null
}

/** What the task service itself acts as. */
export const system: Doer = { actor: 'breakroom', tier: 'none', epoch: null }

/** The world of a fleet. */
export function taskWorld(roles: readonly Role[], fleet: Pick<Fleet, 'checks' | 'limits' | 'time_zone'>): TaskWorld {
  return {
    roles: new Map(
      roles.map((role) => [
        role.name,
        {
          manager: role.reports_to,
          takesTasks: roleLimit(role).allows('task.work'),
          people: role.brain.kind === 'none' || role.brain.kind === 'mcp',
          capabilities: new Set(role.capabilities.map((words) => words.toLowerCase())),
          wip: role.wip ?? fleet.limits.tasks_in_hand,
          patienceMinutes: role.escalation.after_minutes,
          onComplete: role.on_complete ?? [],
        },
      ]),
    ),
    checks: new Set(Object.keys(fleet.checks)),
    timeZone: fleet.time_zone,
  }
}

/** A refusal: the rule for programs, the sentence for people, and for a field of what was asked its path. */
export function refusal(rule: string, sentence: string, detail: Record<string, unknown> = {}): BreakroomError {
  return new BreakroomError('refused', sentence, { detail: { rule, ...detail } })
}
