import { beforeEach, expect, test } from 'vitest'
import { type Canaries, createCanaries } from '../../bridge/canaries.ts'
import { canaryLine } from '../../core/sweep/canary.ts'
import type { Voice } from '../../ports/chat.ts'
import { personLine } from '../support/lines.ts'

const noon = new Date('2026-11-21T12:00:00.000Z')
const room = { name: 'canary', visibility: 'public' as const }
const sweep: Voice = { kind: 'role', role: 'sweep' }
const after = (ms: number) => new Date(noon.getTime() + ms)
const canaryAt = (at: Date, where = room) => canaryLine({ role: 'sweep', nick: 'sweep', room: where, at })

let now: Date
let earsUp: boolean
let canaries: Canaries

beforeEach(() => {
  now = noon
  earsUp = true
  canaries = createCanaries({
    room: 'canary',
    platforms: [
      { name: 'local', rooms: { breakroom: '#breakroom', canary: '#canary' } },
      { name: 'acme', rooms: { breakroom: 'C1' } },
    ],
    isEarUp: () => earsUp,
    now: () => now,
  })
})

const network = (comesBack: boolean, name = 'local') => ({ name, hearsItself: () => comesBack })
const fate = (id: string) => canaries.answer({ id }).networks[0]
const hear = (text: string, at: Date, where = 'canary') => canaries.heard({ network: 'local', room: where, text, at })

test('one that comes back is heard, and when', () => {
  const line = canaryAt(noon)
  expect(fate(line.id)).toEqual({ network: 'local', shows: true, posted: null, heard: null, how: null })
  now = after(20)
  canaries.posted(line, sweep, network(true))
  expect(fate(line.id)).toMatchObject({ posted: after(20).toISOString(), heard: null, how: null })
  hear(`<sweep> ${line.data.text}`, after(30))
  // What is read again in the past of a room was heard before.
  hear(line.data.text, after(9_000))
  expect(fate(line.id)).toMatchObject({ heard: after(30).toISOString(), how: 'heard' })
})

test('it may be heard before the platform says that it has it', () => {
  const line = canaryAt(noon)
  hear(line.data.text, after(5))
  canaries.posted(line, sweep, network(false))
  expect(fate(line.id)).toMatchObject({ heard: after(5).toISOString(), how: 'heard' })
})

test('where nobody is shown their own lines, that the platform has it counts while the ear is up, and is called so', () => {
  const line = canaryAt(noon)
  canaries.posted(line, sweep, network(false))
  expect(fate(line.id)).toMatchObject({ heard: noon.toISOString(), how: 'posted' })
  earsUp = false
  expect(fate(line.id)).toMatchObject({ posted: noon.toISOString(), heard: null, how: null })
})

test('a platform that does not show the room is not covered', () => {
  expect(canaries.answer({ id: canaryAt(noon).id }).networks[1]).toMatchObject({ network: 'acme', shows: false })
})

test('what is said in another room, or by somebody else, is none', () => {
  const line = canaryAt(noon)
  hear(line.data.text, noon, 'breakroom')
  canaries.posted(canaryAt(noon, { ...room, name: 'breakroom' }), sweep, network(true))
  canaries.posted(personLine(line.id, line.data.text), sweep, network(true))
  expect(fate(line.id)).toMatchObject({ posted: null, heard: null })
  expect(() => canaries.answer({ id: 'irc:local:abc' })).toThrow('That is no id of a canary.')
})

test('one older than a quarter of an hour is stale; what people say never is', () => {
  const line = canaryAt(noon)
  now = after(15 * 60_000)
  expect(canaries.isStale(line)).toBe(false)
  now = after(15 * 60_000 + 1)
  expect(canaries.isStale(line)).toBe(true)
  expect(canaries.isStale(personLine('old', 'hello', { at: new Date(0) }))).toBe(false)
})

test('of one that flew before the bridge was started nothing can be told, unless it is heard late', () => {
  const line = canaryAt(after(-1))
  expect(() => fate(line.id)).toThrow('The bridge was started after that one flew.')
  hear(line.data.text, after(5))
  expect(fate(line.id)).toMatchObject({ heard: after(5).toISOString(), how: 'heard' })
})

test('fifty are remembered', () => {
  const lines = Array.from({ length: 51 }, (_, n) => canaryAt(after(n)))
  for (const line of lines) hear(line.data.text, noon)
  const remembered = lines.filter(({ id }) => fate(id)?.how === 'heard')
  expect(remembered).toEqual(lines.slice(1))
})
