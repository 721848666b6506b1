/** Time as a parameter. */
export interface Clock {
  /** Wall time, for records and people. */
  now(): Date
  /** Milliseconds that only ever grow, for durations. */
  monotonic(): number
}
