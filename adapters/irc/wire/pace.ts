import type { Clock } from '../../../ports/clock.ts'

/** How fast a network lets one connection talk. */
export interface Pace {
  /** Lines that may go at once after a silence. */
  burst: number
  /** Lines a second after that. */
  perSecond: number
  /** Bytes a second after a burst of `burst` full lines; not counted when absent. */
  bytesPerSecond?: number
}

/** A token bucket that counts lines and, when told, bytes. */
export interface Bucket {
  /** Takes one line of so many bytes if there is room for it. */
  take(bytes: number): boolean
  /** Takes it even where there is no room: for what must not wait. Later lines pay for it. */
  force(bytes: number): void
  /** Milliseconds until `take` of so many bytes will succeed. */
  waitMs(bytes: number): number
}

/** A full bucket, filled again as time passes by `clock`. */
export function createBucket(pace: Pace, clock: Clock): Bucket {
  const byteBurst = pace.burst * 512
  const byteRate = pace.bytesPerSecond ?? Number.POSITIVE_INFINITY
  let lines = pace.burst
  let room = byteBurst
  let at = clock.monotonic()

  const refill = () => {
    const now = clock.monotonic()
    const seconds = Math.max(0, now - at) / 1000
    lines = Math.min(pace.burst, lines + seconds * pace.perSecond)
    if (seconds > 0) room = Math.min(byteBurst, room + seconds * byteRate)
    at = now
  }
  const spend = (bytes: number) => {
    lines -= 1
    if (byteRate !== Number.POSITIVE_INFINITY) room -= bytes
  }
  return {
    take(bytes) {
      refill()
      // A hair of slack: the wait is rounded and so is the refill.
      if (lines < 0.999 || room < bytes - 0.5) return false
      spend(bytes)
      return true
    },
    force(bytes) {
      refill()
      spend(bytes)
    },
    waitMs(bytes) {
      refill()
      const forLine = lines >= 1 ? 0 : ((1 - lines) / pace.perSecond) * 1000
      const forBytes = room >= bytes ? 0 : ((bytes - room) / byteRate) * 1000
      return Math.ceil(Math.max(forLine, forBytes))
    },
  }
}
