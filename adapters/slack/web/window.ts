/** At most so many calls in any span, as the other side counts them. */
export interface CallWindow {
  /** Milliseconds until another one fits; 0 for now. */
  waitMs(): number
  /** Counts one that begins now; call the result when it has ended. */
  begin(): () => void
}

/**
 * Slack counts a call when it arrives, somewhere between its beginning and its end. So one counts from its beginning on and leaves the
 * window only a whole span after its end.
 */
export function createCallWindow(most: number, spanMs: number, monotonic: () => number): CallWindow {
  let calls: { last: number }[] = []
  return {
    waitMs() {
      const now = monotonic()
      calls = calls.filter(({ last }) => now - last < spanMs)
      if (calls.length < most) return 0
      const leaving = calls.map(({ last }) => last).sort((a, b) => a - b)[calls.length - most]
      return leaving === undefined ? 0 : Math.max(1, leaving + spanMs - now)
    },
    begin() {
      const call = { last: monotonic() }
      calls.push(call)
      return () => {
        call.last = monotonic()
      }
    },
  }
}
