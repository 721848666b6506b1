/** Somebody waits for something to do; several rings before they look are one. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, at once when it was rung since the last time, and when `signal` aborts. */
  rung(signal: AbortSignal): Promise<void>
}

/** A bell that was not rung yet. */
export function createBell(): Bell {
  let next = Promise.withResolvers<void>()
  return {
    ring: () => next.resolve(),
    async rung(signal) {
      const stop = () => next.resolve()
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
      await next.promise
      signal.removeEventListener('abort', stop)
      next = Promise.withResolvers()
    },
  }
}
