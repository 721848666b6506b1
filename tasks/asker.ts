import { type Action, authorize, type Limit, type Tier } from '../core/authority.ts'
import { oneLine } from '../core/clean-text.ts'
import { BreakroomError } from '../core/errors.ts'
import { knowledgeCaller } from '../core/knowledge/caller.ts'
import type { TaskRequest } from '../core/task/request.ts'
import type { Task, TaskPlace } from '../core/task/task.ts'
import type { Onlooker } from '../core/task/visible.ts'
import type { Doer } from '../core/task/world.ts'
import type { Metrics } from '../ports/metrics.ts'

/** Who asks the task service, as the bus proved it. */
export interface Asker {
  actor: string
  tier: Tier
  name: string
  /** The role that asks for itself, or null for a person behind the desk or the command line. */
  role: string | null
  place: TaskPlace | null
  onlooker: Onlooker
}

/** Doors that say for whom they ask. Everybody else who may call is a role and asks for itself. */
const doors: readonly string[] = ['breakroom', 'cli', 'gateway', 'bridge']

/**
 * Who asks, from the token that the bus let them call with. What a role writes about who it is counts for nothing. Throws `denied`
 * for a caller that is neither a door nor a role, `usage` for a door that does not say for whom it asks.
 */
export function askerOf(caller: string, { by, place }: TaskRequest, roleOfToken: ReadonlyMap<string, string>): Asker {
  const role = roleOfToken.get(caller)
  if (role !== undefined) {
    const onlooker = { actor: role, room: null, alone: true }
    return { actor: role, tier: 'none', name: role, role, place: null, onlooker }
  }
  // What it learns may be told to anybody, so it sees what anybody may, for whomever it says that it asks.
  if (caller === knowledgeCaller) {
    const onlooker = { actor: knowledgeCaller, room: null, alone: false }
    return { actor: knowledgeCaller, tier: 'none', name: knowledgeCaller, role: null, place: null, onlooker }
  }
  if (!doors.includes(caller)) {
    throw new BreakroomError('denied', 'Nobody may ask for tasks through that door (rule: door).', {
      detail: { rule: 'door', requester: caller },
    })
  }
  if (by === null) throw new BreakroomError('usage', 'Say for whom you ask.')
  const alone = place === null || place.voice !== undefined || caller !== 'breakroom'
  // It ends up in sentences of ours.
  return {
    ...by,
    name: oneLine(by.name, 64),
    role: null,
    place,
    onlooker: { actor: by.actor, room: place?.room.name ?? null, alone },
  }
}

/** As a doer of commands. */
export function doerOf({ actor, tier }: Asker, epoch: number | null): Doer {
  return { actor, tier, epoch }
}

/** Checks rights at the last door before an effect; throws `denied` with the rule. A role's file narrows what it may do by itself. */
export function mayOrThrow(
  action: Action,
  asker: Pick<Asker, 'actor' | 'tier' | 'role'>,
  limits: ReadonlyMap<string, Limit>,
  metrics: Metrics,
): void {
  const own = asker.role === null ? undefined : limits.get(asker.role)
  deny(authorize({ action, requester: asker, chain: own === undefined ? [] : [own] }), asker.actor, metrics)
}

/** The rights for what an agent asks while it works on a task: those of the task's requester, narrowed by every agent since. */
export function mayForOrThrow(
  action: Action,
  role: string,
  task: Task,
  limits: ReadonlyMap<string, Limit>,
  metrics: Metrics,
): void {
  const { requester, tier, chain } = task.authority
  const agents = [...chain, role].map((name) => limits.get(name) ?? { name, allows: () => false })
  deny(authorize({ action, requester: { actor: requester, tier }, chain: agents }), requester, metrics)
}

function deny(verdict: ReturnType<typeof authorize>, requester: string, metrics: Metrics): void {
  if (verdict.allowed) return
  metrics.count('breakroom_denied_total', { rule: verdict.rule })
  throw new BreakroomError('denied', verdict.sentence, { detail: { rule: verdict.rule, requester } })
}
