/** Virtual time: what is to happen, in its order. */
export interface Timeline {
  /** Milliseconds since 1970. */
  readonly now: number
  at(moment: number, run: () => void): void
  in(ms: number, run: () => void): void
  /** Lets everything happen until `moment`, that included. */
  runUntil(moment: number): void
}

interface Entry {
  at: number
  order: number
  run: () => void
}

/** A binary heap; what is to happen at the same moment happens in the order it was said. */
export function createTimeline(start: number): Timeline {
  const heap: Entry[] = []
  let now = start
  let order = 0

  function push(entry: Entry): void {
    let child = heap.push(entry) - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = heap[parent] as Entry
      if (isBefore(above, entry)) break
      heap[child] = above
      child = parent
    }
    heap[child] = entry
  }

  function pop(): Entry {
    const first = heap[0] as Entry
    const moved = heap.pop() as Entry
    if (heap.length === 0) return first
    let parent = 0
    for (;;) {
      let child = parent * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
      if (isBefore(moved, heap[child] as Entry)) break
      heap[parent] = heap[child] as Entry
      parent = child
    }
    heap[parent] = moved
    return first
  }

  const timeline: Timeline = {
    get now() {
      return now
    },
    at: (moment, run) => {
      if (moment !== Number.POSITIVE_INFINITY) push({ at: Math.max(moment, now), order: order++, run })
    },
    in: (ms, run) => timeline.at(now + ms, run),
    runUntil(moment) {
      while (heap.length > 0 && (heap[0] as Entry).at <= moment) {
        const entry = pop()
        now = entry.at
        entry.run()
      }
      now = moment
    },
  }
  return timeline
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
