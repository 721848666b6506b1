import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWorkTree, type WorkTreeOptions } from '../../../adapters/git/work-tree.ts'
import { createGitRepository, type GitRepository } from '../../support/git-repository.ts'

let base: string
let repository: GitRepository
const { signal } = new AbortController()
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'breakroom-work-tree-')))
  repository = createGitRepository(join(base, 'repository'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

function open(options: Partial<WorkTreeOptions> = {}) {
  return createWorkTree({ hostEnvironment: { PATH: process.env.PATH, HOME: base }, ...options })
}

const treeOf = async (folder = repository.path) => (await open().snapshot(folder, signal))?.tree

/** What git itself makes of the files. */
function written(of = repository): string {
  of.git('add', '--all')
  return of.git('write-tree').trim()
}

describe('the tree of the files', () => {
  it('is the one that git would write: changed, new, deleted and executable files, links, without what is ignored', async () => {
    for (const path of ['a.txt', 'a/b.txt', 'a.b/c', 'a-b/c', 'gone', 'dir/deep/er/x', 'was-file', 'was-folder/x']) {
      repository.write(path, `of ${path}`)
    }
    repository.write('.gitignore', 'ignored/\n*.log\n')
    repository.commit()
    repository.write('a.txt', 'changed')
    repository.write('new.txt', '')
    repository.write('ignored/x', 'x')
    repository.write('run.log', 'x')
    repository.write('tool', '#!/bin/sh')
    chmodSync(join(repository.path, 'tool'), 0o755)
    repository.remove('gone')
    repository.remove('was-file')
    repository.write('was-file/x', 'x')
    rmSync(join(repository.path, 'was-folder'), { recursive: true })
    repository.write('was-folder', 'x')
    repository.link('link', 'a.txt')
    repository.link('dangling', '../nowhere')
    mkdirSync(join(repository.path, 'empty'))
    expect(await treeOf()).toBe(written())
  })

  it('is the one that git would write, whatever the names', async () => {
    const names = [
      '-rf',
      '--git-dir=x',
      'a\nb',
      'a"b',
      "a'b",
      'a b',
      ' ',
      'a\\b',
      ':(top)x',
      'ü',
      '漢',
      '*',
      'a\tb',
      '#x',
    ]
    for (const name of names) repository.write(join(name, name), name)
    writeFileSync(Buffer.concat([Buffer.from(`${repository.path}/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8')
    expect(await treeOf()).toBe(written())
    expect(await treeOf(join(repository.path, ':(top)x'))).toBe(written())
  })

  it('is the one of whole repositories also for a folder inside, a linked work tree and a path through links', async () => {
    repository.write('a.txt', 'a')
    repository.write('inside/b.txt', 'b')
    repository.commit()
    repository.git('worktree', 'add', '--quiet', join(base, 'linked'))
    writeFileSync(join(base, 'linked', 'more.txt'), 'more')
    symlinkSync(join(repository.path, 'inside'), join(base, 'link'))
    const [whole, inside, through, linked] = await Promise.all([
      treeOf(),
      treeOf(join(repository.path, 'inside')),
      treeOf(join(base, 'link')),
      treeOf(join(base, 'linked')),
    ])
    expect([whole, inside, through]).toEqual(Array(3).fill(written()))
    expect(linked).not.toBe(whole)
    repository.write('more.txt', 'more')
    expect(linked).toBe(written())
  })

  it('is the one that git would write for any small tree, and then what is staged is that too', async () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'b', 'a.b', 'a-b', 'a0', 'ab', '-x', 'x y', 'é', 'test', 'a\nb', '"'),
      fc.stringMatching(/^[a-z~@%&=+!-]{1,6}$/).filter((text) => !/~/.test(text)),
    )
    const file = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      text: fc.string({ maxLength: 40 }),
      kind: fc.constantFrom('file', 'file', 'program', 'link'),
    })
    const work = open()
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 12 }), async (files) => {
        for (const entry of readdirSync(repository.path)) {
          if (entry !== '.git') rmSync(join(repository.path, entry), { recursive: true, force: true })
        }
        for (const { path, text, kind } of files) {
          const at = join(repository.path, path)
          try {
            mkdirSync(dirname(at), { recursive: true })
            if (kind === 'link') symlinkSync(text.replaceAll('\0', '') || 'x', at)
            else writeFileSync(at, text, { mode: kind === 'program' ? 0o755 : 0o644, flag: 'wx' })
          } catch {
            // Something else has the place.
          }
        }
        const before = (await work.snapshot(repository.path, signal))?.tree
        const expected = written()
        expect(before).toBe(expected)
        expect(await work.stagedTree(repository.path, signal)).toBe(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('reads what the index promises not to have changed', async () => {
    repository.write('a.test.ts', 'real')
    repository.commit()
    const before = await treeOf()
    repository.git('update-index', '--assume-unchanged', 'a.test.ts')
    repository.write('a.test.ts', 'fake')
    utimesSync(join(repository.path, 'a.test.ts'), 0, 0)
    expect(await treeOf()).not.toBe(before)
  })

  it('does not follow a folder that became a link', async () => {
    repository.write('dir/a', 'a')
    repository.commit()
    renameSync(join(repository.path, 'dir'), join(base, 'elsewhere'))
    repository.link('dir', join(base, 'elsewhere'))
    expect(await treeOf()).toBe(written())
  })

  it('leaves out pipes, and does not wait for them', async () => {
    repository.write('a', 'a')
    execFileSync('mkfifo', [join(repository.path, 'pipe')])
    expect(await treeOf()).toBe(written())
  })

  it('has the modes of the index where the repository says that the disk has none', async () => {
    repository.write('tool', 'x')
    chmodSync(join(repository.path, 'tool'), 0o755)
    repository.write('text', 'x')
    repository.commit()
    repository.git('config', 'core.fileMode', 'false')
    chmodSync(join(repository.path, 'tool'), 0o644)
    chmodSync(join(repository.path, 'text'), 0o755)
    repository.write('new', 'x')
    chmodSync(join(repository.path, 'new'), 0o755)
    expect(await treeOf()).toBe(written())
  })

  it('is null in no repository, and in a folder that its repository ignores', async () => {
    expect(await open().snapshot(base, signal)).toBeNull()
    expect(await open().head(base, signal)).toBeNull()
    expect(await open().stagedTree(base, signal)).toBeNull()
    repository.write('.gitignore', 'work/\n')
    repository.write('work/a', 'a')
    repository.write('kept/a', 'a')
    expect(await open().snapshot(join(repository.path, 'work'), signal)).toBeNull()
    expect(await open().snapshot(join(repository.path, 'kept'), signal)).not.toBeNull()
  })

  it.each([
    ['files', { files: 2, bytes: 1_000 }, /has more than 2 files/],
    ['bytes', { files: 10, bytes: 5 }, /has more than 5e-9 GB of files/],
  ])('is not read when there are too many %s', async (_, limits, message) => {
    for (const name of ['a', 'b', 'c']) repository.write(name, 'xxx')
    await expect(open({ limits }).snapshot(repository.path, signal)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(message),
    })
  })

  it('is not read of a repository of another kind, a folder that is not there, or after a stop', async () => {
    repository.git('init', '--quiet', '--object-format=sha256', join(base, 'other'))
    await expect(open().snapshot(join(base, 'other'), signal)).rejects.toThrow('only SHA-1 can be read')
    await expect(open().snapshot(join(base, 'nowhere'), signal)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(open().snapshot(repository.path, AbortSignal.abort())).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is not read of a checkout of a part, which is not what a commit would have', async () => {
    repository.write('a/x', 'x')
    repository.write('b/x', 'x')
    repository.commit()
    repository.git('sparse-checkout', 'set', 'a')
    await expect(open().snapshot(repository.path, signal)).rejects.toThrow('"b/x" is not checked out')
  })
})

describe('a repository inside', () => {
  let inner: GitRepository
  beforeEach(() => {
    repository.write('a', 'a')
    inner = createGitRepository(join(repository.path, 'inner'))
    inner.write('x', 'x')
  })

  it('stands for its commit as long as that is all of it', async () => {
    inner.commit()
    expect(await treeOf()).toBe(written())
    repository.commit()
    inner.write('x', 'y')
    await expect(treeOf()).rejects.toThrow('"inner" is a repository with changes of its own')
    inner.commit()
    expect(await treeOf()).toBe(written())
    rmSync(inner.path, { recursive: true })
    expect(await treeOf()).toBe(written())
  })

  it('that has no commit yet says nothing', async () => {
    await expect(treeOf()).rejects.toThrow('"inner" is a repository without a commit')
  })

  it('counts as it is staged while it is not checked out, and has nothing else in it', async () => {
    inner.commit()
    repository.commit()
    rmSync(inner.path, { recursive: true })
    mkdirSync(inner.path)
    expect(await treeOf()).toBe(written())
    writeFileSync(join(inner.path, 'x'), 'x')
    await expect(treeOf()).rejects.toThrow('"inner" is a submodule that is not checked out, and has files in it')
  })
})

describe('what is staged', () => {
  it('is what a commit would have: neither what is not added nor what is only announced', async () => {
    repository.write('a', 'staged')
    repository.git('add', 'a')
    repository.write('a', 'not staged')
    repository.write('b', 'announced')
    repository.git('add', '--intent-to-add', 'b')
    repository.write('c', 'new')
    expect(await open().stagedTree(repository.path, signal)).toBe(repository.git('write-tree').trim())
  })

  it('is what git shows to a hook, also when not all that is staged is committed', async () => {
    repository.write('a', 'a')
    repository.write('b', 'b')
    repository.commit()
    repository.write('a', 'changed')
    repository.write('b', 'changed')
    const report = join(base, 'report')
    writeFileSync(
      join(repository.path, '.git/hooks/pre-commit'),
      `#!/bin/sh\necho "$GIT_INDEX_FILE" > ${report}\ncp "$GIT_INDEX_FILE" ${base}/index\ngit write-tree >> ${report}\n`,
      { mode: 0o755 },
    )
    repository.git('commit', '--quiet', '--message', 'Only a', 'a')
    const [, tree = ''] = readFileSync(report, 'utf8').split('\n')
    const hook = open({
      hostEnvironment: { PATH: process.env.PATH, HOME: base, GIT_INDEX_FILE: '../index' },
    })
    expect(await hook.stagedTree(join(repository.path), signal)).toBe(tree)
    expect(repository.git('rev-parse', 'HEAD^{tree}').trim()).toBe(tree)
  })

  it('is nothing in the middle of a merge', async () => {
    repository.write('a', 'a')
    repository.commit()
    repository.git('checkout', '--quiet', '-b', 'side')
    repository.write('a', 'b')
    repository.commit()
    repository.git('checkout', '--quiet', 'main')
    repository.write('a', 'c')
    repository.commit()
    expect(() => repository.git('merge', 'side')).toThrow()
    await expect(open().stagedTree(repository.path, signal)).rejects.toThrow('conflicts that are not resolved')
    expect(await treeOf()).toBe(written())
  })
})

describe('files that test', () => {
  it('are named with their content, now and as they were in a commit', async () => {
    repository.write('a.ts', 'a')
    repository.write('a.test.ts', 'one')
    repository.write('test/data.bin', 'data')
    repository.commit()
    const commit = repository.git('rev-parse', 'HEAD').trim()
    repository.write('a.test.ts', 'two')
    repository.write('b.test.ts', 'new')
    const idOf = (path: string) => repository.git('hash-object', path).trim()
    const snapshot = await open().snapshot(repository.path, signal)
    expect(snapshot?.commit).toBe(commit)
    expect(await open().head(repository.path, signal)).toBe(commit)
    expect(snapshot?.testFiles).toEqual(
      new Map(['a.test.ts', 'b.test.ts', 'test/data.bin'].map((path) => [path, idOf(path)])),
    )
    const before = await open().testFilesAt(join(repository.path, 'test'), commit, signal)
    expect([...(before?.keys() ?? [])]).toEqual(['a.test.ts', 'test/data.bin'])
    expect(before?.get('test/data.bin')).toBe(idOf('test/data.bin'))
    expect(before?.get('a.test.ts')).not.toBe(idOf('a.test.ts'))
  })

  it('are null for a commit that is not there, and for what is no name of one', async () => {
    repository.write('a.test.ts', 'one')
    repository.commit()
    for (const commit of ['0'.repeat(40), 'HEAD', '--help', '']) {
      expect(await open().testFilesAt(repository.path, commit, signal)).toBeNull()
    }
    expect(await open().testFilesAt(base, '0'.repeat(40), signal)).toBeNull()
  })

  it('S31: are not believed to have been what somebody wrote into the objects of the repository', async () => {
    repository.write('a.test.ts', 'real')
    repository.commit()
    const real = repository.git('rev-parse', 'HEAD').trim()
    const honest = await open().testFilesAt(repository.path, real, signal)
    repository.write('a.test.ts', 'fake')
    repository.commit()
    const fake = repository.git('rev-parse', 'HEAD').trim()
    repository.git('replace', real, fake)
    expect(repository.git('show', `${real}:a.test.ts`)).toBe('fake')
    expect(await open().testFilesAt(repository.path, real, signal)).toEqual(honest)
    repository.git('replace', '--delete', real)
    const objectAt = (id: string) => join(repository.path, '.git/objects', id.slice(0, 2), id.slice(2))
    unlinkSync(objectAt(real))
    cpSync(objectAt(fake), objectAt(real))
    await expect(open().testFilesAt(repository.path, real, signal)).rejects.toThrow('is not what its name says')
  })

  it('are as they lie there where git keeps them with other line ends', async () => {
    repository.git('config', 'core.autocrlf', 'true')
    repository.write('a.test.ts', 'one\r\ntwo\r\n')
    repository.write('b.test.ts', 'one\r\n')
    repository.commit()
    const commit = repository.git('rev-parse', 'HEAD').trim()
    repository.write('b.test.ts', 'two\r\n')
    const now = (await open().snapshot(repository.path, signal))?.testFiles
    const before = await open().testFilesAt(repository.path, commit, signal, now)
    expect(before?.get('a.test.ts')).toBe(now?.get('a.test.ts'))
    expect(before?.get('b.test.ts')).not.toBe(now?.get('b.test.ts'))
    expect((await open().testFilesAt(repository.path, commit, signal))?.get('a.test.ts')).not.toBe(
      now?.get('a.test.ts'),
    )
  })

  it('the commit of a moment is the newest before its second', async () => {
    const commits = ['2026-03-01T12:00:00Z', '2026-03-02T12:00:00Z'].map((date) => {
      repository.write('a', date)
      repository.commit({ date })
      return repository.git('rev-parse', 'HEAD').trim()
    })
    const head = (before: string) => open().head(repository.path, signal, before)
    expect(await head('2026-03-02T12:00:01.400Z')).toBe(commits[1])
    expect(await head('2026-03-02T12:00:00.400Z')).toBe(commits[0])
    expect(await head('2026-03-01T12:00:00.000Z')).toBeNull()
  })

  it('S31: are told when they lie there and came to be ignored', async () => {
    for (const path of ['src/a', 'src/b', 'gone', 'link/c', 'kept']) repository.write(path, 'x')
    repository.commit()
    const commit = repository.git('rev-parse', 'HEAD').trim()
    expect(await open().ignoredSince(repository.path, commit, signal)).toEqual([])
    repository.git('rm', '-r', '--quiet', '--cached', 'src', 'link', 'gone')
    repository.write('.git/info/exclude', 'src/\ngone\n')
    repository.remove('gone')
    renameSync(join(repository.path, 'link'), join(base, 'elsewhere'))
    repository.link('link', join(base, 'elsewhere'))
    expect(await open().ignoredSince(repository.path, commit, signal)).toEqual(['src/a', 'src/b'])
    expect(await open().ignoredSince(repository.path, '0'.repeat(40), signal)).toBeNull()
    expect(await open().ignoredSince(base, commit, signal)).toBeNull()
  })

  it('before the first commit there is none', async () => {
    repository.write('a.test.ts', 'one')
    expect(await open().snapshot(repository.path, signal)).toMatchObject({ commit: null })
    expect(await open().head(repository.path, signal)).toBeNull()
  })
})

describe('S30: nothing that a repository names is run', () => {
  /** Whatever is run leaves its name here. */
  let ran: string
  const program = (name: string) => `${join(base, 'evil')} ${name}`
  beforeEach(() => {
    ran = join(base, 'ran')
    writeFileSync(join(base, 'evil'), `#!/bin/sh\necho "$1" >> ${ran}\n[ "$1" = clean ] && exec cat\nexit 1\n`, {
      mode: 0o755,
    })
    repository.write('a.txt', 'a')
    repository.write('test/a.test.ts', 'a')
    repository.write('sub/.gitattributes', '* text=auto\n')
    repository.commit()
    repository.write('.gitattributes', '* filter=evil diff=evil merge=evil\n*.txt filter=process\n')
    repository.write('-x', 'named like an option')
    repository.write('line\nbreak "and" \'quotes\'', 'x')
    repository.write('b.txt', 'new')
    for (const hook of [
      'pre-commit',
      'post-index-change',
      'post-checkout',
      'reference-transaction',
      'fsmonitor-watchman',
    ]) {
      for (const folder of ['.git/hooks', '.evil']) {
        repository.write(`${folder}/${hook}`, `#!/bin/sh\necho ${hook} >> ${ran}\n`)
        chmodSync(join(repository.path, folder, hook), 0o755)
      }
    }
    repository.write('.git/included', `[core]\n\tfsmonitor = ${program('included')}\n`)
    const settings: Record<string, string> = {
      'core.hooksPath': join(repository.path, '.evil'),
      'core.sshCommand': program('ssh'),
      'core.gitProxy': program('proxy'),
      'core.pager': program('pager'),
      'core.editor': program('editor'),
      'core.askPass': join(repository.path, '.evil/pre-commit'),
      'core.alternateRefsCommand': program('alternates'),
      'pager.ls-files': program('pager'),
      'alias.ls-files': `!${program('alias')}`,
      'diff.external': program('diff'),
      'diff.evil.command': program('diff'),
      'diff.evil.textconv': program('textconv'),
      'filter.evil.clean': program('clean'),
      'filter.evil.smudge': program('smudge'),
      'filter.process.process': program('process'),
      'filter.process.required': 'true',
      'merge.evil.driver': program('merge'),
      'credential.helper': `!${program('credential')}`,
      'gpg.program': program('gpg'),
      'protocol.allow': 'always',
      'protocol.ext.allow': 'always',
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.url': `ext::${program('ext')}`,
      'remote.origin.uploadpack': program('uploadpack'),
      'uploadpack.packObjectsHook': program('pack'),
      'include.path': join(repository.path, '.git/included'),
    }
    repository.git('config', 'core.repositoryFormatVersion', '1')
    for (const [name, value] of Object.entries(settings)) repository.git('config', name, value)
    rmSync(ran, { force: true })
  })

  /** The same files in a repository that names nothing. */
  function expected(): string {
    const clean = createGitRepository(join(base, 'clean'))
    cpSync(repository.path, clean.path, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.startsWith(join(repository.path, '.git/')) && path !== join(repository.path, '.git'),
    })
    return written(clean)
  }

  it('while git by itself would run it', () => {
    for (const args of [
      ['add', '--all'],
      ['add', 'sub', '-x'],
      ['update-index', '--force-remove', 'a.txt'],
      ['diff'],
    ]) {
      try {
        repository.git(...args)
      } catch {
        // What it runs does not do what it asks for.
      }
    }
    const names = readFileSync(ran, 'utf8').split('\n')
    expect(names).toEqual(expect.arrayContaining(['included', 'clean', 'process', 'post-index-change']))
  })

  it('when the files are read', async () => {
    const work = open()
    const snapshot = await work.snapshot(repository.path, signal)
    expect(await work.head(repository.path, signal)).toBe(snapshot?.commit)
    expect(await work.testFilesAt(join(repository.path, 'test'), snapshot?.commit ?? '', signal)).toHaveProperty(
      'size',
      1,
    )
    expect(await work.stagedTree(repository.path, signal)).toMatch(/^[0-9a-f]{40}$/)
    expect(existsSync(ran)).toBe(false)
    expect(snapshot?.tree).toBe(expected())
  })

  it('when a program called git lies where somebody works', async () => {
    repository.write('node_modules/.bin/git', `#!/bin/sh\necho git >> ${ran}\nexit 1\n`)
    chmodSync(join(repository.path, 'node_modules/.bin/git'), 0o755)
    const here = relative(process.cwd(), join(repository.path, 'node_modules/.bin'))
    const before = [join(repository.path, 'node_modules/.bin'), here, '.', ''].join(':')
    const hostEnvironment = { PATH: `${before}:${process.env.PATH}`, HOME: base }
    expect(await open({ hostEnvironment }).snapshot(repository.path, signal)).not.toBeNull()
    expect(existsSync(ran)).toBe(false)
  })

  it('when an object is missing that a remote promises', async () => {
    const commit = repository.git('rev-parse', 'HEAD').trim()
    const tree = repository.git('rev-parse', 'HEAD^{tree}').trim()
    const at = (id: string) => join(repository.path, '.git/objects', id.slice(0, 2), id.slice(2))
    rmSync(at(tree))
    rmSync(ran, { force: true })
    await expect(open().testFilesAt(repository.path, commit, signal)).rejects.toMatchObject({ code: 'unavailable' })
    rmSync(at(commit))
    expect(await open().testFilesAt(repository.path, commit, signal)).toBeNull()
    expect(existsSync(ran)).toBe(false)
    expect(() => repository.git('ls-tree', '-r', commit)).toThrow()
    expect(readFileSync(ran, 'utf8')).toContain('ext')
  })

  it('and it cannot move its files to another place', async () => {
    const before = await treeOf()
    mkdirSync(join(base, 'elsewhere'))
    writeFileSync(join(base, 'elsewhere', 'a.txt'), 'elsewhere')
    repository.git('config', 'core.worktree', join(base, 'elsewhere'))
    expect(await treeOf()).toBe(before)
  })

  it('nor can the environment that we have ourselves', async () => {
    const before = await treeOf()
    const other = createGitRepository(join(base, 'other'))
    const hostEnvironment = {
      PATH: process.env.PATH,
      HOME: base,
      GIT_DIR: join(other.path, '.git'),
      GIT_WORK_TREE: other.path,
      GIT_INDEX_FILE: join(other.path, '.git/index'),
      GIT_EXTERNAL_DIFF: program('diff'),
      GIT_SSH_COMMAND: program('ssh'),
    }
    expect((await open({ hostEnvironment }).snapshot(repository.path, signal))?.tree).toBe(before)
    expect(existsSync(ran)).toBe(false)
  })
})
