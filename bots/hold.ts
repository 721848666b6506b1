import type { BusHealth, WorkItem } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'

/** An item that is kept ours while it is in hand. */
export interface Hold {
  /**
   * True once the lease may have run out, by our own clock, and so for good: this process was suspended or blocked, or the bus was
   * away. The item may be another's by now, and is not ours to acknowledge.
   */
  readonly lapsed: boolean
  end(): void
}

/** Signs of work in one lease. */
const signsPerLease = 4

/** Holds an item from the moment it came: gives the bus a sign of work every quarter of its lease, whatever else goes on. */
export function hold(item: WorkItem, leaseMs: number, bus: BusHealth, clock: Clock): Hold {
  let lastSign = clock.monotonic()
  let lapsed = false
  const look = () => {
    if (clock.monotonic() - lastSign > leaseMs) lapsed = true
    return lapsed
  }
  const timer = setInterval(() => {
    // A sign that is too late would keep the item from whoever has it now.
    if (look() || !bus.connected) return
    item.working()
    lastSign = clock.monotonic()
  }, leaseMs / signsPerLease)
  return {
    get lapsed() {
      return look()
    },
    end: () => clearInterval(timer),
  }
}
