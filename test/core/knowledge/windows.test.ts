import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wordCount } from '../../../core/knowledge/sentences.ts'
import { windowsOf } from '../../../core/knowledge/windows.ts'

const sentenceOf = (words: number) => Array.from({ length: words }, (_, at) => `w${at}`).join(' ')
const sizesOf = (sentences: readonly string[]) =>
  windowsOf(sentences).map(({ from, to }) => wordCount(sentences.slice(from, to).join(' ')))

describe('windows', () => {
  it.each<[string, number[], number[]]>([
    ['closes a window as soon as it has fifty words', [20, 20, 20, 30, 30], [60, 60]],
    ['closes one earlier rather than go beyond a hundred', [45, 60, 50], [45, 60, 50]],
    ['leaves a long sentence whole', [10, 140, 60], [10, 140, 60]],
    ['gives the last few words to the window before them', [60, 10], [70]],
    ['does not when that makes it too long', [95, 10], [95, 10]],
    ['has one for a short text', [3], [3]],
    ['has none for no text', [], []],
  ])('%s', (_, sentences, windows) => {
    expect(sizesOf(sentences.map(sentenceOf))).toEqual(windows)
  })

  it('follow one another without gap or overlap, and have 50 to 100 words wherever sentences allow it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 40 }), (lengths) => {
        const windows = windowsOf(lengths.map(sentenceOf))
        const sizes = windows.map(({ from, to }) => lengths.slice(from, to).reduce((sum, words) => sum + words, 0))
        expect(windows.flatMap(({ from, to }) => lengths.slice(from, to))).toEqual(lengths)
        expect(sizes.every((words) => words <= 100)).toBe(true)
        for (const [at, window] of windows.slice(0, -1).entries()) {
          expect((sizes[at] ?? 0) >= 50 || (sizes[at] ?? 0) + (lengths[window.to] ?? 0) > 100).toBe(true)
        }
      }),
    )
  })
})
