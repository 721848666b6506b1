import { createPublicKey, type KeyObject } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { type EvidenceRun, hasPassed, isSigned, type SignedRun, signedRunSchema } from '../../core/evidence/run.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'

type RoleAndCheck = Pick<EvidenceRun, 'role' | 'check'>

/** The runs of checks that the house remembers. Whatever lies where they are kept counts only as the house signed it. */
export interface KeptRuns {
  /** The run of a check that passed on just these files; null when there is none. Rejects when that cannot be looked up. */
  passedOn(tree: string, asked: RoleAndCheck): Promise<EvidenceRun | null>
  /** Never rejects: a run that cannot be kept counts all the same, and is run again where it could have been used again. */
  keepPassed(tree: string, signed: SignedRun): Promise<void>
  /** What the check came to in work that was done; null when there is none, undefined when that cannot be looked up. */
  acceptedBefore(asked: RoleAndCheck, signal: AbortSignal): Promise<EvidenceRun | null | undefined>
  /** Work with this run is done. Never rejects: what cannot be kept is said in the log, and the run before goes on counting. */
  accept(signed: SignedRun, signal: AbortSignal): Promise<void>
}

export interface KeptRunsParts {
  /** Runs that passed, under `tree <tree> <role> <check>`; the newest that was accepted, under `accepted <role> <check>`. */
  kept: KeyedState<SignedRun>
  /** In PEM. */
  signingKey: { public: string }
  /** How long is waited for `kept` when it cannot be reached or takes nothing; what ships when it is left out. */
  patienceMs?: number
  clock: Clock
  log: Log
  metrics: Metrics
}

const againAfterMs = 500
/** A check is run in one of few places, so it does not wait for long. */
const shippedPatienceMs = 15_000

export function createKeptRuns(parts: KeptRunsParts): KeptRuns {
  const { kept, clock, log, metrics, patienceMs = shippedPatienceMs } = parts
  const publicKey: KeyObject = createPublicKey(parts.signingKey.public)

  return {
    async passedOn(tree, asked) {
      const run = signedRun(await kept.get(passedPlace(tree, asked)), asked)
      return run !== null && run.tree === tree && hasPassed(run) ? run : null
    },
    async keepPassed(tree, signed) {
      try {
        await kept.put(passedPlace(tree, signed.run), signed)
      } catch (error) {
        say(signed.run, error, 'a run of a check could not be kept')
      }
    },
    async acceptedBefore(asked, signal) {
      try {
        return signedRun(await insist(() => kept.get(acceptedPlace(asked)), signal), asked)
      } catch (error) {
        if (!signal.aborted) say(asked, error, 'what a check came to before cannot be looked up: a person has to look')
        return undefined
      }
    },
    async accept(signed, signal) {
      const place = acceptedPlace(signed.run)
      try {
        await insist(async () => {
          const before = signedRun(await kept.get(place), signed.run)
          if (before === null || before.at < signed.run.at || isAhead(before)) await kept.put(place, signed)
        }, signal)
      } catch (error) {
        // Cut off by the end of a term it is done by the next.
        if (!signal.aborted) say(signed.run, error, 'what a check came to is not kept: the one before goes on counting')
      }
    },
  }

  /** A run that is this role's and of this check, as the house signed it; wherever it lay, and whoever put it there. */
  function signedRun(value: unknown, { role, check }: RoleAndCheck): EvidenceRun | null {
    const read = signedRunSchema.safeParse(value)
    if (!read.success || !isSigned(read.data, publicKey)) return null
    const { run } = read.data
    return run.role === role && run.check === check ? run : null
  }

  /** It came when a clock was wrong: else nothing would be newer for as long as that. */
  function isAhead({ at }: EvidenceRun): boolean {
    return at > clock.now().toISOString()
  }

  /** Tries again for a while what the bus refuses, or is not there for. */
  async function insist<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const giveUp = performance.now() + patienceMs
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (performance.now() > giveUp || signal.aborted || !isBreakroomError(error, 'unavailable')) throw error
        metrics.count('breakroom_retries_total', { what: 'check' })
        await pause(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Where whoever looks after the house sees it: nobody's work waits for that. */
  function say({ role, check }: RoleAndCheck, error: unknown, what: string): void {
    metrics.count('breakroom_evidence_unkept_total')
    log.error({ role, check, cause: sentenceOf(error) }, what)
  }
}

function passedPlace(tree: string, { role, check }: RoleAndCheck): string {
  return `tree ${tree} ${role} ${check}`
}

function acceptedPlace({ role, check }: RoleAndCheck): string {
  return `accepted ${role} ${check}`
}
