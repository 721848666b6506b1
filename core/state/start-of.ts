import { hash } from 'node:crypto'
import type { Fleet } from '../fleet.ts'
import { scheduleOf, scheduleText } from '../recurring/schedule.ts'
import type { Role } from '../role.ts'
import { withoutSecrets } from '../service-request.ts'
import { thresholdsOf } from '../sweep/settings.ts'
import type { KeptStart } from './kept-start.ts'
import { canonicalJson } from './state-digest.ts'

/**
 * The configuration at a start: who may do what and when, and who is told. The same configuration has the same hash, in whatever order
 * its files were read; its id is made of the time, too, so each start is one record.
 *
 * There is no secret in it: the files only name the variables that hold secrets, and of platforms, people and programs nothing is taken at
 * all. What is left in words of people's own is redacted, should somebody have written a key into them.
 */
export function startOf({ fleet, roles, at }: { fleet: Fleet; roles: readonly Role[]; at: Date }): KeptStart {
  const kept = {
    roles: roles.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((role) => withoutSecrets(keptRole(role, fleet))),
    limits: fleet.limits,
  } as Pick<KeptStart, 'roles' | 'limits'>
  const time = at.toISOString()
  const sha256 = hash('sha256', canonicalJson(kept))
  return { id: `${time.replace(/[:.]/g, '-')}-${sha256.slice(0, 8)}`, revision: 1, at: time, hash: sha256, ...kept }
}

function keptRole(role: Role, fleet: Fleet): KeptStart['roles'][number] {
  const { name, reports_to, capabilities, tools, forbidden_actions, loop_strategy, escalation } = role
  return {
    name,
    title: role.title ?? null,
    reports_to,
    capabilities,
    tools,
    forbidden_actions,
    brain: role.brain.kind,
    loop_strategy,
    wip: role.wip ?? fleet.limits.tasks_in_hand,
    /** `stale-reviews: 1d Europe/Berlin` */
    recurring: role.recurring.map((entry) => `${entry.name}: ${scheduleText(scheduleOf(entry, fleet.time_zone))}`),
    escalation,
    thresholds: thresholdsOf(name, fleet.sweep),
  }
}
