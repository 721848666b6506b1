import { describe, expect, it } from 'vitest'
import { mayRead } from '../../../core/knowledge/access.ts'
import { describeFile, unknownRooms } from '../../../core/knowledge/describe.ts'
import type { FrontMatter } from '../../../core/knowledge/document.ts'

const file = { source: 'docs', path: 'guides/release-checklist.md', date: '2026-03-01', author: 'Ada', hash: 'abc' }
const parsed = (front: FrontMatter = {}, title: string | null = null) => ({ front, title, sections: [], warnings: [] })
const reader = (...rooms: string[]) => ({ rooms: new Set(rooms) })

describe('the facts of a file', () => {
  it('are what it says of itself, before what its source knows', () => {
    const front = {
      title: 'Front',
      date: '2025-01-02',
      author: 'Grace',
      status: 'draft',
      access: ['board'],
      topics: ['releases'],
    } as const
    expect(describeFile({ ...file, access: ['staff'] }, parsed(front, 'Heading'))).toEqual({
      id: 'docs/guides/release-checklist.md',
      kind: 'file',
      source: 'docs',
      title: 'Front',
      date: '2025-01-02',
      author: 'Grace',
      status: 'draft',
      access: [['staff'], ['board']],
      topics: ['releases'],
      hash: 'abc',
    })
  })

  it('are what its source knows when it says nothing, and nothing is made up', () => {
    expect(describeFile(file, parsed())).toMatchObject({
      title: 'release checklist',
      date: '2026-03-01',
      author: 'Ada',
      status: 'current',
      access: [],
      topics: [],
    })
    expect(describeFile({ ...file, date: null, author: null }, parsed({}, 'Heading'))).toMatchObject({
      title: 'Heading',
      date: null,
      author: null,
    })
  })

  it.each([
    ['guides/README.md', 'guides'],
    ['README.md', 'README'],
    ['a/index.html', 'a'],
    ['v1.2-notes.md', 'v1.2 notes'],
    ['---.md', '---.md'],
  ])('call %s "%s" when it has no title', (path, title) => {
    expect(describeFile({ ...file, path }, parsed()).title).toBe(title)
  })

  it('keep titles and names to one bounded line, whatever stands in the file', () => {
    const facts = describeFile(
      file,
      parsed({ title: `A\u202e\nB ${'x'.repeat(9_000)}`, author: 'Eve\u0000\n<b>'.repeat(99) }),
    )
    expect(facts.title).toMatch(/^A B x+…$/)
    expect(facts.title.length).toBeLessThanOrEqual(200)
    expect(facts.author).not.toMatch(/[\p{Cc}]/u)
  })

  it('S22 can only narrow who reads them, whatever the document asks for', () => {
    const facts = describeFile({ ...file, access: ['board'] }, parsed({ access: ['breakroom', 'everybody'] }))
    expect(mayRead(facts.access, reader('breakroom'))).toBe(false)
    expect(mayRead(facts.access, reader('board'))).toBe(false)
    expect(mayRead(facts.access, reader('board', 'breakroom'))).toBe(true)
    expect(mayRead(describeFile(file, parsed({ access: [] })).access, reader('breakroom', 'board'))).toBe(false)
  })
})

it('names the rooms that the fleet does not have', () => {
  expect(unknownRooms([['board', 'bord'], ['bord']], new Set(['board']))).toEqual(['bord'])
  expect(unknownRooms([], new Set())).toEqual([])
})
