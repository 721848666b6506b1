import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CorpusRepositoryOptions, createCorpusRepository } from '../../../adapters/git/corpus-repository.ts'
import { corpusSourceContract } from '../../contract/corpus-source.ts'
import { createGitRepository, type GitRepository } from '../../support/git-repository.ts'
import { until } from '../../support/process.ts'

let base: string
let repository: GitRepository
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'breakroom-repository-'))
  repository = createGitRepository(join(base, 'origin'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function open(options: Partial<CorpusRepositoryOptions> = {}) {
  const hostEnvironment = { PATH: process.env.PATH, HOME: base }
  return createCorpusRepository({
    address: './origin',
    base,
    cache: join(base, 'cache'),
    hostEnvironment,
    pollMs: 20,
    ...options,
  })
}

async function textOf(source: ReturnType<typeof open>, path: string): Promise<string> {
  const { file, release } = await source.take(path)
  const text = readFileSync(file, 'utf8')
  await release()
  return text
}

corpusSourceContract('a git repository', async (only) => ({
  source: open({ only }),
  write: async (path, text) => repository.write(path, text),
  remove: async (path) => repository.remove(path),
  link: async (path, target) => repository.link(path, target),
  settle: async () => repository.commit(),
}))

describe('a repository of documents', () => {
  it('knows who changed a file last, and when', async () => {
    repository.write('a.md', 'one')
    repository.write('dir/b c.md', 'one')
    repository.commit({ author: 'Ada Lovelace', date: '2024-01-02T23:30:00Z' })
    repository.write('a.md', 'two')
    repository.commit({ author: 'Grace Höpper', date: '2025-06-07T10:00:00Z' })
    repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~1')
    repository.write('side.md', 'one')
    repository.commit({ author: 'Edsger', date: '2025-02-03T10:00:00Z' })
    repository.git('checkout', '--quiet', 'main')
    repository.git('merge', '--quiet', '--no-edit', 'side')
    const { files } = await open().list()
    expect(files.map(({ path, date, author }) => ({ path, date, author }))).toEqual([
      { path: 'a.md', date: '2025-06-07', author: 'Grace Höpper' },
      { path: 'dir/b c.md', date: '2024-01-02', author: 'Ada Lovelace' },
      { path: 'side.md', date: '2025-02-03', author: 'Edsger' },
    ])
  })

  it('has the branch that it was told, also when that is another one than before', async () => {
    repository.write('a.md', 'main')
    repository.commit()
    repository.git('checkout', '--quiet', '-b', 'next')
    repository.write('a.md', 'next')
    repository.commit()
    repository.git('checkout', '--quiet', 'main')
    const [main, next] = [open(), open({ branch: 'next' })]
    await main.list()
    expect(await textOf(main, 'a.md')).toBe('main')
    await next.list()
    expect(await textOf(next, 'a.md')).toBe('next')
    await expect(open({ branch: 'never' }).list()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining("couldn't find remote ref refs/heads/never"),
    })
  })

  it('follows a branch whose history was written anew', async () => {
    repository.write('a.md', 'one')
    repository.commit()
    const source = open()
    await source.list()
    repository.write('a.md', 'two')
    repository.git('add', '--all')
    repository.git('commit', '--quiet', '--amend', '--message', 'Another')
    await source.list({ fresh: true })
    expect(await textOf(source, 'a.md')).toBe('two')
  })

  it('goes on answering with what was fetched last while the repository cannot be reached, and says so', async () => {
    repository.write('a.md', 'one')
    repository.commit()
    const source = open()
    const { files } = await source.list()
    renameSync(repository.path, join(base, 'away'))
    expect(await source.list({ fresh: true })).toEqual({ files, refused: [] })
    expect(source.troubles()).toEqual([expect.stringMatching(/origin cannot be reached .*goes on answering/)])
    // After a restart too, before anybody asked the other side.
    const restarted = open()
    expect(await restarted.stamp('a.md')).toBe(files[0]?.stamp)
    expect(await textOf(restarted, 'a.md')).toBe('one')
    expect((await restarted.list()).files).toEqual(files)
    renameSync(join(base, 'away'), repository.path)
    repository.write('a.md', 'two')
    repository.commit()
    await source.list({ fresh: true })
    expect(source.troubles()).toEqual([])
    expect(await textOf(source, 'a.md')).toBe('two')
  })

  it('says that it cannot be read when it never could', async () => {
    const source = open({ address: './nowhere' })
    await expect(source.list()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await source.stamp('a.md')).toBeNull()
    await expect(source.take('a.md')).rejects.toMatchObject({ code: 'unreadable' })
  })

  it('says that git is missing where it is', async () => {
    const source = open({ hostEnvironment: { PATH: join(base, 'no-programs') } })
    await expect(source.list()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('git is not installed'),
    })
  })

  it('fetches no contents but those that can be read, and those together', async () => {
    repository.git('config', 'uploadpack.allowFilter', 'true')
    repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
    repository.write('a.md', 'old')
    repository.commit()
    for (let index = 0; index < 20; index++) repository.write(`${index}.md`, `text ${index}`)
    repository.write('a.md', 'new')
    repository.write('film.bin', 'x'.repeat(100_000))
    repository.commit()
    const source = open({ address: `file://${repository.path}`, reads: (path) => path.endsWith('.md') })
    await source.list()
    renameSync(repository.path, join(base, 'away'))
    expect(await textOf(source, 'a.md')).toBe('new')
    expect(await textOf(source, '19.md')).toBe('text 19')
    await expect(source.take('film.bin')).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('S29 runs nothing that the repository, or our own folder, brings along', async () => {
    const ran = join(base, 'ran')
    repository.write('a.md', 'one')
    repository.write('.gitattributes', '*.md filter=evil')
    repository.write('.gitmodules', `[submodule "x"]\n\tpath = x\n\turl = -u./run`)
    repository.commit()
    const source = open()
    await source.list()
    const clone = join(base, 'cache', 'repository.git')
    mkdirSync(join(clone, 'hooks'), { recursive: true })
    for (const hook of ['post-checkout', 'reference-transaction', 'post-merge', 'pre-auto-gc']) {
      writeFileSync(join(clone, 'hooks', hook), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 })
    }
    repository.write('a.md', 'two')
    repository.commit()
    await source.list({ fresh: true })
    expect(await textOf(source, 'a.md')).toBe('two')
    expect(existsSync(ran)).toBe(false)
    expect(readdirSync(join(base, 'cache')).sort()).toEqual(['reading', 'repository.git'])
  })

  it.each([
    '--upload-pack=touch /tmp/x',
    '-u',
    'ext::sh -c "touch /tmp/x"',
    'https://-oProxyCommand=x/a',
    'ssh://-oProxyCommand=x/a',
    'user@-host:a',
    'fd::17',
    'C:\\docs',
  ])('S29 takes %j for no address', (address) => {
    expect(() => open({ address })).toThrow('is no address of a git repository')
  })

  it('keeps a key in its address to itself', async () => {
    const source = open({ address: 'http://ada:s3cret-key@127.0.0.1:9/docs.git' })
    const error = await source.list().catch((problem) => problem)
    expect(error.code).toBe('unavailable')
    expect(
      `${error.message} ${JSON.stringify(error.detail)} ${source.troubles()} ${error.cause.message}`,
    ).not.toContain('s3cret')
  })

  it('names submodules and what is kept in LFS, and reads neither', async () => {
    const other = createGitRepository(join(base, 'other'))
    other.write('b.md', 'text')
    other.commit()
    repository.write('a.md', 'text')
    repository.write('large.md', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n')
    repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', '../other', 'module')
    repository.commit()
    const source = open()
    const { files, refused } = await source.list()
    expect(files.map(({ path }) => path)).toEqual(['a.md', 'large.md'])
    expect(refused).toEqual([{ path: 'module', why: 'it is a submodule; name its repository by itself' }])
    await expect(source.take('large.md')).rejects.toMatchObject({
      code: 'unreadable',
      detail: { why: expect.stringContaining('LFS') },
    })
  })

  it('S49 reads no file that is too large, and lists no more files than it may', async () => {
    repository.write('a.md', 'x'.repeat(2_000_000))
    for (let index = 0; index < 5; index++) repository.write(`b${index}.md`, 'text')
    repository.commit()
    const source = open({ limits: { bytes: 1_000_000, files: 3 } })
    expect((await source.list()).files).toHaveLength(3)
    expect(source.troubles()).toEqual([expect.stringContaining('more files than are looked at (3)')])
    await expect(source.take('a.md')).rejects.toMatchObject({
      code: 'unreadable',
      detail: { why: 'it has more than 1 MB, and at most 1 MB are read; split it into smaller files' },
    })
  })

  it('goes on after it was killed in the middle of a fetch', async () => {
    repository.write('a.md', 'one')
    repository.commit()
    await open().list()
    // What git leaves then.
    writeFileSync(join(base, 'cache', 'repository.git', 'refs', 'corpus', 'head.lock'), '')
    repository.write('a.md', 'two')
    repository.commit()
    const source = open()
    await source.list({ fresh: true })
    expect(source.troubles()).toEqual([])
    expect(await textOf(source, 'a.md')).toBe('two')
  })

  it('stops at once', async () => {
    repository.write('a.md', 'one')
    repository.commit()
    const stop = new AbortController()
    const source = open({ signal: stop.signal, pollMs: 5 })
    let told = 0
    source.watch(() => told++, stop.signal)
    await until('it polled', () => told > 0)
    const listing = source.list({ fresh: true })
    stop.abort()
    await Promise.allSettled([listing])
    await expect(source.list({ fresh: true })).rejects.toMatchObject({ code: 'unavailable' })
  })
})
