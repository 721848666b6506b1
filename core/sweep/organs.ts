import type { PartReport, reportingParts } from '../part-report.ts'
import { listed, spanWords } from '../task/wording.ts'
import type { CanaryReply } from './canary.ts'
import type { OrganReport } from './report.ts'

/** An organ as a sweep found it, and whether it is for the sweep to say so. */
export interface OrganFinding {
  organ: string
  state: 'well' | 'ailing' | 'unknown'
  /** For people; empty when it is well. */
  why: string
  /** After how many sweeps in a row it is said that it ails; null where somebody else says so. */
  sayAfter: number | null
}

/** What passes by itself until the next sweep is nobody's business. */
const usual = 2
const gib = 1024 ** 3
/** So long a line may take through a platform and back. */
export const canaryPatienceMs = 30_000

/** How a part is, from what it answers; null when it does not. */
export function partOrgans(
  part: Exclude<keyof typeof reportingParts, 'sweep'> | 'desk',
  report: PartReport | null,
): OrganFinding[] {
  const silent = { state: 'ailing', why: 'it does not answer', sayAfter: usual } as const
  if (part === 'tasks') {
    const away = report?.troubles.find((trouble) => trouble.startsWith('redis is away'))
    const others = report?.troubles.filter((trouble) => trouble !== away) ?? []
    const timers =
      report === null ? unknown('timers', 'the task service does not answer') : inState('timers', away, null)
    return [report === null ? { organ: part, ...silent } : inState(part, others.join('; '), usual), timers]
  }
  if (report === null) return [{ organ: part, ...silent }]
  // Those two say in the rooms themselves what they are cut off from.
  const saysItself = part === 'bridge' || part === 'router'
  return [inState(part, report.troubles.join('; '), saysItself ? null : usual)]
}

/** `why`: it could not be looked at. */
export function queuesOrgan(missing: readonly string[], why: string | null): OrganFinding {
  if (why !== null) return unknown('queues', why)
  const shown = missing.length > 4 ? [...missing.slice(0, 4), `${missing.length - 4} more`] : missing
  return inState('queues', missing.length === 0 ? '' : `missing: ${listed(shown)}`, usual)
}

/** Tasks as the sweep may see them; `why` they are not known, when they are not. */
export function watchOrgan(why: string | null, refused: boolean): OrganFinding {
  return refused || why === null ? inState('watch', why ?? '', usual) : unknown('watch', why)
}

/** Its own connections. */
export function busOrgan(connected: boolean): OrganFinding {
  return inState('bus', connected ? '' : 'the sweep cannot act: its role is cut off from the bus', usual)
}

/** Where the house keeps what it keeps; null when that cannot be looked at. */
export function diskOrgan(space: { free: number; total: number } | null): OrganFinding {
  if (space === null) return unknown('disk', 'it could not be looked at')
  const { free, total } = space
  // A tenth of a large disk is plenty.
  const isShort = free < gib || (free < total / 10 && free < 20 * gib)
  const share = total === 0 ? 0 : Math.floor((free / total) * 100)
  return inState('disk', isShort ? `${(free / gib).toFixed(1)} GiB are free, ${share} %` : '', usual)
}

/** Programs that outlived their owner, how many; null when that cannot be told. */
export function leftoversOrgan(count: number | null): OrganFinding {
  if (count === null) return unknown('leftovers', 'it cannot be told')
  const why = count === 1 ? 'one program outlived its owner' : `${count} programs outlived their owners`
  // Whoever ends them at the second sweep says so; what cannot be ended is said here.
  return inState('leftovers', count === 0 ? '' : why, usual + 1)
}

/** What became of the canary that was sent so long ago, on every platform that shows its room; `reply` null: the bridge does not say. */
export function canaryOrgans(reply: CanaryReply | null, sentAt: number, at: number): OrganFinding[] {
  if (reply === null) return [unknown('canary', 'the bridge does not say what became of it')]
  return reply.networks.flatMap(({ network, shows, heard }) => {
    if (!shows) return []
    const organ = `canary ${network}`
    const took = heard === null ? at - sentAt : Date.parse(heard) - sentAt
    if (took <= canaryPatienceMs)
      return [heard === null ? unknown(organ, 'it is on its way') : inState(organ, '', usual)]
    const why =
      heard === null ? `a line sent ${spanWords(took)} ago was not heard there` : `a line took ${spanWords(took)}`
    return [inState(organ, why, usual)]
  })
}

/** Seats that are silent together, where that has one cause: that is said at once, because nobody is treated for it. */
export function seatsOrgan(held: string | null): OrganFinding {
  return inState('seats', held ?? '', 1)
}

/** As it stands in the report of a sweep. */
export function reportOf({ organ, state, why }: OrganFinding): OrganReport {
  return { organ, state, why }
}

function inState(organ: string, why: string | undefined, sayAfter: number | null): OrganFinding {
  return why === undefined || why === ''
    ? { organ, state: 'well', why: '', sayAfter }
    : { organ, state: 'ailing', why, sayAfter }
}

function unknown(organ: string, why: string): OrganFinding {
  return { organ, state: 'unknown', why, sayAfter: null }
}
