import type { ProgramOutcome } from './program.ts'

/**
 * What is remembered of a program that ran for a task, so that the end of a run is not lost with the process that waited for it: a
 * run that ended is looked up, not repeated.
 */
export interface RunJournal {
  /** How the run of this key ended, or null when that is not known. */
  outcome(key: string): Promise<ProgramOutcome | null>
  /** Notes that a run begins, before it does. Resolves with true when one began before: it may have got somewhere. */
  begin(key: string): Promise<boolean>
  /** Kept on disk when it resolves. */
  end(key: string, outcome: ProgramOutcome): Promise<void>
  /** What it came to is kept elsewhere now. */
  forget(key: string): Promise<void>
}
