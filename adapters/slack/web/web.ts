/** Slack's Web API with one token. */
export interface SlackWeb {
  /** `breakroom`, or the role whose app it is. */
  readonly app: string
  /**
   * Calls a method and resolves with what it answers (`ok: true` and its fields; unvalidated data). Waits for its turn in Slack's limits,
   * which are kept for each method, and for each channel where `channel` is given; a 429 is waited out and called again, and only calls
   * of that method (and channel) wait with it. Nothing else is tried again here.
   *
   * Rejects with
   * - `refused`, `detail.error` is Slack's own word (`channel_not_found`): it was understood and not done;
   * - `denied`, `detail.error`: the token is no longer good for anything (`invalid_auth`, `token_revoked`, ...);
   * - `unavailable`: no answer, or none that says anything; `detail.maybeDone` tells whether it may have been done all the same;
   * - `closed` when `signal` aborts while it waits.
   */
  call(method: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Record<string, unknown>>
}

export interface CallOptions {
  /** The channel whose own limit counts. */
  channel?: string
  signal?: AbortSignal
}
