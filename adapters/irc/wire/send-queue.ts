import type { Clock } from '../../../ports/clock.ts'
import { createBucket, type Pace } from './pace.ts'
import { byteLength } from './split.ts'

/** A line of chat that waits for its turn. */
export interface Sayable {
  /** Which room or nick it goes to; only lines to the same one are ever joined. */
  target: string
  text: string
  mergeable: boolean
  /** How many bytes of text fit in one line to this target. */
  budget: number
}

/** What is put between lines that were joined. */
export const joint = ' · '

/** Each line that is joined is named in one tag, and tags have a limit. */
const mostJoined = 16

/** Everything one connection sends, in the order that serves best. */
export interface SendQueue<Item extends Sayable> {
  /** Sends at once: PONG, registration, JOIN, QUIT. It counts against the pace but never waits behind chat. */
  control(line: string): void
  /** Queues a line of chat, first in first out. */
  chat(item: Item): void
  /** Sends when nobody waits and the pace allows it, else not at all. For courtesies. */
  courtesy(line: string): void
  /** Lines of chat that wait. */
  readonly waiting: number
  /** Forgets what waits; the owner of the items sends them again over another connection. */
  close(): void
}

/**
 * `say` is called with one or more items for one line and must write it. With `pace` null nothing waits. When the pace holds
 * lines back, mergeable ones for one target are joined while they fit, in order.
 */
export function createSendQueue<Item extends Sayable>(options: {
  pace: Pace | null
  clock: Clock
  write(line: string): void
  say(items: Item[]): void
}): SendQueue<Item> {
  const { pace, clock, write, say } = options
  const bucket = pace === null ? null : createBucket(pace, clock)
  let items: Item[] = []
  let head = 0
  let held = false
  let timer: NodeJS.Timeout | null = null
  let closed = false

  const pump = () => {
    timer = null
    while (!closed && head < items.length) {
      const first = items[head] as Item
      const size = byteLength(first.text) + 100
      if (bucket !== null && !bucket.take(size)) {
        held = true
        timer = setTimeout(pump, Math.max(1, bucket.waitMs(size)))
        return
      }
      head++
      say(held ? withFollowers(first) : [first])
    }
    held = false
    items = []
    head = 0
  }

  /** Takes along the next items for the same target, up to the first that cannot be joined, so that their order holds. */
  const withFollowers = (first: Item): Item[] => {
    const line = [first]
    if (!first.mergeable) return line
    let room = first.budget - byteLength(first.text)
    const rest: Item[] = []
    let open = true
    for (const item of items.slice(head)) {
      const needs = byteLength(joint) + byteLength(item.text)
      if (open && item.target === first.target) {
        open = item.mergeable && needs <= room && line.length < mostJoined
        if (open) {
          room -= needs
          line.push(item)
          continue
        }
      }
      rest.push(item)
    }
    items = rest
    head = 0
    return line
  }

  return {
    control(line) {
      if (closed) return
      bucket?.force(byteLength(line))
      write(line)
    },
    chat(item) {
      if (closed) return
      items.push(item)
      if (timer === null) pump()
    },
    courtesy(line) {
      if (closed || head < items.length) return
      if (bucket === null || bucket.take(byteLength(line))) write(line)
    },
    get waiting() {
      return items.length - head
    },
    close() {
      closed = true
      if (timer !== null) clearTimeout(timer)
      items = []
      head = 0
    },
  }
}
