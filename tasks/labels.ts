import type { Counter } from '../ports/counter.ts'

/** Tasks whose creation failed and may come again; of more the oldest take a new number. */
const remembered = 1_000

/** Numbers tasks, so that labels have few holes: what is tried again keeps the label of its first try. */
export interface Labels {
  /** Rejects as the counter does. */
  of(key: string): Promise<string>
  /** The task is there. */
  used(key: string): void
}

export function createLabels(counter: Pick<Counter, 'next'>): Labels {
  const given = new Map<string, string>()
  return {
    async of(key) {
      const label = given.get(key) ?? `t-${await counter.next()}`
      given.set(key, label)
      const oldest = given.keys().next()
      if (given.size > remembered && !oldest.done) given.delete(oldest.value)
      return label
    },
    used: (key) => void given.delete(key),
  }
}
