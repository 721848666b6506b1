/** One term of being the only active one. */
export interface Term {
  /** Aborts when the lead is lost or given up; whoever leads stops acting at once. */
  readonly signal: AbortSignal
  /** False as soon as the lead may be somebody else's, also when nobody could tell us yet: it is judged by our own clock. */
  readonly current: boolean
}

/** Sees to it that of several processes one acts. Another takes over within five seconds of a death, at once after a farewell. */
export interface Leadership {
  /**
   * Waits to become the leader of `name`, then runs `work` for as long as the lead lasts, and waits again. When `work` ends or
   * throws, the lead is given up and sought again after a moment. Resolves after `signal` aborts and `work` has ended.
   */
  lead(name: string, work: (term: Term) => Promise<void>, signal: AbortSignal): Promise<void>
}
