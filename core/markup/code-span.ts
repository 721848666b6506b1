/** The lengths of the runs of backticks in a text. */
export function ticksIn(text: string): Set<number> {
  return new Set([...text.matchAll(/`+/g)].map(([run]) => run.length))
}

/**
 * Code between backticks, in runs that are nowhere in it. `loose` are the lengths of the runs that stand before it as plain text: one of
 * the same length would be taken for its partner.
 */
export function printCode(text: string, loose: ReadonlySet<number>): string {
  const inside = ticksIn(text)
  const ticks = '`'.repeat(freeLength(1, (length) => inside.has(length) || loose.has(length)))
  return /^`|`$/.test(text) ? `${ticks} ${text} ${ticks}` : `${ticks}${text}${ticks}`
}

/** The first length from `least` on that is not taken. */
export function freeLength(least: number, taken: (length: number) => boolean): number {
  let length = least
  while (taken(length)) length++
  return length
}
