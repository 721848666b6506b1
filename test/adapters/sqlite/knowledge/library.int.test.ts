import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../adapters/process/system-clock.ts'
import { openKnowledgeFile } from '../../../../adapters/sqlite/knowledge/file.ts'
import { createSqliteLibrary, libraryIn } from '../../../../adapters/sqlite/knowledge/library.ts'
import { type Access, everyone, mayRead, type Reader } from '../../../../core/knowledge/access.ts'
import type { DocumentFacts, SectionText } from '../../../../core/knowledge/document.ts'
import { stemsOf } from '../../../../core/knowledge/words.ts'
import type { Library } from '../../../../ports/knowledge-index.ts'
import type { Log } from '../../../../ports/log.ts'
import { hugeInputs } from '../../../support/huge-input.ts'
import { temporaryFolder } from '../../../support/process.ts'
import { quietLog } from '../../../support/quiet.ts'

let folder: string
let file: string
let remove: () => void
const libraries: Library[] = []
beforeEach(() => {
  const made = temporaryFolder()
  folder = made.path
  file = join(folder, 'knowledge.db')
  remove = () => made[Symbol.dispose]()
})
afterEach(() => {
  for (const library of libraries.splice(0)) library.close()
  remove()
})

const noon = new Date('2026-11-21T12:00:00.000Z')
const clock = { ...systemClock, now: () => noon }

function openLibrary(path = file, log: Log = quietLog): Library {
  const library = createSqliteLibrary({ file: path, clock, log })
  libraries.push(library)
  return library
}

const guest: Reader = { rooms: new Set() }
const board: Reader = { rooms: new Set(['#board']) }

const factsOf = (id: string, facts: Partial<DocumentFacts> = {}): DocumentFacts => ({
  id,
  kind: 'file',
  source: 'docs',
  title: '',
  date: null,
  author: null,
  status: 'current',
  access: everyone,
  topics: [],
  hash: 'hash',
  ...facts,
})
const section = (text: string, ...heading: string[]): SectionText => ({ heading, text })
/** Ids of the documents that are found, best first. */
const find = (library: Library, question: string, reader = guest) =>
  library.search(stemsOf(question), reader, 10).map(({ document }) => document.id)

