import { lstat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { isTestFile, mostTestFiles } from '../../core/evidence/test-files.ts'
import { shownPath } from '../../core/knowledge/corpus-path.ts'
import type { WorkTree } from '../../ports/work-tree.ts'
import { committedFiles } from './commit.ts'
import { asked, checkedOut, createFolderCheck, type FileLimits, fileAt, readFileTree } from './file-tree.ts'
import { findRepository, type Repository } from './find-repository.ts'
import { createGit } from './git.ts'
import { isKeptAs } from './kept-as.ts'
import { listingArguments, readListing, readStaged, stagedArguments } from './listing.ts'
import { stagedHere } from './staged-here.ts'
import { type TreeEntry, textOf, treeId } from './tree-id.ts'

export interface WorkTreeOptions {
  /** Our own environment: where git is, and in a hook which index is being committed (`GIT_INDEX_FILE`). */
  hostEnvironment: Readonly<Record<string, string | undefined>>
  limits?: FileLimits
}

/**
 * Work trees of git on this machine. Git is asked for names alone; what files have in them is read and hashed here, as it lies there. So no
 * program that the repository names has anything to do. A folder that its repository ignores counts as being in none: that repository says
 * nothing of it.
 */
export function createWorkTree({ hostEnvironment, limits }: WorkTreeOptions): WorkTree {
  const git = createGit({ hostEnvironment })
  return {
    async snapshot(folder, signal) {
      const repository = await repositoryOf(folder, signal)
      if (repository === null) return null
      await insistOnSha1(repository, signal)
      const options = { git, signal, ...(limits === undefined ? {} : { limits }) }
      const { id, commit, entries, states } = await readFileTree(repository, options)
      return { tree: id, commit, testFiles: testFilesOf(entries), states }
    },
    async head(folder, signal, before) {
      const repository = await repositoryOf(folder, signal)
      if (repository === null) return null
      const newest = await checkedOut(git, repository.top, repository.folder, signal)
      if (newest === null || before === undefined) return newest
      // Git keeps whole seconds.
      const latest = Math.floor(Date.parse(before) / 1_000) - 1
      const args = ['rev-list', '--max-count=1', `--min-age=${latest}`, newest, '--']
      return (await asked(git({ folder: repository.folder, workTree: repository.top, args, signal }))) || null
    },
    async testFilesAt(folder, commit, signal, now) {
      const repository = await repositoryOf(folder, signal)
      if (repository === null) return null
      await insistOnSha1(repository, signal)
      const entries = await committedFiles({ git, folder: repository.folder, signal }, commit)
      return entries && asTheyLie(repository.top, entries, now ?? new Map())
    },
    async ignoredSince(folder, commit, signal) {
      const repository = await repositoryOf(folder, signal)
      if (repository === null) return null
      await insistOnSha1(repository, signal)
      const { top } = repository
      const entries = await committedFiles({ git, folder: repository.folder, signal }, commit)
      if (entries === null) return null
      const listed = readListing(
        await git({ folder: repository.folder, workTree: top, args: listingArguments, signal }),
      )
      const gone = entries.filter(({ path, mode }) => mode !== '160000' && !listed.has(path))
      return stillThere(top, gone)
    },
    async stagedTree(folder, signal) {
      const repository = await repositoryOf(folder, signal)
      return repository && treeId(await stagedIn(repository, signal))
    },
    async stagedHere(folder, signal) {
      const repository = await repositoryOf(folder, signal)
      if (repository === null) return null
      return stagedHere({ git, ...repository, signal }, await stagedIn(repository, signal))
    },
  }

  async function stagedIn(repository: Repository, signal: AbortSignal): Promise<TreeEntry[]> {
    await insistOnSha1(repository, signal)
    const { top } = repository
    // `git commit -a` and `git commit <path>` have another index than the one that stays.
    const { GIT_INDEX_FILE: named } = hostEnvironment
    const staging = named ? createGit({ hostEnvironment, indexFile: resolve(top, named) }) : git
    const call = { folder: repository.folder, workTree: top, args: stagedArguments, signal }
    const entries = readStaged(await staging(call))
    if (entries !== null) return entries
    throw new BreakroomError('unavailable', `A merge in ${shownPath(top)} has conflicts that are not resolved.`)
  }

  async function repositoryOf(folder: string, signal: AbortSignal): Promise<Repository | null> {
    const repository = await findRepository(folder)
    if (repository === null || repository.inside === '') return repository
    const args = ['check-ignore', '-z', '--stdin']
    // So it never begins with what git would take for more than a name.
    const input = `./${repository.inside}\0`
    const ignored = await asked(git({ folder: repository.folder, workTree: repository.top, args, input, signal }))
    return ignored === null ? repository : null
  }

  async function insistOnSha1({ top, folder }: Repository, signal: AbortSignal): Promise<void> {
    const format = await asked(git({ folder, workTree: top, args: ['rev-parse', '--show-object-format'], signal }))
    if (format === 'sha1') return
    const message = `The repository ${shownPath(top)} names its objects by ${format}; only SHA-1 can be read.`
    throw new BreakroomError('unavailable', message, { detail: { format } })
  }
}

/** The files that test, by the name that they have now when they lie there as they were. */
async function asTheyLie(
  top: string,
  entries: readonly TreeEntry[],
  now: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const before = new Map(testFilesOf(entries))
  for (const { path, id } of entries) {
    const text = textOf(path)
    const current = now.get(text)
    if (current === undefined || current === id || before.get(text) !== id) continue
    if (await isKeptAs(fileAt(top, path), id)) before.set(text, current)
  }
  return before
}

/** How many are named of files that somebody should look at. */
const mostNamed = 10

/** Those of which something lies in the folder, with no link on the way. */
async function stillThere(top: string, entries: readonly TreeEntry[]): Promise<string[]> {
  const isFolder = createFolderCheck(top)
  const found: string[] = []
  for (const { path } of entries) {
    const slash = path.lastIndexOf('/')
    if (slash !== -1 && !(await isFolder(path.slice(0, slash)))) continue
    const stats = await lstat(fileAt(top, path)).catch(() => null)
    if (stats?.isFile() === true || stats?.isSymbolicLink() === true) found.push(textOf(path))
    if (found.length >= mostNamed) break
  }
  return found
}

/** In the order of their paths, so that the same ones are left out when there are too many. */
function testFilesOf(entries: readonly TreeEntry[]): ReadonlyMap<string, string> {
  const found: [string, string][] = []
  for (const { path, mode, id } of entries) {
    if (mode === '160000') continue
    const text = textOf(path)
    if (isTestFile(text)) found.push([text, id])
  }
  found.sort(([a], [b]) => (a < b ? -1 : 1))
  return new Map(found.slice(0, mostTestFiles))
}
