/** Keeps ours apart from the names that BullMQ has for itself under the same prefix (`wait`, `meta`), and from numbers, which it refuses. */
const mark = 't_'

/** The job id of a timer: what BullMQ takes for an id, and no other timer has. Any text, also broken surrogates. */
export function jobIdOf(timerId: string): string {
  return mark + timerId.replaceAll(/[^A-Za-z0-9._-]/g, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The timer that a job is of; null when it is none of ours. */
export function timerIdOf(jobId: string): string | null {
  if (!jobId.startsWith(mark)) return null
  const written = jobId.slice(mark.length)
  return written.replaceAll(/~([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
}
