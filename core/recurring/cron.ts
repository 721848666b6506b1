/** The five fields of a cron expression, in their order. */
const fields = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  // Sunday is 0, and may be written 7.
  { name: 'day of the week', least: 0, most: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const
type Field = (typeof fields)[number]

/** In a leap year. */
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A value or a span, and every how many of it. */
const itemPattern = /^(?:\*|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:\/([0-9]{1,2}))?$/

/**
 * Why this is no cron expression of ours, as the end of a sentence, or null when it is one: minute, hour, day of the month, month and
 * day of the week, each `*`, a number or a name, a span, a list, every so many (`* /5` without the space), and `L` for the last day
 * of the month. Where both days are narrowed, either will do. Only five fields: what comes every second, at random or by nickname
 * is not taken.
 */
export function whyNotCron(text: string): string | null {
  const written = text.toLowerCase().split(' ')
  if (written.length !== fields.length) {
    return 'must be five fields with one space between: minute, hour, day of the month, month, day of the week'
  }
  for (const [index, field] of fields.entries()) {
    const why = whyNotField(written[index] ?? '', field)
    if (why !== null) return why
  }
  const [, , day = '', month = '', weekday = ''] = written
  if (weekday !== '*' || day === 'l') return null
  const earliest = Math.min(...valuesOf(day, fields[2]))
  const longest = Math.max(...[...valuesOf(month, fields[3])].map((one) => daysOfMonth[one - 1] ?? 0))
  return earliest > longest ? `never comes: no month that it names has a day ${earliest}` : null
}

/** Whether it comes in every hour of the day, so that an hour more or less in a day is one time more or less. */
export function isEveryHour(expression: string): boolean {
  return valuesOf(expression.split(' ')[1] ?? '', fields[1]).size === 24
}

function whyNotField(written: string, field: Field): string | null {
  const { name, least, most } = field
  if (name === 'day of the month' && written === 'l') return null
  const seen = new Set<number>()
  for (const item of written.split(',')) {
    const values = valuesOfItem(item, field)
    const off = `the ${name} ${JSON.stringify(item.slice(0, 20))} is off`
    if (values === null) return `${off}: a number of ${least} to ${most}, *, 1-5, 1,5 or */2`
    for (const value of values) {
      if (seen.has(value)) return `${off}: it is there twice`
      seen.add(value)
    }
  }
  return null
}

function valuesOf(written: string, field: Field): Set<number> {
  return new Set(written.split(',').flatMap((item) => valuesOfItem(item, field) ?? []))
}

function valuesOfItem(item: string, field: Field): number[] | null {
  const parts = itemPattern.exec(item)
  if (parts === null) return null
  const [, from, to, step] = parts
  const every = step === undefined ? 1 : Number(step)
  const first = from === undefined ? field.least : numberOf(from, field)
  const isWeekday = field.name === 'day of the week'
  const whole = isWeekday ? 6 : field.most
  const open = to === undefined && step !== undefined
  const last = from === undefined ? whole : open ? field.most : numberOf(to ?? from, field)
  if (first === null || last === null || first > last || every < 1 || every > whole) return null
  const values = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every)
  return isWeekday ? values.map((day) => day % 7) : values
}

function numberOf(word: string, { words, least, most }: Field): number | null {
  const named = (words as readonly string[]).indexOf(word)
  const value = named >= 0 ? named + least : /^[0-9]+$/.test(word) ? Number(word) : Number.NaN
  return value >= least && value <= most ? value : null
}
