import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDocumentReader } from '../../../adapters/documents/document-reader.ts'
import { createCorpusRepository } from '../../../adapters/git/corpus-repository.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../../adapters/sqlite/knowledge/library.ts'
import { BreakroomError } from '../../../core/errors.ts'
import type { DocumentReader } from '../../../ports/document-reader.ts'
import { type CorpusHouse, createCorpusHouse, whole } from '../../support/corpus.ts'
import { createGitRepository } from '../../support/git-repository.ts'
import { until } from '../../support/process.ts'
import { quietLog } from '../../support/quiet.ts'

let house: CorpusHouse
const reader = createDocumentReader()
beforeEach(() => {
  house = createCorpusHouse(reader)
})
afterAll(() => reader.close())
afterEach(() => house.close())

/** A document that only people of the board may read. */
const restricted = (text: string) => `---\naccess: [board]\n---\n${text}\n`

/** The reader of the house, which notes what it was given. */
function counting(): DocumentReader & { count: number } {
  const counter = {
    ...house.reader,
    count: 0,
    read(file: string) {
      counter.count++
      return house.reader.read(file)
    },
  }
  return counter
}

describe('a corpus', () => {
  it('is read at the start, with title, date, author, status, topics and access of each document', async () => {
    house.write('guides/release-checklist.md', 'Ship walnuts on Fridays.\n')
    house.write(
      'policy.md',
      '---\ntitle: Travel policy\ndate: 2026-02-03\nauthor: Ada\nstatus: draft\ntopics: [travel]\naccess: [board]\n---\n# Other\n\nFly almonds.\n',
    )
    house.write(
      'page.html',
      '<html><head><title>A page</title></head><body><h1>A page</h1><p>Roast peanuts.</p></body>',
    )
    house.write('notes.txt', 'Boil chestnuts.\n')
    house.write('picture.png', 'no text')
    const indexer = house.start()
    await whole(indexer)
    expect(house.found('walnut', 'breakroom')).toEqual(['docs/guides/release-checklist.md'])
    expect(house.found('peanut', 'breakroom')).toEqual(['docs/page.html'])
    expect(house.found('chestnut', 'breakroom')).toEqual(['docs/notes.txt'])
    expect(house.found('almond', 'breakroom')).toEqual([])
    expect(house.found('almond', 'board')).toEqual(['docs/policy.md'])
    expect(house.library.entry('docs/policy.md')?.facts).toMatchObject({
      title: 'Travel policy',
      date: '2026-02-03',
      author: 'Ada',
      status: 'draft',
      topics: ['travel'],
    })
    expect(house.library.entry('docs/guides/release-checklist.md')?.facts).toMatchObject({
      title: 'release checklist',
      date: null,
    })
    expect(indexer.status()).toEqual([
      {
        name: 'docs',
        from: house.folder,
        state: 'ready',
        documents: 4,
        sections: 4,
        done: 4,
        total: 4,
        read_at: expect.stringMatching(/^\d{4}-/),
        problems: [],
        more_problems: 0,
      },
    ])
    expect(house.changed.toSorted()).toEqual(house.library.entries().map(({ facts }) => facts.id))
  })

  it('follows what is added, changed, renamed and deleted while it runs', async () => {
    house.write('a.md', 'Walnuts here.')
    house.write('b.md', 'Almonds here.')
    const indexer = house.start()
    await whole(indexer)
    house.write('deep/er/c.md', 'Peanuts here.')
    await until('what was added is found', () => house.found('peanut').length === 1)
    house.write('a.md', 'Chestnuts here.')
    await until('what was changed is found', () => house.found('chestnut').length === 1)
    expect(house.found('walnut')).toEqual([])
    house.rename('b.md', 'deep/b2.md')
    await until('it has its new name', () => house.found('almond')[0] === 'docs/deep/b2.md')
    expect(house.found('almond')).toHaveLength(1)
    house.changed.length = 0
    house.remove('deep')
    await until('a folder that was deleted is gone', () => house.found('peanut').length === 0)
    await until('all of it', () => house.library.entries().length === 1)
    expect(house.changed.toSorted()).toEqual(['docs/deep/b2.md', 'docs/deep/er/c.md'])
    await whole(indexer)
    expect(indexer.status()[0]).toMatchObject({ documents: 1, sections: 1, total: 1 })
  })

  it('follows what was added, changed, renamed and deleted while it was stopped, and reads nothing else again', async () => {
    for (const name of ['same', 'changed', 'deleted', 'renamed', 'touched']) house.write(`${name}.md`, `About ${name}.`)
    const first = house.start()
    await whole(first)
    await first.stop()
    house.write('changed.md', 'About walnuts.')
    house.write('added.md', 'About almonds.')
    house.remove('deleted.md')
    house.rename('renamed.md', 'moved.md')
    utimesSync(join(house.folder, 'touched.md'), 1, 1)
    const reader = counting()
    house.changed.length = 0
    await whole(house.start({ reader }))
    expect(house.library.entries().map(({ facts }) => facts.id)).toEqual(
      ['added', 'changed', 'moved', 'same', 'touched'].map((name) => `docs/${name}.md`),
    )
    expect(house.found('walnut')).toEqual(['docs/changed.md'])
    expect(reader.count).toBe(3)
    expect(house.changed.toSorted()).toEqual(
      ['added', 'changed', 'deleted', 'moved', 'renamed'].map((name) => `docs/${name}.md`),
    )
  })

  it('takes nothing for the date of a document but what it says itself', async () => {
    house.write('a.md', 'Walnuts.')
    utimesSync(join(house.folder, 'a.md'), 1_000_000_000, 1_000_000_000)
    await whole(house.start())
    expect(house.library.entry('docs/a.md')?.facts.date).toBeNull()
  })

  it('names what cannot be read, and reads the rest', async () => {
    house.write('good.md', 'Walnuts.')
    house.write('broken.pdf', '%PDF-1.7 and then nothing')
    house.write('broken.docx', 'PK\u0003\u0004 and then nothing')
    house.write(
      'binary.md',
      Uint8Array.from({ length: 400 }, (_, index) => index % 7),
    )
    symlinkSync('/etc/passwd', join(house.folder, 'outside.md'))
    symlinkSync('.', join(house.folder, 'circle'))
    const indexer = house.start()
    await whole(indexer)
    const [status] = indexer.status()
    expect(house.found('walnut')).toEqual(['docs/good.md'])
    expect(status).toMatchObject({ state: 'ready', documents: 1, done: 4, total: 4, more_problems: 0 })
    expect(status?.problems.toSorted()).toEqual([
      expect.stringMatching(/^binary\.md: it looks like binary data/),
      expect.stringMatching(/^broken\.docx: /),
      expect.stringMatching(/^broken\.pdf: /),
      'circle: it is a link to a folder it lies in',
      'outside.md: it is a link that leads out of the corpus',
    ])
    house.write('broken.pdf', 'still broken')
    house.remove('binary.md')
    await until('what is gone is no problem', () => indexer.status()[0]?.problems.length === 4)
  })

  it('stops answering with a document whose new version cannot be read, until it can be', async () => {
    house.write('a.md', 'Walnuts.')
    const indexer = house.start()
    await whole(indexer)
    house.write(
      'a.md',
      Uint8Array.from({ length: 400 }, (_, index) => index % 7),
    )
    await until('it is gone', () => house.found('walnut').length === 0)
    await until('it is named', () => indexer.status()[0]?.problems.length === 1)
    house.write('a.md', 'Walnuts again.')
    await until('it is back', () => house.found('walnut').length === 1)
    await whole(indexer)
    expect(indexer.status()[0]?.problems).toEqual([])
  })

  it('S49 reads what cannot be read no second time after a restart, says so still, and reads it last when it changed', async () => {
    const binary = (length: number) => Uint8Array.from({ length }, (_, index) => index % 7)
    house.write('a.md', binary(400))
    house.write('b.md', 'Walnuts.')
    const first = house.start()
    await whole(first)
    const [problem] = first.status()[0]?.problems ?? []
    await first.stop()

    const reader = counting()
    const second = house.start({ reader })
    await whole(second)
    expect(reader.count).toBe(0)
    expect(second.status()[0]?.problems).toEqual([problem])
    await second.stop()

    house.write('a.md', binary(500))
    house.write('c.md', 'Almonds.')
    const sizes: number[] = []
    const third = house.start({
      reader: {
        ...house.reader,
        read: (file) => {
          sizes.push(statSync(file).size)
          return house.reader.read(file)
        },
      },
    })
    await whole(third)
    expect(sizes).toEqual([8, 500])
    await third.stop()

    house.remove('a.md')
    const fourth = house.start()
    await whole(fourth)
    expect(fourth.status()[0]?.problems).toEqual([])
    expect(house.library.unreadable('docs')).toEqual([])
  })

  it('tries again what could not be read for want of anything but the file', async () => {
    house.write('a.md', 'Walnuts.')
    let fails = 1
    const reader: DocumentReader = {
      ...house.reader,
      read: (file) =>
        fails-- > 0
          ? Promise.reject(new BreakroomError('unavailable', 'No process is left.'))
          : house.reader.read(file),
    }
    const indexer = house.start({ reader })
    await until('it says so', () => indexer.status()[0]?.state === 'failed')
    expect(indexer.isKnown('docs')).toBe(false)
    expect(indexer.status()[0]?.problems).toContain('a.md: it cannot be read now: No process is left.')
    await until('it did it again', () => house.found('walnut').length === 1)
    await whole(indexer)
    expect(indexer.status()[0]?.problems).toEqual([])
  })

  it('says that there is nothing in it', async () => {
    house.write('picture.png', 'no text')
    const indexer = house.start()
    await whole(indexer)
    expect(indexer.status()[0]?.problems).toEqual([expect.stringContaining('there is no file in it that can be read')])
  })

  it('is gone when its folder is, and back when that is', async () => {
    house.write('a.md', 'Walnuts.')
    const indexer = house.start()
    await whole(indexer)
    renameSync(house.folder, `${house.folder}-away`)
    await until('it is gone', () => house.found('walnut').length === 0)
    expect(indexer.status()[0]).toMatchObject({ state: 'failed', problems: [expect.stringContaining('is not there')] })
    expect(indexer.isKnown('docs')).toBe(true)
    renameSync(`${house.folder}-away`, house.folder)
    await until('it is back', () => house.found('walnut').length === 1)
  })

  it('is removed when it is no longer configured, or only in part', async () => {
    house.write('a.md', 'Walnuts.')
    house.write('guides/b.md', 'Walnuts.')
    const first = house.start({ sources: [house.source(), house.source({ name: 'more' })] })
    await whole(first)
    expect(house.library.entries()).toHaveLength(4)
    await first.stop()
    const second = house.start({ sources: [house.source({ name: 'more', only: ['guides/**'] })] })
    await whole(second)
    await until('the rest is gone', () => house.library.entries().length === 1)
    expect(house.found('walnut')).toEqual(['more/guides/b.md'])
  })

  it('leaves what is known otherwise alone', async () => {
    const facts = { id: 'learned/q-1', kind: 'learned', source: 'learned', title: 'An answer', date: null } as const
    const more = { author: null, status: 'current', access: [], topics: [], hash: 'x' } as const
    house.library.put({ ...facts, ...more }, '', [{ heading: [], text: 'Walnuts.' }])
    const indexer = house.start()
    await whole(indexer)
    await indexer.stop()
    expect(house.found('walnut')).toEqual(['learned/q-1'])
  })

  it('reads all again when asked to, whatever looks unchanged', async () => {
    for (let index = 0; index < 5; index++) house.write(`${index}.md`, 'Walnuts.')
    const reader = counting()
    const indexer = house.start({ reader })
    await whole(indexer)
    expect(reader.count).toBe(5)
    await indexer.reindex('docs')
    expect(reader.count).toBe(10)
    await indexer.reindex(null)
    expect(reader.count).toBe(15)
    await expect(indexer.reindex('dosc')).rejects.toMatchObject({
      code: 'usage',
      message: 'There is no corpus "dosc"; did you mean "docs"?',
    })
    await indexer.stop()
    await expect(indexer.reindex('docs')).rejects.toMatchObject({ code: 'closed' })
  })

  it('is read from a repository too, and says when its documents were changed and by whom', async () => {
    const repository = createGitRepository(join(house.base, 'origin'))
    repository.write('a.md', 'Walnuts.')
    repository.write('b.md', '---\ndate: 2020-01-01\n---\nAlmonds.')
    repository.commit({ author: 'Ada', date: '2026-03-01T10:00:00Z' })
    const settings = { name: 'wiki', git: './origin' }
    const source = createCorpusRepository({
      address: settings.git,
      base: house.base,
      cache: join(house.base, 'cache'),
      hostEnvironment: { PATH: process.env.PATH },
      pollMs: 20,
    })
    const indexer = house.start({ sources: [house.source(), { settings, source }] })
    await until('it is found', () => house.found('walnut').length === 1 && house.found('almond').length === 1)
    expect(house.library.entry('wiki/a.md')?.facts).toMatchObject({ date: '2026-03-01', author: 'Ada' })
    expect(house.library.entry('wiki/b.md')?.facts).toMatchObject({ date: '2020-01-01', author: 'Ada' })
    expect(await indexer.stillThere('wiki/a.md')).toBe(true)
    repository.write('a.md', 'Peanuts.')
    repository.remove('b.md')
    repository.commit({ author: 'Grace', date: '2026-04-01T10:00:00Z' })
    await until('it is changed', () => house.found('peanut').length === 1 && house.found('almond').length === 0)
    expect(house.library.entry('wiki/a.md')?.facts).toMatchObject({ date: '2026-04-01', author: 'Grace' })
    expect(await indexer.stillThere('wiki/b.md')).toBe(false)
  })
})

