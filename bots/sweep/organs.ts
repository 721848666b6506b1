import { isRefusal, sentenceOf } from '../../core/errors.ts'
import { type PartReport, partReportSchema } from '../../core/part-report.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import {
  busOrgan,
  diskOrgan,
  leftoversOrgan,
  type OrganFinding,
  partOrgans,
  queuesOrgan,
  watchOrgan,
} from '../../core/sweep/organs.ts'
import type { BusHealth, Services } from '../../ports/bus.ts'
import type { DiskSpace } from '../../ports/disk-space.ts'
import type { Leftover, Leftovers } from '../../ports/leftovers.ts'
import type { Canary } from './canary.ts'
import type { Seen } from './look.ts'
import { within } from './within.ts'

export interface OrganParts {
  bus: Services
  /** The connection of the role as which the sweep acts. */
  own: BusHealth
  subjects: OrgSubjects
  disk: DiskSpace
  leftovers: Leftovers
  canary: Canary
}

/** What was found, and the programs that outlived their owner. */
export interface SeenOrgans {
  organs: OrganFinding[]
  leftovers: Leftover[]
}

/** What does not answer in this time is unknown. */
const answerWithinMs = 2_000
const partsWithStatus = ['bridge', 'router', 'tasks', 'knowledge', 'state'] as const

/** Looks at the fleet's own organs side by side. Never rejects: each that cannot be looked at says so for itself. */
export async function lookAtOrgans(parts: OrganParts, seeing: Promise<Seen>): Promise<SeenOrgans> {
  const [ofParts, atDesk, space, leftovers, canary, seen] = await Promise.all([
    Promise.all(partsWithStatus.map(async (part) => partOrgans(part, await statusOf(parts, part)))),
    deskAnswers(parts),
    orNull(parts.disk.look()),
    orNull(parts.leftovers.find()),
    parts.canary.organs(),
    seeing,
  ])
  const { unknown, missing } = seen
  const organs = [
    busOrgan(parts.own.connected),
    ...ofParts.flat(),
    ...partOrgans('desk', atDesk ? { part: 'desk', troubles: [] } : null),
    queuesOrgan(missing, unknown.queues === null ? null : sentenceOf(unknown.queues)),
    watchOrgan(unknown.tasks === null ? null : sentenceOf(unknown.tasks), isRefusal(unknown.tasks)),
    diskOrgan(space),
    leftoversOrgan(leftovers === null ? null : leftovers.length),
    ...canary,
  ]
  return { organs, leftovers: leftovers ?? [] }
}

async function statusOf({ bus, subjects }: OrganParts, part: string): Promise<PartReport | null> {
  try {
    return partReportSchema.parse(await bus.request(subjects.service(part, 'status'), {}, answerWithinMs))
  } catch {
    return null
  }
}

/** It answers with the state of the whole fleet, for which it asks the others. */
async function deskAnswers({ bus, subjects }: OrganParts): Promise<boolean> {
  return (await orNull(bus.request(subjects.service('desk', 'status'), {}, answerWithinMs))) !== null
}

async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await within(asked, answerWithinMs)
  } catch {
    return null
  }
}
