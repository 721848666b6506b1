import { describe, expect, it, test } from 'vitest'
import { correction } from '../../core/correction.ts'

describe('an edit where lines cannot be changed', () => {
  test.each([
    ['we meet at nine', 'we meet at ten', '(edited) "at nine" is now "at ten"'],
    ['ship it', 'do not ship it', '(edited) "ship" is now "do not ship"'],
    ['ship it now please', 'ship it', '(edited) "it now please" is now "it"'],
    ['say "hi" to bob', 'say "hey" to bob', '(edited) "say \'hi\' to" is now "say \'hey\' to"'],
  ])('%j -> %j is told as what changed, with a word on each side', (before, now, shown) => {
    expect(correction(before, now)).toBe(shown)
  })

  it('is the new text when nobody knows what it was', () => {
    expect(correction(null, 'hello there')).toBe('(edited) hello there')
  })

  it('is the new text, cut to one short line, when too much of it changed', () => {
    const shown = correction('a '.repeat(400), 'b\n'.repeat(400))
    expect(shown.length).toBeLessThanOrEqual(260)
    expect(shown).not.toContain('\n')
    expect(shown).toMatch(/^\(edited\) b b/)
  })

  it('is the new text when only what cannot be seen changed', () => {
    expect(correction('two  words', 'two words')).toBe('(edited) two words')
  })
})
