import { expect, it } from 'vitest'
import { type DiskState, touchedBetween } from '../../../core/evidence/touched.ts'

const state = (changes: Partial<DiskState> = {}): DiskState => ({
  isFolder: false,
  inode: 1,
  written: 10,
  changed: 10,
  ...changes,
})
const folder = (changes: Partial<DiskState> = {}) => state({ isFolder: true, ...changes })
const between = (then: DiskState, now: DiskState) => touchedBetween(new Map([['a', then]]), new Map([['a', now]]))

it.each([
  ['written and put back', state(), state({ written: 20, changed: 20 })],
  ['written, and given its old time', state(), state({ changed: 20 })],
  ['another that took its place', state(), state({ inode: 2 })],
  ['a folder that was moved away and back', folder(), folder({ changed: 20 })],
  ['a folder that another took the place of', folder(), folder({ inode: 2 })],
])('S31: %s is found', (_, then, now) => expect(between(then, now)).toBe('a'))

it.each([
  ['a file that lies as it lay', state(), state()],
  ['a folder in which something came or went', folder(), folder({ written: 20, changed: 20 })],
  ['a folder whose times were others, as long as they stay', folder({ changed: 5 }), folder({ changed: 5 })],
])('%s is not', (_, then, now) => expect(between(then, now)).toBeNull())

it('a file is named before the folder that it is in, and what came or went counts too', () => {
  const before = new Map([
    ['a', folder()],
    ['a/b', state()],
    ['c', state()],
  ])
  const after = new Map([
    ['a', folder({ inode: 2 })],
    ['a/b', state({ inode: 3 })],
  ])
  expect(touchedBetween(before, after)).toBe('a/b')
  expect(touchedBetween(new Map(), new Map([['new', state()]]))).toBe('new')
  expect(touchedBetween(new Map([['gone', state()]]), new Map())).toBe('gone')
})
