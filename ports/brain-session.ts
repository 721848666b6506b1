import type { SessionCapture } from '../core/sweep/session.ts'

/** A brain, as whoever looks after it sees it. */
export interface BrainSession {
  /**
   * What can be seen of the session that it has now; null when it has none. Looking changes nothing and says nothing to it. It may reject, or
   * never answer: nobody's work waits for it.
   */
  capture(): Promise<SessionCapture | null>
}
