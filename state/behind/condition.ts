import { backoffMs } from '../../core/backoff.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { spanWords } from '../../core/task/wording.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** What keeps us from writing, and since when. */
interface Hindrance {
  /** `away`: it may come back by itself; `busy`: it is there and takes nothing; `file`: it is not the store. Others need a person. */
  kind: 'away' | 'busy' | 'file' | 'denied' | 'another' | 'unreadable' | 'refused'
  since: Date
  why: string
}

/** How it stands with the store behind; every change of it is said once in the log. */
export interface Condition {
  readonly here: boolean
  /** How often it was found to be otherwise, so far. */
  readonly failures: number
  /** It took something, or there was nothing to take. */
  works(): void
  /** It does not. Returns how long to leave it alone, ms. */
  fails(error: unknown): number
  /** For people; null while it works. */
  sentence(): string | null
}

const probes = { floorMs: 1_000, capMs: 30_000 }
/** What a person has to mend is not mended within seconds. */
const patientMs = 60_000

export function createCondition(parts: { title: string; clock: Clock; random(): number; log: Log }): Condition {
  const { title, clock, random, log } = parts
  let hindrance: Hindrance | null = null
  let failures = 0
  let inARow = 0

  return {
    get here() {
      return hindrance === null
    },
    get failures() {
      return failures
    },
    works() {
      inARow = 0
      if (hindrance === null) return
      log.info(
        { store: title, was: hindrance.kind, for: lasting(hindrance) },
        'state: the store behind can be written again',
      )
      hindrance = null
    },
    fails(error) {
      failures += 1
      inARow += 1
      const kind = kindOf(error)
      const why = sentenceOf(error).replace(/\.$/, '')
      if (hindrance?.kind !== kind) {
        log.warn({ store: title, what: kind, cause: why }, 'state: the store behind cannot be written; changes wait')
      }
      // Of several things in a row the first one says since when.
      hindrance = { kind, why, since: hindrance?.since ?? clock.now() }
      return isBrief(kind) ? backoffMs(inARow, random, probes) : patientMs
    },
    sentence() {
      if (hindrance === null) return null
      const { kind, why } = hindrance
      switch (kind) {
        case 'away':
          return `${title} has been away for ${lasting(hindrance)}`
        case 'busy':
          return `${title} has taken nothing for ${lasting(hindrance)} (${why})`
        case 'file':
          return `what ${title} has not got yet cannot be looked up (${why})`
        case 'another':
          return why
        default:
          return `${why.startsWith(title) ? '' : `${title}: `}${why}; it is tried again every minute`
      }
    },
  }

  function lasting({ since }: Hindrance): string {
    return spanWords(Math.max(0, clock.now().getTime() - since.getTime()))
  }
}

function isBrief(kind: Hindrance['kind']): boolean {
  return kind === 'away' || kind === 'busy' || kind === 'file'
}

function kindOf(error: unknown): Hindrance['kind'] {
  if (!isBreakroomError(error)) return 'away'
  const { code, detail } = error
  if (code === 'denied' || code === 'unreadable' || code === 'refused') return code
  if (code === 'conflict') return 'another'
  if (detail.reason === 'file') return 'file'
  return detail.reason === 'busy' || detail.reason === 'contended' ? 'busy' : 'away'
}