describe('what is restricted', () => {
  it('S22 says nothing to others from the moment it is, though it was read before', async () => {
    house.write('a.md', 'Walnuts.')
    const indexer = house.start()
    await whole(indexer)
    expect(await indexer.stillThere('docs/a.md')).toBe(true)
    house.write('a.md', restricted('Walnuts.'))
    // Before anybody looked.
    expect(await indexer.stillThere('docs/a.md')).toBe(false)
    await until('it is for the board alone', () => house.found('walnut', 'breakroom').length === 0)
    await until('the board has it', () => house.found('walnut', 'board').length === 1)
    expect(await indexer.stillThere('docs/a.md')).toBe(true)
  })

  it('S22 says nothing from the moment it is deleted, whatever else is being read', async () => {
    house.write('a.md', 'Walnuts.')
    const never = Promise.withResolvers<never>()
    let slow = false
    const reader: DocumentReader = {
      ...house.reader,
      read: (file) => (slow ? never.promise : house.reader.read(file)),
    }
    const indexer = house.start({ reader })
    await whole(indexer)
    slow = true
    house.write('endless.md', 'Almonds.')
    await until('it is being read', () => indexer.status()[0]?.state === 'reading')
    house.remove('a.md')
    expect(await indexer.stillThere('docs/a.md')).toBe(false)
    const at = performance.now()
    await until('it is gone', () => house.found('walnut').length === 0)
    expect(performance.now() - at).toBeLessThan(1_000)
    // And it stops at once in the middle of that.
    await indexer.stop()
  })

  it('S22 is not answered from after a restart when it was restricted or deleted meanwhile', async () => {
    for (const name of ['a', 'b', 'c']) house.write(`${name}.md`, 'Walnuts.')
    const first = house.start()
    await whole(first)
    await first.stop()
    house.write('a.md', restricted('Walnuts.'))
    house.remove('b.md')
    const second = house.start()
    expect(await Promise.all(['a', 'b', 'c'].map((name) => second.stillThere(`docs/${name}.md`)))).toEqual([
      false,
      false,
      true,
    ])
    await whole(second)
    expect(house.found('walnut', 'breakroom')).toEqual(['docs/c.md'])
    expect(house.found('walnut', 'board')).toEqual(['docs/a.md', 'docs/c.md'])
  })

  it('S22 is for fewer at once when its source is, also where it cannot be read again', async () => {
    for (const name of ['a', 'b']) house.write(`${name}.md`, 'Walnuts.')
    const first = house.start()
    await whole(first)
    await first.stop()
    const never: DocumentReader = { ...house.reader, read: () => new Promise(() => {}) }
    const second = house.start({ reader: never, sources: [house.source({ access: ['board'] })] })
    expect(await second.stillThere('docs/a.md')).toBe(false)
    await until('others do not find it', () => house.found('walnut', 'breakroom').length === 0)
    expect(house.found('walnut', 'board')).toHaveLength(2)
    await second.stop()
    const third = house.start({ sources: [house.source()] })
    await whole(third)
    expect(house.found('walnut', 'breakroom')).toHaveLength(2)
    expect(await third.stillThere('docs/a.md')).toBe(true)
  })

  it('S22 is for nobody when it names a room that is not there, and says so', async () => {
    house.write('a.md', '---\naccess: [bord]\n---\nWalnuts.')
    house.write('b.md', '---\naccess: {board\n---\nWalnuts.')
    const indexer = house.start()
    await whole(indexer)
    expect(house.found('walnut', 'breakroom', 'board')).toEqual([])
    expect(indexer.status()[0]?.problems.toSorted()).toEqual([
      'a.md: nobody is in "bord": the fleet has no such room; mend "access" in it',
      expect.stringMatching(/^b\.md: .*front matter cannot be read/),
    ])
    await indexer.stop()
    const again = house.start()
    await whole(again)
    expect(again.status()[0]?.problems).toContain(
      'a.md: nobody is in "bord": the fleet has no such room; mend "access" in it',
    )
  })

  it('S39 is not kept, and said to be one too many, above 200 access lists', async () => {
    const rooms = new Set(Array.from({ length: 201 }, (_, index) => `room-${index}`))
    const library = createSqliteLibrary({
      file: join(house.base, 'many.sqlite'),
      clock: systemClock,
      log: quietLog,
      rooms,
    })
    const facts = { kind: 'file', source: 'docs', title: '', date: null, author: null, status: 'current' } as const
    for (let index = 0; index < 200; index++) {
      const path = `${index}.md`
      house.write(path, `---\naccess: [room-${index}]\n---\nPeanuts.`)
      library.put({ ...facts, id: `docs/${path}`, access: [[`room-${index}`]], topics: [], hash: '' }, '', [])
    }
    house.write('a.md', '---\naccess: [room-200]\n---\nWalnuts.')
    house.write('b.md', 'Almonds.')
    const indexer = house.start({ library, rooms })
    await until('the corpus is looked at', () => indexer.status()[0]?.read_at !== null)
    expect(indexer.status()[0]?.problems).toEqual([
      expect.stringMatching(/^a\.md: its access list would be one too many/),
    ])
    expect(library.entry('docs/b.md')).not.toBeNull()
    await indexer.stop()
    library.close()
  })

  it('S22 cannot be widened by a document', async () => {
    house.write('a.md', '---\naccess: [breakroom]\n---\nWalnuts.')
    await whole(house.start({ sources: [house.source({ access: ['board'] })] }))
    expect(house.found('walnut', 'breakroom')).toEqual([])
    expect(house.found('walnut', 'board')).toEqual([])
    expect(house.found('walnut', 'board', 'breakroom')).toHaveLength(1)
  })

  it('S29 is not read through a folder that became a link', async () => {
    house.write('guides/a.md', 'Walnuts.')
    const secret = join(house.base, 'secret')
    mkdirSync(secret)
    const indexer = house.start()
    await whole(indexer)
    renameSync(join(house.folder, 'guides'), join(secret, 'guides'))
    symlinkSync(join(secret, 'guides'), join(house.folder, 'guides'))
    expect(await indexer.stillThere('docs/guides/a.md')).toBe(false)
    await until('it is gone', () => house.found('walnut').length === 0)
    rmSync(secret, { recursive: true })
  })
})
