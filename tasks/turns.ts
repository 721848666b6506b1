/** Lets work on one key go one at a time, in the order it was asked for; work on different keys goes side by side. */
export interface Turns {
  of<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    of(key, work) {
      const before = last.get(key)
      const turn = before === undefined ? work() : before.then(work, work)
      last.set(key, turn)
      const forget = () => {
        if (last.get(key) === turn) last.delete(key)
      }
      turn.then(forget, forget)
      return turn
    },
  }
}
