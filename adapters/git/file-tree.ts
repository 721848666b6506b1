import { lstat, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { DiskState } from '../../core/evidence/touched.ts'
import { shownPath } from '../../core/knowledge/corpus-path.ts'
import { committedTree } from './commit.ts'
import { diskStateOf, fileEntry } from './file-entry.ts'
import type { Repository } from './find-repository.ts'
import type { Git } from './git.ts'
import { type Listed, listingArguments, readListing } from './listing.ts'
import { type TreeEntry, textOf, treeId } from './tree-id.ts'

/** More is not read, of a repository and all that lie in it. */
export interface FileLimits {
  files: number
  bytes: number
}

const fileLimits: FileLimits = { files: 200_000, bytes: 2_000_000_000 }

/** Files that are read at once. */
const together = 16
/** Repositories in repositories. */
const deepest = 8

/** The files of a repository as they lie there. */
export interface FileTree {
  /** The name that git would give to them. */
  id: string
  commit: string | null
  entries: TreeEntry[]
  /** Of each file, and of each folder that has one, by path from the root of the outermost repository. */
  states: ReadonlyMap<string, DiskState>
}

/**
 * Reads the files that a commit of everything would have in it. Rejects with `unavailable` when they cannot be read, are too many, or are
 * not what that commit would say: a repository inside with changes of its own, a checkout of a part.
 */
export async function readFileTree(
  { top, folder }: Pick<Repository, 'top' | 'folder'>,
  { git, signal, limits = fileLimits }: { git: Git; signal: AbortSignal; limits?: FileLimits },
): Promise<FileTree> {
  const left = { ...limits }
  const states = new Map<string, DiskState>()
  return readRepository(top, folder, 0)

  async function readRepository(root: string, repository: string, depth: number): Promise<FileTree> {
    if (depth > deepest) throw unavailable(`${shownPath(root)} lies in more than ${deepest} other repositories`)
    const run = (...args: string[]) => git({ folder: repository, workTree: root, args, signal })
    const [printed, commit, keepsModes] = await Promise.all([
      run(...listingArguments).catch((error) => {
        throw isBreakroomError(error) && error.detail.tooMuch === true ? tooMany() : error
      }),
      checkedOut(git, root, repository, signal),
      asked(run('config', '--type=bool', '--get', 'core.fileMode')),
    ])
    const listed = readListing(printed)
    left.files -= listed.size
    if (left.files < 0) throw tooMany()
    const within = root === top ? '' : `${relative(top, root)}/`
    const isFolder = createFolderCheck(root, (path, state) => states.set(`${within}${textOf(path)}`, state))
    const entries: TreeEntry[] = []
    await inParallel([...listed.values()], async (file) => {
      const entry = await entryOf(file)
      if (entry === null && file.mayBeAbsent) throw partial(file.path)
      if (entry !== null) entries.push({ path: file.path, ...entry })
    })
    return { id: treeId(entries), commit, entries, states }

    async function entryOf({ path, staged }: Listed): Promise<Pick<TreeEntry, 'mode' | 'id'> | null> {
      const slash = path.lastIndexOf('/')
      if (slash !== -1 && !(await isFolder(path.slice(0, slash)))) return null
      try {
        const found = await fileEntry(fileAt(root, path), spend)
        if (found === 'folder') return await inner(path, staged)
        if (found === null) return null
        const { mode, id, state } = found
        states.set(`${within}${textOf(path)}`, state)
        if (mode === '120000' || keepsModes !== 'false') return { mode, id }
        return { mode: staged?.mode === '100755' ? '100755' : '100644', id }
      } catch (error) {
        if (isBreakroomError(error) && error.detail.isWhole === true) throw error
        throw unavailable(`${shown(path)} cannot be read: ${sentenceOf(error)}`, error)
      }
    }

    /** A repository inside is kept as the commit that is checked out there, so that has to say all of it. */
    async function inner(path: string, staged: Listed['staged']): Promise<Pick<TreeEntry, 'mode' | 'id'> | null> {
      const names = await readdir(fileAt(root, path))
      if (!names.includes('.git')) {
        if (staged?.mode !== '160000') return null
        if (names.length === 0) return { mode: '160000', id: staged.id }
        throw unavailable(`${shown(path)} is a submodule that is not checked out, and has files in it`)
      }
      const place = join(root, Buffer.from(path, 'latin1').toString('utf8'))
      const { id, commit: at } = await readRepository(place, join(place, '.git'), depth + 1)
      if (at === null) throw unavailable(`${shown(path)} is a repository without a commit; commit there, or ignore it`)
      const call = { git, folder: join(place, '.git'), signal }
      if ((await committedTree(call, at)) !== id) {
        throw unavailable(`${shown(path)} is a repository with changes of its own; commit them there, or ignore it`)
      }
      return { mode: '160000', id: at }
    }
  }

  function spend(bytes: number): void {
    left.bytes -= bytes
    const gigabytes = limits.bytes / 1_000_000_000
    if (left.bytes < 0) throw unavailable(`The repository ${shownPath(top)} has more than ${gigabytes} GB of files`)
  }

  function tooMany(): BreakroomError {
    return unavailable(
      `The repository ${shownPath(top)} has more than ${limits.files.toLocaleString('en')} files; ignore what is made`,
    )
  }

  async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    let next = 0
    const worker = async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) {
        if (signal.aborted) throw unavailable(`Reading ${shownPath(top)} was stopped`)
        await work(item)
      }
    }
    try {
      await Promise.all(Array.from({ length: together }, worker))
    } finally {
      // When one of them failed the others have nothing more to do.
      next = items.length
    }
  }
}

