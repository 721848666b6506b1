const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/
const withMonthName = /^(?=.*\b\d{4}\b)(?=.*\b\d{1,2}(?:st|nd|rd|th)?\b)(?=.*\p{L}{3}).{6,40}$/u

/**
 * The day that somebody wrote as a date, as `2026-03-01`, or undefined when it cannot be told: `03/04/2026` is another
 * day on either side of the ocean.
 */
export function isoDay(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined
  const text = written.trim()
  const [, year, month, day] = iso.exec(text) ?? []
  if (year !== undefined && month !== undefined && day !== undefined) return dayOf(+year, +month, +day)
  if (!withMonthName.test(text)) return undefined
  const parsed = new Date(`${text.replace(/(\d)(?:st|nd|rd|th)\b/g, '$1').replace(/\s\d\d?:.*$/, '')} UTC`)
  if (Number.isNaN(parsed.getTime())) return undefined
  return dayOf(parsed.getUTCFullYear(), parsed.getUTCMonth() + 1, parsed.getUTCDate())
}

function dayOf(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  const real = year >= 1900 && year < 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return real ? date.toISOString().slice(0, 10) : undefined
}
