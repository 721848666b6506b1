import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { closest } from '../core/closest.ts'
import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import { type Fleet, publicRooms } from '../core/fleet.ts'
import type { OrgSubjects } from '../core/subject.ts'
import type { TaskRequest } from '../core/task/request.ts'
import type { Bus } from '../ports/bus.ts'
import { founderOf, loadFleetAlone } from './configuration.ts'
import { inHouse } from './house-bus.ts'
import type { Output } from './output.ts'
import type { Settings } from './settings.ts'

const answerWithinMs = 3_000
/** Another task service takes over within five seconds. */
const tryForMs = 6_000
const tryEveryMs = 250
/** Shorter silences are nobody's business. */
const silenceMs = 1_000

/** Asks the task service, as the founder of this home. What is asked with the same `id` again is the same. */
export type AskTasks = (verb: string, args: unknown, id?: string) => Promise<unknown>

/**
 * Works with the task service of the fleet that runs in this home. Each question is asked with one id until it is answered, so
 * that a command which was carried out without an answer is not carried out twice. `room` is where it is asked, the first public
 * room by default. Rejects as `inHouse` does, with `usage` when nobody is the founder or there is no such room, and with whatever
 * the service answers.
 */
export async function withTasks<T>(
  settings: Settings,
  output: Output,
  work: (ask: AskTasks) => Promise<T>,
  room?: string,
): Promise<T> {
  const fleet = loadFleetAlone(settings.folder)
  const [by, place] = [askerOf(fleet), placeOf(fleet, room)]
  return inHouse(settings, 'task service', (bus, subjects) => {
    const talk = once(() => output.talk('The task service does not answer yet; trying for a few seconds.'))
    return work((verb, args, id = `cli:${randomUUID()}`) => {
      return askUntilAnswered(bus, subjects, verb, { id, trace: randomUUID(), by, place, args }, talk)
    })
  })
}

async function askUntilAnswered(
  bus: Bus,
  subjects: OrgSubjects,
  verb: string,
  request: TaskRequest,
  onSilence: () => void,
): Promise<unknown> {
  const began = performance.now()
  for (;;) {
    try {
      return await bus.request(subjects.taskService(verb, 'cli'), request, answerWithinMs)
    } catch (error) {
      const mayComeBack = isBreakroomError(error, 'unavailable') && bus.connected
      const waited = performance.now() - began
      if (!mayComeBack || waited + tryEveryMs > tryForMs) throw error
      if (waited >= silenceMs) onSilence()
      await pause(tryEveryMs)
    }
  }
}

function askerOf(fleet: Fleet): TaskRequest['by'] {
  const founder = founderOf(fleet)
  if (founder !== null) return { actor: `human-${founder.id}`, tier: 'founder', name: founder.name }
  const fix = 'Give somebody under "people:" in breakroom.yaml the tier founder.'
  throw new BreakroomError('usage', `Nobody is a founder here, so nobody could answer for a task. ${fix}`)
}

function placeOf(fleet: Fleet, wanted: string | undefined): TaskRequest['place'] {
  const name = wanted?.replace(/^#/, '') ?? publicRooms(fleet)[0]
  if (name === undefined) return null
  const room = Object.hasOwn(fleet.rooms, name) ? fleet.rooms[name] : undefined
  if (room !== undefined) return { room: { name, visibility: room.visibility } }
  const rooms = Object.keys(fleet.rooms)
  const near = closest(name, rooms)
  const hint = near === null ? `Rooms: ${rooms.join(', ')}.` : `Did you mean ${near}?`
  throw new BreakroomError('usage', `There is no room "${name}". ${hint}`)
}

function once(act: () => void): () => void {
  let acted = false
  return () => {
    if (!acted) act()
    acted = true
  }
}
