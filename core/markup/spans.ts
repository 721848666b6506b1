import { type Inline, joined, type Style } from './nodes.ts'

/** How a network writes styles in one line. Code is always what stands between two equally long runs of backticks. */
export interface Dialect {
  /** Finds whatever may begin something: backticks and marks in whole runs, and the beginnings of `atomAt`. Global. */
  special: RegExp
  /** What stands on both sides of the words; a longer or shorter run of the same sign is no mark. */
  marks: ReadonlyMap<string, Style>
  /** What stands in one piece at a place (a link, a mention), where it ends; null when nothing does. Takes time of its own length. */
  atomAt(line: string, at: number): { nodes: Inline[]; end: number } | null
  /** Code as it is meant. */
  code(raw: string): string
  /** Plain text as it is meant. */
  text(raw: string): string
}

const wordCharacter = /[\p{L}\p{N}\p{M}]/u

/**
 * Reads one line. A mark opens at the beginning of a word and closes at the end of one, the nearest two belong together, and what
 * finds no partner is plain text. Takes time linear in the line, whatever it holds.
 */
export function parseSpans(line: string, dialect: Dialect): Inline[] {
  const special = new RegExp(dialect.special)
  const closing = tickRuns(line)
  const out: Inline[] = []
  // At most one for each style; `index` is where its mark stands in `out`.
  let open: { style: Style; index: number }[] = []
  let from = 0

  const text = (end: number) => {
    if (end > from) out.push({ kind: 'text', text: dialect.text(line.slice(from, end)) })
    from = end
  }
  const close = (style: Style): boolean => {
    const opener = open.find((one) => one.style === style)
    if (opener === undefined) return false
    const children = joined(out.splice(opener.index).slice(1))
    out.push({ kind: style, children })
    open = open.filter(({ index }) => index < opener.index)
    return true
  }

  for (let match = special.exec(line); match !== null; match = special.exec(line)) {
    const [run] = match
    const at = match.index
    const end = at + run.length
    if (run.startsWith('`')) {
      const to = closing(run.length, at)
      if (to === null) continue
      text(at)
      out.push({ kind: 'code', text: dialect.code(line.slice(end, to)) })
      from = special.lastIndex = to + run.length
      continue
    }
    const style = dialect.marks.get(run)
    if (style === undefined) {
      const atom = dialect.atomAt(line, at)
      if (atom === null) continue
      text(at)
      out.push(...atom.nodes)
      from = special.lastIndex = atom.end
      continue
    }
    const [before, after] = [line[at - 1] ?? ' ', line[end] ?? ' ']
    if (!/\s/.test(before) && !isWord(after)) {
      text(at)
      if (close(style)) {
        from = end
        continue
      }
    }
    if (!/\s/.test(after) && !isWord(before)) {
      text(at)
      open = [...open.filter((one) => one.style !== style), { style, index: out.length }]
      text(end)
    }
  }
  text(line.length)
  return joined(out)
}

function isWord(character: string): boolean {
  return wordCharacter.test(character)
}

/** Gives the place of the next run of as many backticks after `at`, or null. Asked from left to right. */
function tickRuns(line: string): (length: number, at: number) => number | null {
  const byLength = new Map<number, { places: number[]; next: number }>()
  for (const { 0: run, index } of line.matchAll(/`+/g)) {
    const runs = byLength.get(run.length) ?? { places: [], next: 0 }
    runs.places.push(index)
    byLength.set(run.length, runs)
  }
  return (length, at) => {
    const runs = byLength.get(length)
    if (runs === undefined) return null
    while ((runs.places[runs.next] ?? Number.POSITIVE_INFINITY) <= at) runs.next++
    return runs.places[runs.next] ?? null
  }
}
