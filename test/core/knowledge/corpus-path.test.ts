import { describe, expect, it } from 'vitest'
import { isLeftOut, readPath } from '../../../core/knowledge/corpus-path.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the path of a document', () => {
  it.each(['handbook.md', 'guides/Übersicht — 2026.md', 'a b/c%2e.txt', 'family 👩‍💻.md', '\u0065\u0301.md'])(
    'may be %j',
    (path) => {
      expect(readPath(bytes(path))).toEqual({ path })
    },
  )

  it('S29 is refused when it could deceive whoever reads it, and shown with escapes', () => {
    expect(readPath(bytes('a\u001b[31m.md'))).toMatchObject({ path: null, shown: 'a\\u{1b}[31m.md' })
    expect(readPath(bytes('a\n: fine.md'))).toMatchObject({ path: null, shown: 'a\\u{a}: fine.md' })
    expect(readPath(bytes('a\u202edm.exe'))).toMatchObject({ path: null, shown: 'a\\u{202e}dm.exe' })
    expect(readPath(bytes('a\0.md'))).toMatchObject({ path: null })
  })

  it('is refused when it is not UTF-8 or endless', () => {
    expect(readPath(Uint8Array.from([0x63, 0x61, 0x66, 0xe9, 0x0a]))).toMatchObject({ shown: 'caf\\xe9\\x0a' })
    const endless = readPath(bytes(`${'x'.repeat(4_000)}.md`))
    expect(endless).toMatchObject({ path: null, why: expect.stringContaining('500') })
    expect('shown' in endless ? endless.shown.length : 0).toBeLessThan(600)
  })
})

it.each(['.git', '.breakroom', '.env', '.#notes.md', 'node_modules', 'notes.md~'])('leaves %s out', (name) => {
  expect(isLeftOut(name)).toBe(true)
})

it.each(['notes.md', 'modules', 'node_modules.md'])('looks at %s', (name) => {
  expect(isLeftOut(name)).toBe(false)
})
