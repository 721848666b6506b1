import type { Tier } from '../authority.ts'
import { BreakroomError } from '../errors.ts'
import type { Role } from '../role.ts'
import { roleLimit } from '../role-limit.ts'

/** What decisions about tasks have to know of the fleet. */
export interface TaskWorld {
  /** Every role: its manager, whether it may be given tasks, and whether people do the work of its seat. */
  roles: ReadonlyMap<string, { manager: string; takesTasks: boolean; people: boolean }>
  /** Names under `checks:`. */
  checks: ReadonlySet<string>
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
export function taskWorld(roles: readonly Role[], checks: Readonly<Record<string, unknown>>): TaskWorld {
  return {
    roles: new Map(
      roles.map((role) => [
        role.name,
        {
          manager: role.reports_to,
          takesTasks: roleLimit(role).allows('task.work'),
          people: role.brain.kind === 'none' || role.brain.kind === 'mcp',
        },
      ]),
    ),
    checks: new Set(Object.keys(checks)),
  }
}

/** A refusal: the rule for programs, the sentence for people, and for a field of what was asked its path. */
export function refusal(rule: string, sentence: string, detail: Record<string, unknown> = {}): BreakroomError {
  return new BreakroomError('refused', sentence, { detail: { rule, ...detail } })
}