describe('search', () => {
  it('finds the section that answers, in other forms of the same words', () => {
    const library = openLibrary()
    library.put(factsOf('docs/release.md', { title: 'Releases' }), 's', [
      section('We deploy on Fridays. Nobody is paged.', 'When'),
      section('The lead of the team signs it off.', 'Who'),
    ])
    library.put(factsOf('docs/pets.md', { title: 'Pets' }), 's', [section('Dogs are welcome.')])
    const [best, ...others] = library.search(stemsOf('When are deployments done?'), guest, 10)
    expect(best).toMatchObject({
      document: factsOf('docs/release.md', { title: 'Releases' }),
      heading: ['When'],
      sentences: ['We deploy on Fridays.', 'Nobody is paged.'],
      window: { from: 0, to: 2 },
    })
    expect(best?.score).toBeGreaterThan(0)
    expect(others).toEqual([])
  })

  it('prefers what says so in its title or heading to what only mentions it', () => {
    const library = openLibrary()
    for (const [id, title, heading] of [
      ['mentions', 'Notes', 'Other'],
      ['heading', 'Notes', 'Holidays'],
      ['title', 'Holidays', 'Other'],
    ] as const) {
      library.put(factsOf(id, { title }), 's', [section('Ask about holidays early in the year, please.', heading)])
    }
    expect(find(library, 'holidays')).toEqual(['title', 'heading', 'mentions'])
  })

  it('tells which window of a long section fits best', () => {
    const filler = (word: string) => `${`${word} `.repeat(39)}end.`
    const library = openLibrary()
    const text = [filler('Alpha'), filler('Beta'), 'Penguins nest on the coast.', filler('Gamma'), filler('Delta')]
    library.put(factsOf('long'), 's', [section(text.join('\n'))])
    const [{ sentences, window }] = library.search(stemsOf('Where do penguins nest?'), guest, 1) as [
      ReturnType<Library['search']>[number],
    ]
    expect(sentences.slice(window.from, window.to)).toContain('Penguins nest on the coast.')
    expect(window.score).toBeGreaterThan(0)
    expect(window.to - window.from).toBeLessThan(sentences.length)
  })

  it('finds nothing for no words, for words that stand nowhere, and when nothing is kept', () => {
    const library = openLibrary()
    expect(find(library, 'penguins')).toEqual([])
    library.put(factsOf('a'), 's', [section('Dogs bark.')])
    expect(find(library, '')).toEqual([])
    expect(find(library, 'penguins')).toEqual([])
    expect(library.search(['dog'], guest, 0)).toEqual([])
  })

  it('finds by words that are in most sections when there are no others', () => {
    const library = openLibrary()
    for (let at = 0; at < 30; at++) library.put(factsOf(`d${at}`), 's', [section('The company grows.')])
    expect(find(library, 'company')).toHaveLength(10)
  })

  it('finds stop words in titles and headings, where they are names', () => {
    const library = openLibrary()
    library.put(factsOf('band', { title: 'The Who' }), 's', [section('They played loud.')])
    library.put(factsOf('about'), 's', [section('A small team.', 'Who we are')])
    library.put(factsOf('noise'), 's', [section('Those who are here are we.')])
    expect(find(library, 'Who are we?')).toEqual(['about', 'band'])
  })

  it('counts how common stems and words are', () => {
    const library = openLibrary()
    library.put(factsOf('a', { title: 'Dogs' }), 's', [section('One dog, two dogs.'), section('A cat.')])
    library.put(factsOf('b'), 's', [section('My dog.')])
    const statistics = library.statistics(['dog', 'cat', 'bird'], guest)
    expect(statistics.sections).toBe(3)
    expect(['dog', 'cat', 'bird'].map((stem) => statistics.frequency(stem))).toEqual([3, 1, 0])
    expect(['dog', 'dogs', 'bird'].map((word) => library.occurrences(word, guest))).toEqual([2, 3, 0])
  })

  it.each(hugeInputs)('takes %s as a document and as a question', (_, text) => {
    const library = openLibrary()
    library.put(factsOf('huge', { title: text.slice(0, 1_000) }), 's', [section(text, text.slice(0, 1_000))])
    library.put(factsOf('small'), 's', [section('A penguin.')])
    expect(() => library.search(stemsOf(text.slice(0, 40_000)), guest, 10)).not.toThrow()
    expect(find(library, 'penguin')).toContain('small')
  })

  it.each([
    '" OR NEAR( *',
    'a AND NOT b',
    'title : x',
    '^a + b',
    "'; DROP TABLE documents; --",
    'a\0b',
    '{title} : (x',
    '\ud800',
  ])('takes %j for words, in documents, questions and stems', (text) => {
    const library = openLibrary()
    library.put(factsOf(`id ${text}`, { title: text, access: [[text]] }), text, [section(`${text} penguin`, text)])
    const reader = { rooms: new Set([text]) }
    expect(find(library, `penguin ${text}`, reader)).toEqual([`id ${text}`])
    expect(() => library.search([text, `"${text}`], reader, 10)).not.toThrow()
    expect(library.statistics([text], reader).sections).toBe(1)
    expect(library.occurrences(text, reader)).toBe(0)
  })

  it('S49: takes a word of 20,000 letters, and a million of words', () => {
    const library = openLibrary()
    library.put(factsOf('word'), 's', [section(`${'x'.repeat(20_000)} penguin`)])
    library.put(factsOf('many'), 's', [section(Array.from({ length: 200_000 }, (_, at) => `w${at % 5_000}`).join(' '))])
    expect(find(library, `${'x'.repeat(20_000)} penguin`)).toEqual(['word'])
    expect(find(library, 'w17')).toEqual(['many'])
  })
})

