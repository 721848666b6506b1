import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { isBreakroomError } from '../../core/errors.ts'
import type { CorpusSource } from '../../ports/corpus-source.ts'
import { until } from '../support/process.ts'

/** A source and the place behind it. `settle` makes what was written there count: a commit, or nothing. */
export interface CorpusPlace {
  source: CorpusSource
  write(path: string, text: string): Promise<void>
  remove(path: string): Promise<void>
  link(path: string, target: string): Promise<void>
  settle(): Promise<void>
}

/** What every source of documents promises. `create` gives one over a place with nothing in it, limited to `only`. */
export function corpusSourceContract(name: string, create: (only?: string[]) => Promise<CorpusPlace>): void {
  const listed = async ({ source }: CorpusPlace) => (await source.list({ fresh: true })).files.map(({ path }) => path)

  describe(`corpus source of ${name}`, () => {
    it('lists files in the order of their paths, without what is hidden or fetched by package managers', async () => {
      const place = await create()
      for (const path of [
        'b.md',
        'a/z.md',
        'a.md',
        'Ü ber.md',
        'a/deep/er.txt',
        'picture.png',
        '.env',
        '.github/x.md',
        'node_modules/y/README.md',
      ]) {
        await place.write(path, `text of ${path}`)
      }
      await place.settle()
      expect(await listed(place)).toEqual(['a.md', 'a/deep/er.txt', 'a/z.md', 'b.md', 'picture.png', 'Ü ber.md'])
      expect((await place.source.list()).refused).toEqual([])
      expect(place.source.troubles()).toEqual([])
    })

    it('lists only what its patterns name', async () => {
      const place = await create(['docs/**/*.md', '*.txt'])
      for (const path of ['a.md', 'a.txt', 'docs/a.md', 'docs/a/b.md', 'docs/a.txt', 'docs/.x/a.md']) {
        await place.write(path, 'text')
      }
      await place.settle()
      expect(await listed(place)).toEqual(['a.txt', 'docs/a.md', 'docs/a/b.md'])
      expect(await place.source.stamp('a.md')).toBeNull()
      await expect(place.source.take('a.md')).rejects.toMatchObject({ code: 'unreadable' })
    })

    it('holds a version still with its hash and stamp, whatever becomes of the file', async () => {
      const place = await create()
      await place.write('a.md', 'one')
      await place.settle()
      const [file] = (await place.source.list({ fresh: true })).files
      const taken = await place.source.take('a.md')
      expect(taken.stamp).toBe(file?.stamp)
      expect(await place.source.stamp('a.md')).toBe(file?.stamp)
      expect(taken.hash).toBe('7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed')
      expect(taken.file).toMatch(/\.md$/)
      await place.write('a.md', 'two')
      await place.settle()
      expect(await readFile(taken.file, 'utf8')).toBe('one')
      await taken.release()
      await expect(readFile(taken.file)).rejects.toThrow('ENOENT')
      await place.source.list({ fresh: true })
      expect(await place.source.stamp('a.md')).not.toBe(file?.stamp)
    })

    it('knows no stamp of what is not there, and does not hand it over', async () => {
      const place = await create()
      await place.write('a.md', 'one')
      await place.write('b.md', 'two')
      await place.settle()
      expect(await listed(place)).toEqual(['a.md', 'b.md'])
      await place.remove('a.md')
      await place.settle()
      expect(await listed(place)).toEqual(['b.md'])
      for (const path of ['a.md', 'never.md', '../a.md', '/etc/passwd', '', '.', 'b.md/x']) {
        expect(await place.source.stamp(path)).toBeNull()
        await expect(place.source.take(path)).rejects.toMatchObject({ code: 'unreadable' })
      }
    })

    it('S29 follows no link out of the corpus, or to what the corpus leaves out, and names it', async () => {
      const place = await create(['docs/**'])
      await place.write('docs/a.md', 'open')
      await place.write('secret/key.md', 'secret')
      await place.link('docs/out.md', '/etc/passwd')
      await place.link('docs/up.md', '../secret/key.md')
      await place.link('docs/folder', '../secret')
      await place.settle()
      const { files, refused } = await place.source.list({ fresh: true })
      expect(files.map(({ path }) => path)).toEqual(['docs/a.md'])
      expect(refused.map(({ path }) => path).sort()).toEqual(expect.arrayContaining(['docs/out.md', 'docs/up.md']))
      for (const path of ['docs/out.md', 'docs/up.md', 'docs/folder/key.md', 'docs/../secret/key.md']) {
        expect(await place.source.stamp(path)).toBeNull()
        const taken = await place.source.take(path).catch((error) => error)
        expect(isBreakroomError(taken, 'unreadable')).toBe(true)
      }
    })

    it('names circles of links and does not walk them', async () => {
      const place = await create()
      await place.write('a/b.md', 'text')
      await place.link('a/up', '..')
      await place.link('a/self', 'self')
      await place.settle()
      const { files, refused } = await place.source.list({ fresh: true })
      expect(files.map(({ path }) => path)).toEqual(['a/b.md'])
      expect(refused.map(({ path }) => path).sort()).toEqual(['a/self', 'a/up'])
    })

    it('tells of what is added, changed and deleted until it is to stop', async () => {
      const place = await create()
      await place.write('a.md', 'one')
      await place.settle()
      const stop = new AbortController()
      let told = 0
      place.source.watch(() => told++, stop.signal)
      await until('it told of what is there', () => told > 0)
      await place.source.list()
      for (const change of [
        () => place.write('new/b.md', 'two'),
        () => place.write('new/b.md', 'three'),
        () => place.remove('a.md'),
      ]) {
        const before = told
        await change()
        await place.settle()
        await until('it told of a change', () => told > before)
        await place.source.list({ fresh: true })
      }
      expect(await listed(place)).toEqual(['new/b.md'])
      stop.abort()
      const before = told
      await place.write('c.md', 'four')
      await place.settle()
      expect(await listed(place)).toEqual(['c.md', 'new/b.md'])
      expect(told).toBe(before)
    })
  })
}
