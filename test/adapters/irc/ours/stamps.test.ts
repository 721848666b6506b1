import { describe, expect, it } from 'vitest'
import { createSeenPosts } from '../../../../adapters/irc/ours/seen-posts.ts'
import { createStamps, stampTag } from '../../../../adapters/irc/ours/stamps.ts'
import { parseLine } from '../../../../adapters/irc/wire/line.ts'

const stamps = createStamps('net', 'key')
const line = { author: 'cto', channel: '#a', text: 'text' }
const parts = [
  { id: 'irc;net=#a,b.1 é', part: 0 },
  { id: 'other', part: 12 },
]

describe('stamps on our lines', () => {
  it('say which parts a line shows, in a form that needs no escaping', () => {
    const value = stamps.seal(line, parts)
    expect(value).toMatch(/^[\w.,-]+$/)
    expect(stamps.open(line, value)).toEqual(parts)
  })

  it('S13: hold only for the text, the room, the network and the key they were made for', () => {
    const value = stamps.seal(line, parts)
    expect(stamps.open({ ...line, text: 'other text' }, value)).toBeNull()
    expect(stamps.open({ ...line, channel: '#b' }, value)).toBeNull()
    expect(stamps.open({ ...line, author: 'ceo' }, value)).toBeNull()
    expect(createStamps('other', 'key').open(line, value)).toBeNull()
    expect(createStamps('net', 'other key').open(line, value)).toBeNull()
    expect(stamps.open(line, value.replace('.12', '.13'))).toBeNull()
    for (const junk of ['', '.', 'x', 'a.b.c', 'a.0.']) expect(stamps.open(line, junk)).toBeNull()
  })

  it('hold where a channel takes the formatting out of what was said', () => {
    const value = stamps.seal({ ...line, text: '\x02bold\x02 \x11code\x11' }, parts)
    expect(stamps.open({ ...line, text: 'bold code' }, value)).toEqual(parts)
  })

  it('S13: are worth nothing under a nick that is none of the ladder of their author', () => {
    const seen = createSeenPosts(stamps)
    const learn = (nick: string) => {
      const raw = `@msgid=m1;${stampTag}=${stamps.seal(line, parts)} :${nick}!u@h PRIVMSG #a :text`
      const parsed = parseLine(raw)
      return parsed !== null && seen.learn('#a', parsed)
    }
    expect(learn('mallory')).toBe(false)
    expect(seen.find('#a', 'other', 12)).toBeUndefined()
    for (const nick of ['cto', 'cto_', 'cto-3']) expect(learn(nick), nick).toBe(true)
    expect(seen.find('#a', 'other', 12)).toBe('m1')
    expect(seen.find('#b', 'other', 12)).toBeUndefined()
  })
})
