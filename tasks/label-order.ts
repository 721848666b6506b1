/** Keys of tasks by the numbers of their labels. */
export interface LabelOrder {
  /** One that is not there, or was removed. */
  add(number: number, key: string): void
  remove(key: string): void
  /** Those with a higher number, lowest first; nothing may be added or removed meanwhile. */
  after(number: number): Iterable<string>
}

/** Adding is cheap for what is newest, which nearly everything is. */
export function createLabelOrder(): LabelOrder {
  let entries: { number: number; key: string }[] = []
  /** Taken out when they are half of all: one by one, thousands would be moved for each. */
  const gone = new Set<string>()

  return {
    add(number, key) {
      if (gone.delete(key)) return
      const at = firstBehind(number)
      entries.splice(at, 0, { number, key })
    },
    remove(key) {
      gone.add(key)
      if (gone.size * 2 <= entries.length) return
      entries = entries.filter((entry) => !gone.has(entry.key))
      gone.clear()
    },
    *after(number) {
      for (let at = firstBehind(number); at < entries.length; at++) {
        const key = entries[at]?.key ?? ''
        if (!gone.has(key)) yield key
      }
    },
  }

  function firstBehind(number: number): number {
    let [from, to] = [0, entries.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((entries[middle]?.number ?? 0) <= number) from = middle + 1
      else to = middle
    }
    return from
  }
}
