import { describe, expect, it } from 'vitest'
import { parseLine } from '../../../adapters/irc/line.ts'
import { createSeenPosts } from '../../../adapters/irc/seen-posts.ts'
import { createStamps, stampTag } from '../../../adapters/irc/stamps.ts'

const stamps = createStamps('net', 'key')
const parts = [
  { id: 'irc;net=#a,b.1 é', part: 0 },
  { id: 'other', part: 12 },
]

describe('stamps on our lines', () => {
  it('say which parts a line shows, in a form that needs no escaping', () => {
    const value = stamps.seal('#a', 'text', parts)
    expect(value).toMatch(/^[\w.,-]+$/)
    expect(stamps.open('#a', 'text', value)).toEqual(parts)
  })

  it('S13: hold only for the text, the room, the network and the key they were made for', () => {
    const value = stamps.seal('#a', 'text', parts)
    expect(stamps.open('#a', 'other text', value)).toBeNull()
    expect(stamps.open('#b', 'text', value)).toBeNull()
    expect(createStamps('other', 'key').open('#a', 'text', value)).toBeNull()
    expect(createStamps('net', 'other key').open('#a', 'text', value)).toBeNull()
    expect(stamps.open('#a', 'text', value.replace('.12', '.13'))).toBeNull()
    for (const junk of ['', '.', 'x', 'a.b.c', 'a.0.']) expect(stamps.open('#a', 'text', junk)).toBeNull()
  })

  it('S13: are worth nothing under a nick that cannot be ours', () => {
    const seen = createSeenPosts({ stamps, isPossible: (nick) => nick === 'cto' })
    const line = (nick: string) =>
      `@msgid=m1;${stampTag}=${stamps.seal('#a', 'text', parts)} :${nick}!u@h PRIVMSG #a :text`
    const learn = (nick: string) => {
      const parsed = parseLine(line(nick))
      return parsed !== null && seen.learn('#a', parsed)
    }
    expect(learn('mallory')).toBe(false)
    expect(seen.find('#a', 'other', 12)).toBeUndefined()
    expect(learn('cto')).toBe(true)
    expect(seen.find('#a', 'other', 12)).toBe('m1')
    expect(seen.find('#b', 'other', 12)).toBeUndefined()
  })
})