/** The commit that is checked out, hex; null before the first. */
export function checkedOut(git: Git, top: string, folder: string, signal: AbortSignal): Promise<string | null> {
  return asked(git({ folder, workTree: top, args: ['rev-parse', '--verify', '--quiet', 'HEAD'], signal }))
}

/** What git answered; null when it said by its exit code alone that there is nothing. */
export async function asked(answer: Promise<Buffer>): Promise<string | null> {
  try {
    return (await answer).toString('utf8').trim()
  } catch (error) {
    if (isBreakroomError(error, 'unavailable') && error.detail.exit === 1) return null
    throw error
  }
}

/** Tells whether a path inside is a folder, with no link on the way: what lies behind a link is not of the repository. */
export function createFolderCheck(
  root: string,
  onFolder: (path: string, state: DiskState) => void = () => {},
): (path: string) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>()
  return check

  function check(path: string): Promise<boolean> {
    const before = known.get(path)
    if (before !== undefined) return before
    const slash = path.lastIndexOf('/')
    const above = slash === -1 ? Promise.resolve(true) : check(path.slice(0, slash))
    const answer = above.then(async (isThere) => {
      if (!isThere) return false
      const stats = await lstat(fileAt(root, path)).catch((error) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
        // What nobody may look at is not gone.
        throw unavailable(`${shown(path)} cannot be looked at: ${sentenceOf(error)}`, error)
      })
      if (stats?.isDirectory() !== true) return false
      onFolder(path, diskStateOf(stats))
      return true
    })
    known.set(path, answer)
    return answer
  }
}

/** Names are bytes: not all of them are text. */
export function fileAt(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(root.endsWith('/') ? root : `${root}/`), Buffer.from(path, 'latin1')])
}

function partial(path: string): BreakroomError {
  const why = `${shown(path)} is not checked out, so what is here is not what a commit has`
  return unavailable(`${why}; run git sparse-checkout disable`)
}

function shown(path: string): string {
  return JSON.stringify(shownPath(Buffer.from(path, 'latin1').toString('utf8')))
}

function unavailable(what: string, cause?: unknown): BreakroomError {
  return new BreakroomError('unavailable', `${what}.`, { cause, detail: { isWhole: true } })
}
