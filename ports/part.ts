/** One part of the fleet while it runs: what `up` holds several of, and `run <part>` one. */
export interface RunningPart {
  readonly name: string
  /** Resolves when the part does its job, or rejects with `unavailable` after `timeoutMs` saying what is missing. */
  ready(timeoutMs: number): Promise<void>
  /** Sentences about what is not as it should be; empty when all is well. */
  troubles(): string[]
  /** Finishes what is in hand and lets go of everything. */
  stop(): Promise<void>
}
