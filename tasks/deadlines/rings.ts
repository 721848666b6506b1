/** Rings that are under way: one for each id, and no more than so many at a time. */
export interface Rings {
  /** Does `work` when there is room, unless it is under way for this id: then that is waited for. Never rejects. */
  ring(id: string, work: () => Promise<void>): Promise<void>
  has(id: string): boolean
  readonly size: number
  idle(): Promise<void>
}

/** `work` does not reject: what it failed at is its own to remember. */
export function createRings(most: number): Rings {
  const underWay = new Map<string, Promise<void>>()
  const queue: (() => void)[] = []
  let free = most

  return {
    ring(id, work) {
      const found = underWay.get(id)
      if (found !== undefined) return found
      const ringing = whenFree()
        .then(work)
        .finally(() => {
          underWay.delete(id)
          const next = queue.shift()
          if (next === undefined) free++
          else next()
        })
      underWay.set(id, ringing)
      return ringing
    },
    has: (id) => underWay.has(id),
    get size() {
      return underWay.size
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
  }

  function whenFree(): Promise<void> {
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    return new Promise((go) => queue.push(go))
  }
}
