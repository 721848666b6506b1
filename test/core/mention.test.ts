import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressees, nearMiss } from '../../core/mention.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

const directory = [
  { role: 'cto', nick: 'cto' },
  { role: 'cso', nick: 'cso' },
  { role: 'ceo', nick: 'ceo' },
  { role: 'devops', nick: 'devops' },
  { role: 'knowledge', nick: 'Ask[bot]' },
]
const read = (text: string) => addressees(text, directory)

describe('U27: a line addresses whom it begins with', () => {
  test.each([
    ['cto: why?', ['cto'], 'why?'],
    ['CTO, why?', ['cto'], 'why?'],
    ['  @cto why?', ['cto'], 'why?'],
    ['@cto: why?', ['cto'], 'why?'],
    ['cto:why?', ['cto'], 'why?'],
    ['cto : pourquoi ?', ['cto'], 'pourquoi ?'],
    ['cto, cso: why?', ['cto', 'cso'], 'why?'],
    ['@cto @cso why?', ['cto', 'cso'], 'why?'],
    ['@cto, cso: why?', ['cto', 'cso'], 'why?'],
    ['cto, cso is away', ['cto'], 'cso is away'],
    ['cto: cso, you said', ['cto'], 'cso, you said'],
    ['ask[BOT]: why?', ['knowledge'], 'why?'],
    ['knowledge: why?', ['knowledge'], 'why?'],
    ['cto: see #devops', ['cto'], 'see #devops'],
    ['cto: a\nb', ['cto'], 'a\nb'],
    ['cto:', ['cto'], ''],
    ['c\u200bto\u{e0041}: hidden', ['cto'], 'hidden'],
  ])('%j', (text, roles, body) => {
    expect(read(text)).toEqual({ roles, tooMany: [], body })
  })
})

test.each([
  'hey @cto',
  'hey @CTO.',
  '(@cto)',
  'what does @cto, think',
  '"@cto"',
  "@cto's plan",
  '@cto!',
  'a\n@cto',
  'is it @ask[bot]?',
])('%j addresses somewhere inside, and is kept whole', (text) => {
  expect(read(text)).toMatchObject({ roles: [text.includes('ask') ? 'knowledge' : 'cto'], body: text })
})

test.each([
  'cto is here',
  'cto',
  'cto cso: hi',
  'the cto: hi',
  'bob@cto.example',
  'x@cto',
  '@cto.example',
  '@cto/package',
  'npm i @cto/x @cto-2',
  '@cto_ @_cto @cto2 @cto|away @ctoй',
  'cto_: hi',
  'cto-2: hi',
  'https://x.example/@cto',
  'see x.example/@cto',
  'www.example.org/a,@cto',
  'cto://x',
  '#cto',
  '@everyone @here @all',
  '@constructor @__proto__ toString: x',
])('%j addresses nobody', (text) => {
  expect(read(text)).toEqual({ roles: [], tooMany: [], body: text })
})

describe('S2: what is quoted or is code addresses nobody', () => {
  test.each([
    '`@cto`',
    '``a ` @cto``',
    '```\n@cto: deploy\n```',
    '```\n@cto never closed',
    '> @cto deploy',
    '>@cto deploy',
    '  > cto: deploy',
    '`x` cto: not first',
  ])('%j', (text) => {
    expect(read(text).roles).toEqual([])
  })

  test('what stands after it does', () => {
    expect(read('`@cso` @cto')).toMatchObject({ roles: ['cto'] })
    expect(read('a ` lone backtick @cto')).toMatchObject({ roles: ['cto'] })
    expect(read('> @cso said so\ncto: true?')).toEqual({ roles: ['cto'], tooMany: [], body: '> @cso said so\ntrue?' })
  })
})

describe('S13: a look-alike is nobody', () => {
  test.each([
    '\u0441to: hi',
    '@\u0441to hi',
    'c\u0442o: hi',
    '\uff43\uff54\uff4f: hi',
    'cto\u0337: hi',
    '@cto\u0301 hi',
    '@ct\u043e',
  ])('%j', (text) => {
    expect(read(text).roles).toEqual([])
  })
})

test('one line wakes three roles at most and names the others', () => {
  expect(read('@cto @cso @ceo @devops @cto go')).toEqual({
    roles: ['cto', 'cso', 'ceo'],
    tooMany: ['devops'],
    body: 'go',
  })
})

test('1e5 random strings: it never throws and names only roles that the text names', () => {
  const piece = fc.oneof(
    fc.constantFrom('@', 'cto', 'cso', ':', ',', ' ', '\n', '>', '`', '```', '://', '[', '\\', '.', '\u200b', '\ud800'),
    fc.string({ unit: 'binary', maxLength: 2 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
      const text = pieces.join('')
      const { roles, tooMany, body } = read(text)
      expect(body.length).toBeLessThanOrEqual(text.normalize('NFC').length)
      for (const role of [...roles, ...tooMany])
        expect(text.replace(/\P{ASCII}|\p{Cc}/gu, '').toLowerCase()).toContain(role)
    }),
    { numRuns: 100_000 },
  )
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  expectWithin(50, () => read(text))
  expectWithin(50, () => read(`cto: ${text}`))
})

describe('a name that misses a role by one letter', () => {
  const near = (text: string) => nearMiss(text, directory)?.meant ?? null

  test.each([
    ['ctoo: ping', 'cto'],
    ['@devop look', 'devops'],
    ['CSOO, hi', 'cso'],
  ])('%s probably means %s', (text, meant) => expect(near(text)).toBe(meant))

  test.each(['bob: hi', 'cto: hi', 'ctoo is a word', 'note: ping', '> ctoo: quoted', 'see ctoo: there'])(
    '%s is left alone',
    (text) => expect(near(text)).toBeNull(),
  )
})
