import { setTimeout as pause } from 'node:timers/promises'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { traceOf } from '../core/envelope.ts'
import { isBreakroomError } from '../core/errors.ts'
import { type Fleet, fleetSchema } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import { orgSubjects } from '../core/subject.ts'
import { type TaskDraft, type TaskReply, type TaskVerb, taskDraftSchema } from '../core/task/request.ts'
import type { Bus } from '../ports/bus.ts'
import type { NatsServer } from '../test/support/nats.ts'
import { cloneFolder } from '../test/support/process.ts'
import { startFleet } from './fleet.ts'
import type { Program } from './program.ts'

export const org = 'breakroom'
export const taskRoles = ['ceo', 'cto', 'cso', 'devops'] as const
export type TaskRole = (typeof taskRoles)[number]
export const subjects = orgSubjects(org)

const alice = { actor: 'human-alice', tier: 'member' as const, name: 'alice' }
const place = { room: { name: 'breakroom', visibility: 'public' } } as const
const answerWithinMs = 10_000
/** A service with much to read takes its time before its first answer. */
const givenUpAfterMs = 120_000

/** The task service alone, in a process of its own, on this bus. */
export function startTaskService(nats: NatsServer, folder: string): Promise<Program> {
  return startFleet(nats, {
    fleet: taskFleet(),
    roles: rolesOf(taskRoles),
    parts: ['tasks'],
    redisUrl: null,
    embeddedIrc: { host: '127.0.0.1', port: 0 },
    folder,
  })
}

/** Of limits that nothing here comes near, unless others are given. */
export function taskFleet(limits: object = { tasks_waiting: 10_000, tasks_in_hand: 100 }): Fleet {
  return fleetSchema.parse({
    limits,
    rooms: { breakroom: { visibility: 'public', guests: 'member' } },
    platforms: [{ name: 'own', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
    checks: { true: ['true'] },
  })
}

export function rolesOf(names: readonly string[]): Role[] {
  return loadFleet(cloneFolder).roles.filter(({ name }) => names.includes(name))
}

/** Whoever asks the task service: the desk for a person, and the roles for themselves. Both ask until they are answered. */
export interface Doors {
  /** Asks for alice in the room, or for somebody else. Rejects with what the service refuses. */
  desk(verb: TaskVerb, args: unknown, by?: typeof alice): Promise<TaskReply>
  as(role: TaskRole, verb: TaskVerb, args: unknown): Promise<TaskReply>
}

let asked = 0

/** Opens the doors to the task service on this bus. */
export function openDoors(nats: NatsServer): Doors {
  const desk = nats.as({ kind: 'desk' }).bus
  const seats = new Map<string, Bus>(taskRoles.map((role) => [role, nats.as({ kind: 'role', role }).bus]))

  async function ask(
    bus: Bus,
    caller: string,
    verb: TaskVerb,
    args: unknown,
    by: typeof alice | null,
  ): Promise<TaskReply> {
    const id = `bench-${++asked}`
    const request = { id, trace: traceOf(id), by, place: by === null ? null : place, args }
    for (const end = performance.now() + givenUpAfterMs; ; ) {
      try {
        return (await bus.request(subjects.taskService(verb, caller), request, answerWithinMs)) as TaskReply
      } catch (error) {
        // As every caller does: the same id is the same command.
        if (!isBreakroomError(error, 'unavailable') || performance.now() > end) throw error
        await pause(100)
      }
    }
  }

  return {
    desk: (verb, args, by = alice) => ask(desk, 'breakroom', verb, args, by),
    as: (role, verb, args) => ask(seats.get(role) as Bus, role, verb, args, null),
  }
}

/** What alice asks for. */
export function draft(more: Partial<TaskDraft> = {}): TaskDraft {
  return taskDraftSchema.parse({
    role: 'cto',
    title: 'Add rate limiting to the gateway',
    acceptance_criteria: ['429 after 100 requests a minute', 'other addresses are not slowed down'],
    verification: [{ kind: 'review', by: 'cso' }],
    ...more,
  })
}
