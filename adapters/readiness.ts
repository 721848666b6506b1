/** A state that somebody may wait for. */
export interface Readiness {
  /** Something has changed that may have made it ready. */
  changed(): void
  /** Resolves when ready, or rejects with what `lacking` says after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void>
}

/** How often it is looked at for changes that nobody tells of. Milliseconds. */
const lookEvery = 10

/** `isReady` is asked at each change and every few milliseconds while somebody waits; `lacking` makes the error of who waited in vain. */
export function createReadiness(isReady: () => boolean, lacking: () => Error): Readiness {
  const watchers = new Set<() => void>()
  return {
    changed() {
      for (const watcher of watchers) watcher()
    },
    async wait(timeoutMs) {
      if (isReady()) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const watcher = () => isReady() && resolve()
      const look = setInterval(watcher, lookEvery)
      const late = setTimeout(() => reject(lacking()), timeoutMs)
      watchers.add(watcher)
      try {
        await promise
      } finally {
        clearInterval(look)
        clearTimeout(late)
        watchers.delete(watcher)
      }
    },
  }
}
