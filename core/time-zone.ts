const dayMs = 86_400_000
/** No zone changes its offset within one. */
const quarterMs = 900_000
/** Offsets of a zone that are remembered. */
const mostQuarters = 4_096

/** Whether this is the name of a time zone such as "Europe/Berlin" or "UTC". */
export function isTimeZone(name: string): boolean {
  try {
    // "+01:00" is one for the library too, and would not know summer.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

/**
 * A time zone. Instants are milliseconds since 1970; a wall time is what clocks and calendars on the wall there show, counted as if
 * it were UTC.
 */
export interface TimeZone {
  readonly name: string
  /** What is to be added to an instant for its wall time, in ms. */
  offsetAt(instant: number): number
  /**
   * When the wall shows this: one instant, two where clocks are set back over it, first the earlier. A time that clocks are set
   * forward over is as long after midnight as on any other day, so 02:30 is then the instant that shows 03:30.
   */
  instantsOf(wall: number): number[]
}

/** Zones by name: making one takes a hundred times as long as asking it, and each parked task asks. */
const made = new Map<string, TimeZone>()

/** The zone of this name. Expects one that `isTimeZone` knows. */
export function timeZone(name: string): TimeZone {
  const zone = made.get(name) ?? makeZone(name)
  made.set(name, zone)
  return zone
}

function makeZone(name: string): TimeZone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })

  const offsets = new Map<number, number>()

  function offsetAt(instant: number): number {
    const quarter = Math.floor(instant / quarterMs) * quarterMs
    const known = offsets.get(quarter)
    if (known !== undefined) return known
    const offset = lookUp(quarter)
    if (offsets.size >= mostQuarters) offsets.clear()
    offsets.set(quarter, offset)
    return offset
  }

  function lookUp(second: number): number {
    const shown = new Map(format.formatToParts(second).map(({ type, value }) => [type as string, Number(value)]))
    const part = (type: string) => shown.get(type) ?? 0
    const wall = [part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')] as const
    return Date.UTC(...wall) - second
  }

  return {
    name,
    offsetAt,
    instantsOf(wall) {
      // No zone is a whole day off, so these are before and after whatever happens to the clock around this wall time.
      const [before, after] = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)]
      if (before === after) return [wall - before]
      const shown = [before, after].map((offset) => wall - offset).filter((at) => at + offsetAt(at) === wall)
      return shown.length === 0 ? [wall - before] : shown.sort((a, b) => a - b)
    },
  }
}
