/** A program to run, without a shell. */
export interface ProgramRun {
  /** Program and arguments. */
  argv: readonly string[]
  /** Working directory; it must exist. */
  cwd: string
  /** Added to the few variables that every program gets (PATH, HOME, LANG, ...). Nothing else of ours is passed on. */
  env: Readonly<Record<string, string>>
  /** What it reads on its standard input. */
  input: string
  timeLimitMs: number
  /**
   * Marks the program and everything it starts: what is left of an earlier run with this mark is killed first. So it must be no other
   * work's on this machine, and one run has it at a time.
   */
  mark: string
  /** Is given what it printed before its outcome is: to find numbers in, never to be kept or shown, as nothing was taken out of it. */
  count?: (printed: PrintedEnd) => void
  /** Is told of it while it runs. */
  observer?: ProgramObserver
}

/** Whoever wants to know whether a program goes on. Never learns a word of what it prints. */
export interface ProgramObserver {
  /** It runs. Called at most once, before anything else. */
  began(program: RunningProgram): void
  /**
   * It printed something. With it came the end of these lines: a hash of each, the same for the same line of the same run alone. What only
   * draws over a line, and an empty one, is none; of very many at once these are the last 32.
   */
  printed(lines: readonly string[]): void
}

/** What can be seen from outside of a program that runs. Both may be asked as often as anybody likes; neither rejects. */
export interface RunningProgram {
  /** Processor time that it has used so far with all it started, in ms; null where that cannot be told. */
  processorMs(): Promise<number | null>
  /**
   * The newest change of a file in its folder, as far as it was looked at by now; null when there is nothing to see. What tools keep there for
   * themselves does not count.
   */
  changedAt(): Promise<Date | null>
}

/** The end of what a program printed, both streams as they came. */
export interface PrintedEnd {
  /** At most 256 KiB, with whatever was in it. */
  text: string
  /** Whether that is all of it. */
  isWhole: boolean
}

/** How a run ended. */
export interface ProgramOutcome {
  /** Null when it did not exit by itself. */
  exitCode: number | null
  /** Why it ended otherwise, for people: `killed after 600 s`, `stopped`, `npm is not there`; null when it exited by itself. */
  ended: string | null
  durationMs: number
  /** The end of what it printed (both streams as they came), redacted, without control characters, at most 4,000 characters. */
  outputTail: string
  /** SHA-256 of everything it printed, hex. */
  outputSha256: string
}

/** Runs programs for the house. */
export interface Programs {
  /**
   * Runs it to its end; never throws for what the program does. When `signal` aborts or time is up it and all its children are
   * asked to end, and killed after a second; so is what it left running when it exited by itself.
   */
  run(program: ProgramRun, signal: AbortSignal): Promise<ProgramOutcome>
}
