import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CorpusFolderOptions, createCorpusFolder } from '../../../adapters/disk/corpus-folder.ts'
import { corpusSourceContract } from '../../contract/corpus-source.ts'
import { until } from '../../support/process.ts'

let base: string
let folder: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'breakroom-corpus-'))
  folder = join(base, 'docs')
  mkdirSync(folder)
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function open(options: Partial<CorpusFolderOptions> = {}) {
  return createCorpusFolder({ folder, scratch: join(base, 'scratch'), ...options })
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), text)
}

corpusSourceContract('a folder', async (only) => ({
  source: open({ only }),
  write: put,
  remove: (path) => rm(join(folder, path)),
  link: async (path, target) => {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await symlink(target, join(folder, path))
  },
  settle: async () => {},
}))

describe('a folder of documents', () => {
  it('S29 says of each link that it does not follow why', async () => {
    await put('guides/a.md', 'text')
    await put('.hidden/b.md', 'text')
    for (const [path, target] of [
      ['latest.md', 'guides/a.md'],
      ['all', 'guides'],
      ['out', '/etc'],
      ['beside.md', '../docs-of-others.md'],
      ['hidden.md', '.hidden/b.md'],
      ['guides/up', '.'],
      ['guides/circle', 'circle'],
    ] as const) {
      symlinkSync(target, join(folder, path))
    }
    writeFileSync(join(base, 'docs-of-others.md'), 'text')
    const { files, refused } = await open().list()
    expect(files.map(({ path }) => path)).toEqual(['guides/a.md'])
    expect(Object.fromEntries(refused.map(({ path, why }) => [path, why]))).toEqual({
      out: 'it is a link that leads out of the corpus',
      'beside.md': 'it is a link that leads out of the corpus',
      'hidden.md': 'it is a link to what this corpus leaves out',
      'guides/up': 'it is a link to a folder it lies in',
      'guides/circle': 'it is a link that leads in a circle',
    })
  })

  it('S29 does not read through a folder that was exchanged for a link after it was listed', async () => {
    await put('guides/a.md', 'open')
    mkdirSync(join(base, 'secret'))
    writeFileSync(join(base, 'secret', 'a.md'), 'secret')
    const source = open()
    expect((await source.list()).files).toHaveLength(1)
    renameSync(join(folder, 'guides'), join(base, 'gone'))
    symlinkSync(join(base, 'secret'), join(folder, 'guides'))
    expect(await source.stamp('guides/a.md')).toBeNull()
    await expect(source.take('guides/a.md')).rejects.toMatchObject({ code: 'unreadable' })
    expect(readdirSync(base)).not.toContain('scratch')
  })

  it('S29 takes nothing but files: no pipe, which would wait for ever', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe.md')])
    const source = open()
    const { files, refused } = await source.list()
    expect(files).toEqual([])
    expect(refused).toEqual([{ path: 'pipe.md', why: 'it is not a regular file but a device or a pipe' }])
    await expect(source.take('pipe.md')).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('names, with escapes, files whose names are no text', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.md')]), 'text')
    writeFileSync(join(folder, 'a\u001b[2J\nb.md'), 'text')
    const { files, refused } = await open().list()
    expect(files).toEqual([])
    expect(refused.map(({ path }) => path).sort()).toEqual(['a\\u{1b}[2J\\u{a}b.md', 'caf\\xe9.md'])
  })

  it('knows a file that was changed without its size or its time showing it', async () => {
    await put('a.md', 'one')
    const at = new Date('2020-01-01T00:00:00Z')
    utimesSync(join(folder, 'a.md'), at, at)
    const source = open()
    const first = await source.take('a.md')
    await put('a.md', 'two')
    utimesSync(join(folder, 'a.md'), at, at)
    const second = await source.take('a.md')
    expect(second.stamp).not.toBe(first.stamp)
    expect(readFileSync(second.file, 'utf8')).toBe('two')
  })

  it('looks at no more than it may, and says so', async () => {
    for (let index = 0; index < 10; index++) await put(`${index}.md`, 'text')
    await put(`${'deep/'.repeat(40)}a.md`, 'text')
    const few = open({ limits: { files: 4 } })
    expect((await few.list()).files.map(({ path }) => path)).toEqual(['0.md', '1.md', '2.md', '3.md'])
    expect(few.troubles()).toEqual([expect.stringContaining('more files than are looked at (4)')])
    const short = open({ limits: { entries: 5 } })
    expect((await short.list()).files.length).toBeLessThan(6)
    expect(short.troubles()).toHaveLength(1)
    const { files, refused } = await open().list()
    expect(files).toHaveLength(10)
    expect(refused).toEqual([{ path: expect.stringMatching(/^(deep\/?){32}$/), why: expect.stringContaining('32') }])
  })

  it('S49 reads no file that is too large, and does not begin to', async () => {
    await put('huge.pdf', '%PDF-1.7')
    truncateSync(join(folder, 'huge.pdf'), 2 * 1024 ** 3)
    const source = open()
    expect((await source.list()).files).toHaveLength(1)
    await expect(source.take('huge.pdf')).rejects.toMatchObject({
      code: 'unreadable',
      detail: { why: 'it has 2,148 MB, and at most 50 MB are read; split it into smaller files' },
    })
    expect(readdirSync(base)).not.toContain('scratch')
  })

  it('names what it has no right to, and lists the rest', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root has a right to everything')
    await put('a.md', 'text')
    await put('closed/b.md', 'text')
    chmodSync(join(folder, 'closed'), 0)
    const { files, refused } = await open().list()
    chmodSync(join(folder, 'closed'), 0o700)
    expect(files.map(({ path }) => path)).toEqual(['a.md'])
    expect(refused).toEqual([{ path: 'closed', why: 'its permissions forbid it; let this user read it' }])
  })

  it('says when it is a file', async () => {
    writeFileSync(join(base, 'handbook.md'), 'Walnuts.')
    const source = open({ folder: join(base, 'handbook.md') })
    await expect(source.list()).rejects.toMatchObject({
      code: 'unavailable',
      message: `${join(base, 'handbook.md')} is a file; name the folder that it lies in, in breakroom.yaml.`,
      detail: { gone: true },
    })
  })

  it('says when it is not there, and tells when it comes', async () => {
    rmSync(folder, { recursive: true })
    const source = open()
    await expect(source.list()).rejects.toMatchObject({ code: 'unavailable', detail: { gone: true } })
    await expect(source.take('a.md')).rejects.toMatchObject({ code: 'unavailable' })
    expect(await source.stamp('a.md')).toBeNull()
    const stop = new AbortController()
    let told = 0
    source.watch(() => told++, stop.signal)
    await until('it looked', () => told > 0)
    const before = told
    await put('a.md', 'text')
    await until('it told', () => told > before)
    stop.abort()
    expect((await source.list()).files).toHaveLength(1)
  })

  it('tells of a deletion within a quarter of a second', async () => {
    await put('a.md', 'text')
    const source = open()
    const stop = new AbortController()
    let told = 0
    source.watch(() => told++, stop.signal)
    await until('it looked', () => told > 0)
    await source.list()
    const before = told
    rmSync(join(folder, 'a.md'))
    const at = performance.now()
    expect(await source.stamp('a.md')).toBeNull()
    await until('it told', () => told > before)
    expect(performance.now() - at).toBeLessThan(250)
    stop.abort()
  })

  it('looks at an interval, and says so, where there is too much to watch', async () => {
    for (let index = 0; index < 20; index++) await put(`${index}/a.md`, 'text')
    const source = open({ limits: { folders: 10 }, lookEveryMs: { watched: 600_000, unwatched: 20 } })
    const stop = new AbortController()
    let told = 0
    source.watch(() => told++, stop.signal)
    await source.list()
    await until('it looked again and again', () => told > 4)
    expect(source.troubles()).toEqual([expect.stringContaining('cannot be watched')])
    stop.abort()
    const before = told
    await put('new.md', 'text')
    expect(told).toBe(before)
  })

  it('tells of changes in a folder that took the place of another one', async () => {
    await put('guides/a.md', 'text')
    const source = open()
    const stop = new AbortController()
    let told = 0
    source.watch(() => told++, stop.signal)
    await until('it looked', () => told > 0)
    await source.list()
    for (const change of [
      () => rmSync(join(folder, 'guides'), { recursive: true }),
      () => put('guides/b.md', 'one'),
      () => put('guides/b.md', 'two'),
      () => renameSync(join(folder, 'guides'), join(base, 'old')),
      () => put('guides/c.md', 'one'),
      () => put('guides/c.md', 'two'),
    ]) {
      const before = told
      await change()
      await until('it told', () => told > before)
      await source.list()
    }
    stop.abort()
  })

  it('is the folder that its name leads to now', async () => {
    const current = join(base, 'current')
    mkdirSync(join(base, 'next'))
    writeFileSync(join(base, 'next', 'b.md'), 'text')
    await put('a.md', 'text')
    symlinkSync(folder, current)
    const source = open({ folder: current })
    expect((await source.list()).files.map(({ path }) => path)).toEqual(['a.md'])
    rmSync(current)
    symlinkSync(join(base, 'next'), current)
    expect((await source.list()).files.map(({ path }) => path)).toEqual(['b.md'])
    expect(await source.stamp('a.md')).toBeNull()
  })
})
