import { nothingYet, withNext } from '../../core/sweep/repetition.ts'
import type { BrainSession } from '../../ports/brain-session.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ProgramObserver, RunningProgram } from '../../ports/program.ts'

/** A look that comes sooner after the one before says nothing: the system counts processor time in hundredths of a second. */
const leastMs = 1_000
/** So much of the time since the look before, and it counts as used; a program that only waits wakes up now and then, too. */
const leastShare = 0.01

/** One run of a program, seen from outside. */
export interface ProgramSession extends BrainSession {
  readonly observer: ProgramObserver
}

/**
 * Notes when a program that runs last did something that shows. What stands on its screen is never read as a question: it can say anything,
 * and there is nobody at the other end of its input.
 */
export function createProgramSession(clock: Clock): ProgramSession {
  let began: { at: Date; program: RunningProgram } | null = null
  let outputAt: Date | null = null
  let said = nothingYet
  let usedAt: Date | null = null
  let used = { ms: 0, at: 0 }

  return {
    observer: {
      began(program) {
        began = { at: clock.now(), program }
        used = { ms: 0, at: clock.monotonic() }
      },
      printed(lines) {
        outputAt = clock.now()
        said = withNext(said, lines, outputAt.getTime())
      },
    },
    async capture() {
      if (began === null) return null
      const { at, program } = began
      const [processorMs, changedAt] = await Promise.all([program.processorMs(), program.changedAt()])
      // To begin it took some.
      if (processorMs !== null) usedAt = usedSince(processorMs) ? clock.now() : (usedAt ?? at)
      return {
        started_at: at.toISOString(),
        output_at: momentOf(outputAt),
        files_at: momentOf(changedAt),
        cpu_at: momentOf(usedAt),
        repeats: Math.min(said.repeats, 1_000_000),
        repeats_since: said.since === null ? null : new Date(said.since).toISOString(),
        asks: null,
      }
    },
  }

  function usedSince(ms: number): boolean {
    const now = clock.monotonic()
    const [spent, passed] = [ms - used.ms, now - used.at]
    if (passed < leastMs) return false
    used = { ms, at: now }
    return spent > 0 && spent >= passed * leastShare
  }
}

function momentOf(date: Date | null): string | null {
  return date?.toISOString() ?? null
}
