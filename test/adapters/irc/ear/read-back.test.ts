import { describe, expect, it } from 'vitest'
import { linesAfter, type Mark, readBack } from '../../../../adapters/irc/ear/read-back.ts'
import { type IrcLine, parseLine, tagOf } from '../../../../adapters/irc/wire/line.ts'

const start = Date.parse('2026-01-01T00:00:00.500Z')

describe('reading a room back', () => {
  it('pages back until the mark is found', async () => {
    const server = history(3_000, 1_000)
    const past = await readBack(server.page, mark(1_700))
    expect(past?.reached).toBe(true)
    expect(ids(linesAfter(past?.lines ?? [], mark(1_700)))).toEqual(
      Array.from({ length: 1_299 }, (_, n) => `m${1_701 + n}`),
    )
    expect(server.asked).toBe(2)
  })

  it('looks back far enough for our own posts even where the mark is near', async () => {
    const server = history(3_000, 100)
    const past = await readBack(server.page, mark(2_999))
    expect(past?.lines.length).toBe(1_000)
  })

  it('says so when the server has forgotten the mark', async () => {
    const server = history(50, 100)
    const past = await readBack(server.page, { id: 'long gone', at: new Date(start - 60_000), quiet: false })
    expect(past).toMatchObject({ reached: false })
    expect(past?.lines.length).toBe(50)
  })

  it('misses nothing where the mark is a quiet moment before all that is kept', async () => {
    const past = await readBack(history(50, 100).page, { id: null, at: new Date(start - 60_000), quiet: true })
    expect(past).toMatchObject({ reached: true })
  })

  it('ends when a server gives the same page for ever', async () => {
    const same = [line(1), line(2)]
    const past = await readBack(async () => same, mark(999))
    expect(past?.lines).toEqual(same)
  })

  it('has no past where the server refuses', async () => {
    expect(await readBack(async () => null, mark(1))).toBeNull()
  })

  it('keeps what is of the same second when the server cuts times to seconds', () => {
    const cut = [...'abc'].map(
      (id) => parseLine(`@msgid=${id};time=2026-01-01T00:00:00.000Z :a!b@c PRIVMSG #a :x`) as IrcLine,
    )
    expect(ids(linesAfter(cut, { id: 'a', at: new Date(start), quiet: false }))).toEqual(['b', 'c'])
    expect(ids(linesAfter(cut, { id: 'unknown', at: new Date(start), quiet: false }))).toEqual(['a', 'b', 'c'])
    expect(ids(linesAfter(cut, { id: 'unknown', at: new Date(start + 1_000), quiet: false }))).toEqual([])
  })
})

function line(n: number): IrcLine {
  return parseLine(
    `@msgid=m${n};time=${new Date(start + n * 10).toISOString()} :a!b@c PRIVMSG #a :line ${n}`,
  ) as IrcLine
}

function mark(n: number): Mark {
  return { id: `m${n}`, at: new Date(start + n * 10), quiet: false }
}

function ids(lines: IrcLine[]): (string | null)[] {
  return lines.map((one) => tagOf(one, 'msgid'))
}

function history(size: number, limit: number) {
  const all = Array.from({ length: size }, (_, n) => line(n))
  const server = {
    asked: 0,
    async page(before: IrcLine | null) {
      server.asked++
      const end = before === null ? all.length : all.findIndex((one) => tagOf(one, 'msgid') === tagOf(before, 'msgid'))
      return all.slice(Math.max(0, end - limit), end)
    },
  }
  return server
}
