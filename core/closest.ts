/** Words further apart than this are not meant, unless the caller is stricter. */
const distanceLimit = 2
/** Nothing we suggest is longer; beyond it the distance is not worth its time. Characters. */
const lengthLimit = 64

/**
 * The candidate that `word` was probably meant to be, for "did you mean": at most `within` edits away (insert, delete, replace, or
 * two neighbours swapped) and fewer edits than letters, case ignored. The first of equals. Null when none is near.
 */
export function closest(word: string, candidates: Iterable<string>, within = distanceLimit): string | null {
  const wanted = word.toLowerCase()
  if (wanted.length > lengthLimit) return null
  let best: string | null = null
  let bestDistance = Math.min(within + 1, wanted.length)
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return at(last, to.length)
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
