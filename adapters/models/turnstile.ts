/** Lets so many in at a time; the others wait in line. */
export interface Turnstile {
  /** Resolves with how to leave again, or rejects with the signal's reason when that aborts first. */
  enter(signal: AbortSignal): Promise<() => void>
}

export function createTurnstile(places: number): Turnstile {
  const line = new Set<() => void>()
  let free = places

  function leave(): void {
    const [next] = line
    if (next === undefined) free += 1
    else next()
  }

  return {
    async enter(signal) {
      signal.throwIfAborted()
      if (free > 0) free -= 1
      else await turn(signal)
      let inside = true
      return () => {
        if (inside) leave()
        inside = false
      }
    },
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const letIn = () => settle(resolve)
      const giveUp = () => settle(() => reject(signal.reason))
      function settle(end: () => void): void {
        line.delete(letIn)
        signal.removeEventListener('abort', giveUp)
        end()
      }
      line.add(letIn)
      signal.addEventListener('abort', giveUp)
    })
  }
}