describe('documents', () => {
  it('are replaced whole: nothing of the old text is found, counted or known', () => {
    const library = openLibrary()
    library.put(factsOf('a', { title: 'Cats' }), '1', [section('Cats purr.'), section('Cats sleep.')])
    expect(find(library, 'purr')).toEqual(['a'])
    library.put(factsOf('a', { title: 'Dogs' }), '2', [section('Dogs bark.')])
    expect(find(library, 'bark')).toEqual(['a'])
    expect(find(library, 'cats purr')).toEqual([])
    expect(library.statistics(['cat', 'dog'], guest).frequency('cat')).toBe(0)
    expect(library.statistics([], guest).sections).toBe(1)
    expect(library.occurrences('purr', guest)).toBe(0)
    expect(library.entry('a')).toEqual({ facts: factsOf('a', { title: 'Dogs' }), stamp: '2', sections: 1 })
  })

  it('are counted rightly however many come at once, and when some of them go before anybody asks', () => {
    const library = openLibrary()
    const many = (id: string, word: string, sections: number) =>
      library.put(
        factsOf(id),
        's',
        Array.from({ length: sections }, () => section(`Cats ${word}.`)),
      )
    many('large', 'purr', 300)
    expect(['cats', 'purr'].map((word) => library.occurrences(word, guest))).toEqual([300, 300])
    for (let at = 0; at < 10; at++) many(`d${at}`, 'sleep', 60)
    library.remove('d0')
    many('d1', 'hide', 1)
    library.remove('large')
    expect(['cats', 'purr', 'sleep', 'hide'].map((word) => library.occurrences(word, guest))).toEqual([481, 0, 480, 1])
    expect(library.statistics([], guest).sections).toBe(481)
  })

  it('stay as they were when a change fails', () => {
    const library = openLibrary()
    const circle: { topics: unknown[] } = { topics: [] }
    circle.topics.push(circle)
    library.put(factsOf('a'), '1', [section('Cats purr.')])
    for (let at = 0; at < 5; at++) library.put(factsOf(`d${at}`), '1', Array(60).fill(section('Dogs bark.')))
    const broken = { ...factsOf('a'), ...circle } as unknown as DocumentFacts
    expect(() => library.put(broken, '2', [section('Dogs sleep.')])).toThrow('circular')
    expect(() => library.describe(broken, '2')).toThrow('circular')
    expect(library.entry('a')?.stamp).toBe('1')
    expect(find(library, 'purr')).toEqual(['a'])
    expect(['purr', 'bark', 'sleep'].map((word) => library.occurrences(word, guest))).toEqual([1, 300, 0])
  })

  it('stop answering as soon as they are removed', () => {
    const library = openLibrary()
    library.put(factsOf('a'), 's', [section('Cats purr.')])
    library.put(factsOf('b'), 's', [section('Cats sleep.')])
    expect(find(library, 'cats')).toHaveLength(2)
    expect(library.remove('a')).toBe(true)
    expect(find(library, 'cats purr')).toEqual(['b'])
    expect(library.statistics(['purr', 'cat'], guest).frequency('cat')).toBe(1)
    expect(library.occurrences('purr', guest)).toBe(0)
    expect(library.entry('a')).toBeNull()
    expect(library.remove('a')).toBe(false)
  })

  it('can be removed before anybody has asked for them', () => {
    const library = openLibrary()
    library.put(factsOf('a'), 's', [section('Cats purr.')])
    library.remove('a')
    expect(find(library, 'cats')).toEqual([])
    expect(library.statistics([], guest).sections).toBe(0)
  })

  it('S22: stop answering those who may no longer read them as soon as that is said', () => {
    const library = openLibrary()
    library.put(factsOf('a'), 's', [section('The salary is 7.')])
    expect(find(library, 'salary')).toEqual(['a'])
    expect(library.describe(factsOf('a', { access: [['#board']] }), 's')).toBe(true)
    expect(find(library, 'salary')).toEqual([])
    expect(library.occurrences('salary', guest)).toBe(0)
    expect(library.statistics(['salari'], guest)).toMatchObject({ sections: 0 })
    expect(find(library, 'salary', board)).toEqual(['a'])
    library.describe(factsOf('a'), 's')
    expect(find(library, 'salary')).toEqual(['a'])
  })

  it('are described anew with the same text: by another title, date and stamp', () => {
    const library = openLibrary()
    library.put(factsOf('a', { title: 'Old' }), '1', [section('Cats purr.')])
    expect(find(library, 'old')).toEqual(['a'])
    const facts = factsOf('a', { title: 'New', date: '2026-03-01', source: 'wiki' })
    expect(library.describe(facts, '2')).toBe(true)
    expect(library.entry('a')).toEqual({ facts, stamp: '2', sections: 1 })
    expect([find(library, 'old'), find(library, 'new'), find(library, 'purr')]).toEqual([[], ['a'], ['a']])
    expect([library.entries('docs'), library.entries('wiki').length]).toEqual([[], 1])
    expect(library.describe(factsOf('b'), '1')).toBe(false)
    expect(library.entry('b')).toBeNull()
  })

  it('keep the numbers of their sections while they are only described', () => {
    const library = openLibrary()
    library.put(factsOf('a'), '1', [section('Cats purr.'), section('Cats sleep.')])
    const numbers = () => library.search(['cat'], board, 10).map((found) => found.section)
    const before = numbers()
    library.describe(factsOf('a', { title: 'Title', access: [['#board']] }), '1')
    expect(numbers()).toEqual(before)
  })

  it('are listed by id, all or those of one source', () => {
    const library = openLibrary()
    for (const id of ['c', 'a', 'b']) library.put(factsOf(id, { source: id === 'b' ? 'wiki' : 'docs' }), id, [])
    expect(library.entries().map(({ facts }) => facts.id)).toEqual(['a', 'b', 'c'])
    expect(library.entries('docs').map(({ facts }) => facts.id)).toEqual(['a', 'c'])
    expect(library.entries('nothing')).toEqual([])
  })

  it('without text are known by their title and headings', () => {
    const library = openLibrary()
    library.put(factsOf('a', { title: 'Penguins' }), 's', [section('', 'Where they nest'), section('')])
    expect(library.entry('a')?.sections).toBe(1)
    expect(library.search(stemsOf('nest of penguins'), guest, 10)).toMatchObject([
      { sentences: [], window: { from: 0, to: 0, score: 0 } },
    ])
  })
})

