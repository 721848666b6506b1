import { z } from 'zod'
import { authorize } from '../core/authority.ts'
import type { HomeView } from '../core/home.ts'
import type { Identity } from '../core/person.ts'
import type { OrgSubjects } from '../core/subject.ts'
import { taskCard } from '../core/task/card.ts'
import { byUrgency } from '../core/task/next.ts'
import { taskListSchema } from '../core/task/request.ts'
import { whyNotJudge } from '../core/task/standing.ts'
import { isPersonStep, pendingStep } from '../core/task/steps.ts'
import type { Task } from '../core/task/task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { Services } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'

const askWithinMs = 1_500
/** Of each list; the rest is counted. */
const most = 8

/** What the desk answers to `status`. */
const fleetSchema = z.looseObject({
  roles: z.array(z.looseObject({ role: z.string(), state: z.enum(['here', 'stopped', 'offline']) })),
  troubles: z.array(z.string()),
})

/** What one person sees of the house: asked with that person's own rights. Rejects with `unavailable` while nobody answers. */
export async function homeOf({ bus, subjects, world, clock, newId }: HomeParts, identity: Identity): Promise<HomeView> {
  const by = { actor: identity.actor, tier: identity.tier, name: identity.name }
  const id = `home:${newId()}`
  const list = { id, trace: '', by, place: null, args: { role: null, all: false } }
  const [tasks, fleet] = await Promise.all([
    bus.request(subjects.taskService('list', 'bridge'), list, askWithinMs).then((reply) => taskListSchema.parse(reply)),
    bus.request(subjects.service('desk', 'status'), {}, askWithinMs).then((reply) => fleetSchema.parse(reply)),
  ])
  const waits = tasks.tasks.filter((task) => waitsFor(task, identity, world)).sort(byUrgency)
  const mine = tasks.tasks.filter((task) => !waits.includes(task) && isOf(task, identity)).sort(byUrgency)
  const cards = (list: Task[]) => list.slice(0, most).map((task) => taskCard(task, clock.now(), world))
  const may = (action: string) => authorize({ action, requester: by }).allowed
  return {
    name: identity.name,
    waiting: cards(waits),
    mine: cards(mine),
    more: Math.max(0, waits.length - most) + Math.max(0, mine.length - most),
    roles: fleet.roles.map(({ role, state }) => ({ role, state })),
    troubles: fleet.troubles,
    may: { stop: may('command.stop-fleet'), resume: may('command.resume-fleet') },
  }
}

export interface HomeParts {
  bus: Services
  subjects: OrgSubjects
  world: TaskWorld
  clock: Clock
  newId: () => string
}

function waitsFor(task: Task, { actor, tier }: Identity, world: TaskWorld): boolean {
  const step = pendingStep(task)
  if (step === null || !isPersonStep(step)) return false
  if (!authorize({ action: 'task.approve', requester: { actor, tier } }).allowed) return false
  return whyNotJudge(task, step, { actor, tier, epoch: null }, world) === null
}

function isOf({ authority, claim }: Task, { actor }: Identity): boolean {
  return authority.requester === actor || claim?.by === actor
}
