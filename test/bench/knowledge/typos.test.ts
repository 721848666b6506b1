import { expect, test } from 'vitest'
import { withTypo } from '../../../bench/knowledge/typos.ts'

const question = 'Who keeps the keys of the storage room in 2024?'

test('a typo is one edit in one word that says something, and always the same for a question', () => {
  const seen = new Set<string>()
  for (let id = 0; id < 300; id++) {
    const typed = withTypo(question, `q${id}`)
    expect(typed).toBe(withTypo(question, `q${id}`))
    const [before, after] = [question.split(' '), typed.split(' ')]
    const changed = before.flatMap((word, at) => (word === after[at] ? [] : [[word, after[at] ?? '']]))
    expect(changed).toHaveLength(1)
    expect(['keeps', 'keys', 'storage', 'room']).toContain(changed[0]?.[0])
    expect(distance(changed[0]?.[0] ?? '', changed[0]?.[1] ?? '')).toBe(1)
    seen.add(typed)
  }
  expect(seen.size).toBeGreaterThan(50)
})

test('a question without such a word stays as it is', () => {
  expect(withTypo('Who is it?', 'q1')).toBe('Who is it?')
  expect(withTypo('', 'q1')).toBe('')
})

/** Edits of one letter, or changes of place of two beside each other. */
function distance(one: string, other: string): number {
  const table = Array.from({ length: one.length + 1 }, (_, row) =>
    Array.from({ length: other.length + 1 }, (_, column) => (row === 0 ? column : column === 0 ? row : 0)),
  )
  const at = (row: number, column: number) => table[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= one.length; row++) {
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1]
      const swapped = one[row - 2] === other[column - 1] && one[row - 1] === other[column - 2]
      const least = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (same ? 0 : 1))
      ;(table[row] as number[])[column] = swapped ? Math.min(least, at(row - 2, column - 2) + 1) : least
    }
  }
  return at(one.length, other.length)
}
