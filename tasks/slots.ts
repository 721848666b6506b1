/** Room for so many at the same time; whoever has waited longest is next. */
export interface Slots {
  use<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(many: number): Slots {
  const waiting: (() => void)[] = []
  let free = many
  return {
    async use(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