describe('S22: what a reader may not read', () => {
  const rooms = ['#board', '#hr'] as const
  const words = ['cat', 'cats', 'dog', 'purr', 'bark', 'salary', 'secret', 'Zoë', 'the'] as const
  const accesses: Access[] = [[], [['#board']], [['#hr', '#board']], [['#hr'], ['#board']], [[]]]
  const sentence = fc
    .array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 })
    .map((some) => `${some.join(' ')}.`)
  const change = fc.record({
    kind: fc.constantFrom('put', 'put', 'put', 'describe', 'remove', 'ask'),
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    access: fc.constantFrom(...accesses),
    title: sentence,
    text: fc.array(sentence, { minLength: 1, maxLength: 3 }),
  })
  type Change = typeof change extends fc.Arbitrary<infer C> ? C : never

  function apply(library: Library, { kind, id, access, title, text }: Change): void {
    const facts = factsOf(id, { title, access })
    if (kind === 'put')
      library.put(
        facts,
        's',
        text.map((line) => section(line, title)),
      )
    if (kind === 'describe') library.describe(facts, 's')
    if (kind === 'remove') library.remove(id)
    if (kind === 'ask') library.search(['cat'], guest, 1)
  }

  /** Everything that can be learned; but not the numbers of sections, which nobody is told. */
  function seen(library: Library, reader: Reader) {
    const stems = stemsOf(words.join(' '))
    const statistics = library.statistics(stems, reader)
    return {
      found: [stems, ['cat'], ['salari', 'dog'], ['the']].map((asked) =>
        library.search(asked, reader, 10).map(({ section: _, ...found }) => found),
      ),
      statistics: [statistics.sections, ...stems.map((stem) => statistics.frequency(stem))],
      words: words.map((word) => library.occurrences(word, reader)),
    }
  }

  it('has no influence whatever on what they get: not on results, scores, statistics or known words', () => {
    let run = 0
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.subarray([...rooms]), (changes, sits) => {
        const reader = { rooms: new Set<string>(sits) }
        const [all, theirs] = ['all', 'theirs'].map((name) => openLibrary(join(folder, `${name}-${run++}.db`))) as [
          Library,
          Library,
        ]
        for (const each of changes) {
          apply(all, each)
          const hidden = (each.kind === 'put' || each.kind === 'describe') && !mayRead(each.access, reader)
          // For the other library, what becomes hidden is gone, and what comes back was never there before.
          const entry = all.entry(each.id)
          if (hidden) theirs.remove(each.id)
          else if (each.kind === 'describe' && entry !== null && theirs.entry(each.id) === null) return
          else apply(theirs, each)
        }
        expect(seen(all, reader)).toEqual(seen(theirs, reader))
        for (const library of libraries.splice(0)) library.close()
      }),
      { numRuns: 60 },
    )
  })

  it('is as if it was not there when there is much of it', () => {
    const library = openLibrary()
    const lonely = openLibrary(join(folder, 'lonely.db'))
    for (const each of [library, lonely]) each.put(factsOf('open'), 's', [section('The salary is public.')])
    for (let at = 0; at < 300; at++) {
      const text = 'The salary of the board is a secret. '.repeat(3)
      library.put(factsOf(`closed-${at}`, { access: [['#board']], title: 'Salary' }), 's', [section(text)])
    }
    expect(seen(library, guest)).toEqual(seen(lonely, guest))
    expect(find(library, 'salary secret', board)).toHaveLength(10)
  })
})

describe('the file', () => {
  it('keeps everything while it is closed, what nobody has asked for yet too', () => {
    const first = openLibrary()
    first.put(factsOf('a'), '1', [section('Cats purr.')])
    find(first, 'cats')
    first.put(factsOf('b'), '2', [section('Cats sleep.')])
    first.close()
    const second = openLibrary()
    expect(find(second, 'cats').toSorted()).toEqual(['a', 'b'])
    expect(second.entries().map(({ stamp }) => stamp)).toEqual(['1', '2'])
  })

  it('knows its words when it was closed, or the process killed, before they were written', () => {
    const first = openLibrary()
    for (let at = 0; at < 10; at++) first.put(factsOf(`d${at}`), 's', Array(60).fill(section('Cats purr.')))
    first.close()
    const second = openLibrary()
    second.put(factsOf('more'), 's', Array(300).fill(section('Cats sleep.')))
    second.remove('d0')
    expect(['cats', 'purr', 'sleep'].map((word) => second.occurrences(word, guest))).toEqual([840, 540, 300])
  })

  it('is its owner’s alone to read', () => {
    openLibrary().put(factsOf('a'), 's', [section('Cats purr.')])
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600)
  })

  describe('documents with very many access lists', () => {
    const shelves = () => {
      const db = new DatabaseSync(file)
      const count = Number(db.prepare('SELECT count(*) AS count FROM shelves').get()?.count)
      db.close()
      return count
    }
    const openIn = (...rooms: string[]) => {
      const library = createSqliteLibrary({ file, clock, log: quietLog, rooms: new Set(rooms) })
      libraries.push(library)
      return library
    }
    const put = (library: Library, id: string, access: Access, facts: Partial<DocumentFacts> = {}) =>
      library.put(factsOf(id, { access, ...facts }), 's', [section(`Cats purr in ${id}.`)])

    it('S39 stand together when nobody may read them, as long as that is so', () => {
      const library = openIn('board')
      for (let index = 0; index < 300; index++) put(library, `${index}`, [[`room-${index}`]])
      put(library, 'both', [['board'], ['room-1']])
      put(library, 'empty', [[]])
      put(library, 'read', [['board', 'room-1']])
      expect(shelves()).toBe(2)
      expect(find(library, 'cats', { rooms: new Set(['board', 'room-1', 'room-2']) })).toEqual(['read'])
      library.close()

      const more = openIn('board', 'room-1')
      expect(find(more, 'cats', { rooms: new Set(['room-1']) }).toSorted()).toEqual(['1', 'read'])
      expect(find(more, 'cats', { rooms: new Set(['room-1', 'board']) }).toSorted()).toEqual(['1', 'both', 'read'])
      more.close()
      expect(find(openIn('board'), 'cats', { rooms: new Set(['room-1', 'board']) })).toEqual(['read'])
    })

    it('S39 are refused above 200, unless others make room; what people taught never is', () => {
      const rooms = Array.from({ length: 400 }, (_, index) => `room-${index}`)
      const library = openIn(...rooms)
      for (let index = 0; index < 200; index++) put(library, `${index}`, [[`room-${index}`]])
      const refused = expect.objectContaining({
        code: 'refused',
        detail: expect.objectContaining({ why: expect.stringContaining('may have 200 different ones') }),
      })
      expect(() => put(library, 'more', [['room-200']])).toThrow(refused)
      expect(library.entry('more')).toBeNull()
      put(library, 'same', [['room-199']])
      put(library, 'nobody', [['room-400']])
      put(library, 'learned/q-1', [['room-201']], { kind: 'learned', source: 'learned' })
      library.remove('learned/q-1')
      library.remove('nobody')
      expect(() => put(library, '0', [['room-0'], ['room-1']])).not.toThrow()
      library.remove('1')
      put(library, 'more', [['room-200']])
      expect(shelves()).toBeLessThanOrEqual(203)
      expect(find(library, 'cats', { rooms: new Set(['room-200']) })).toEqual(['more'])
      expect(find(library, 'cats', { rooms: new Set(['room-0', 'room-1']) })).toEqual(['0'])
    })
  })

  it('has room for others beside the library', () => {
    const opened = openKnowledgeFile({ file, clock, log: quietLog })
    const library = libraryIn(opened)
    libraries.push(library)
    expect(() =>
      opened.change(() => {
        opened.db.exec('CREATE TABLE others (a); INSERT INTO others VALUES (1)')
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(
      opened.use(() => opened.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'others'").get()),
    ).toBeUndefined()
    library.put(factsOf('a'), 's', [section('Cats purr.')])
    expect(find(library, 'cats')).toEqual(['a'])
  })

  it('throws "closed" once it is closed, however often', () => {
    const library = openLibrary()
    library.close()
    library.close()
    expect(() => library.entries()).toThrow(expect.objectContaining({ code: 'closed' }))
    expect(() => library.put(factsOf('a'), 's', [])).toThrow(expect.objectContaining({ code: 'closed' }))
  })

  it.each<[string, () => void]>([
    ['text', () => writeFileSync(file, 'This is not the knowledge you are looking for.'.repeat(200))],
    ['the beginning of a file', () => truncateSync(file, 50)],
    ['another version', () => edit('PRAGMA user_version = 4711')],
    ['other tables', () => edit('DROP TABLE sections')],
  ])('is set aside, named in the log and begun anew when it holds %s', (_, damage) => {
    const before = openLibrary()
    before.put(factsOf('a'), 's', [section('Cats purr.')])
    before.close()
    damage()
    const aside: unknown[] = []
    const library = openLibrary(file, { ...quietLog, error: (fields) => aside.push(fields.setAside) })
    expect(aside).toEqual([`${file}.unreadable-2026-11-21T12-00-00-000Z`])
    expect(readdirSync(folder)).toContain('knowledge.db.unreadable-2026-11-21T12-00-00-000Z')
    expect(library.entries()).toEqual([])
    library.put(factsOf('b'), 's', [section('Cats sleep.')])
    expect(find(library, 'cats')).toEqual(['b'])
  })

  it('is set aside when damage shows only later, and everything throws "unreadable" from then on', () => {
    const library = openLibrary()
    library.put(factsOf('a'), 's', [section('Cats purr.')])
    expect(find(library, 'cats')).toEqual(['a'])
    edit("UPDATE sections SET sentences = '{'")
    expect(() => find(library, 'cats')).toThrow(expect.objectContaining({ code: 'unreadable' }))
    expect(() => library.put(factsOf('b'), 's', [])).toThrow(expect.objectContaining({ code: 'unreadable' }))
    expect(readdirSync(folder)).toEqual(['knowledge.db.unreadable-2026-11-21T12-00-00-000Z'])
    expect(openLibrary().entries()).toEqual([])
  })

  it('rejects what the disk cannot do with "unavailable", and keeps what it had', () => {
    writeFileSync(join(folder, 'no-folder'), '')
    expect(() => openLibrary(join(folder, 'no-folder', 'knowledge.db'))).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    )
  })
})

/** Works on the file as another program would. */
function edit(sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}
