import { isAbsolute, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { shownAddress } from '../../core/knowledge/corpus-address.ts'
import type { CorpusFile, CorpusSource } from '../../ports/corpus-source.ts'
import { type CorpusLimits, corpusLimits, tooLarge, tooMany } from '../disk/corpus/limits.ts'
import { createPattern } from '../disk/corpus/pattern.ts'
import { createScratch } from '../disk/corpus/scratch.ts'
import { unreadable } from '../disk/corpus/take.ts'
import { createClone } from './clone.ts'
import { createGit } from './git.ts'
import { createHistoryReader, historyArguments, type LastChange } from './history.ts'
import { readTree } from './tree.ts'

export interface CorpusRepositoryOptions {
  /** What git takes, or a path. */
  address: string
  /** The absolute folder that a path is seen from. */
  base: string
  /** The default one when left out. */
  branch?: string | undefined
  /** Patterns of the paths that count, such as `docs/**`; all when left out. */
  only?: readonly string[] | undefined
  /** Names of files that can be read at all: contents of others are not fetched. */
  reads?: (path: string) => boolean
  /** A folder of its own: the clone is kept there. */
  cache: string
  hostEnvironment: Readonly<Record<string, string | undefined>>
  limits?: Partial<Pick<CorpusLimits, 'files' | 'bytes'>>
  pollMs?: number
  /** Ends what is under way. */
  signal?: AbortSignal
}

/** What stands in a file whose content git keeps elsewhere. */
const lfsPointer = 'version https://git-lfs.github.com/spec/'
const historyLimitMs = 60_000

/** What is in one commit, as far as it is of the corpus. */
interface Listing {
  head: string
  files: CorpusFile[]
  objects: Map<string, string>
  stamps: Map<string, string>
  refused: { path: string; why: string }[]
  cut: boolean
}

/**
 * A branch of a git repository. Files are taken out of its history, by the name of their content, and never checked out: no link, filter or
 * hook of the repository comes to anything here. While it cannot be reached, what was fetched last goes on answering. Throws
 * `config_invalid` for an address that git would take for something else.
 */
export function createCorpusRepository(options: CorpusRepositoryOptions): CorpusSource {
  const { cache, hostEnvironment, branch, reads = () => true, pollMs = 300_000, signal } = options
  const address = addressOf(options)
  const shown = shownAddress(options.address)
  const limits = { ...corpusLimits, ...options.limits }
  const wanted = createPattern(options.only)
  const git = createGit({ hostEnvironment, address })
  const folder = join(cache, 'repository.git')
  const clone = createClone({ git, folder, address, branch, signal })
  const scratch = createScratch(join(cache, 'reading'))
  /** What was listed last. */
  let listed: Listing | null = null
  let loading: Promise<void> | null = null
  let unreachable: string | null = null
  let last: Promise<unknown> = Promise.resolve()

  return {
    async list({ fresh } = { fresh: false }) {
      const listing = await inTurn(async () => {
        const had = await clone.head()
        if (fresh || had === null) {
          await update().catch((error) => {
            if (had === null) throw error
          })
        }
        const head = (await clone.head()) ?? ''
        listed = listed?.head === head ? listed : await look(head)
        return listed
      })
      return { files: listing.files, refused: listing.refused }
    },
    async stamp(path) {
      return (await known())?.stamps.get(path) ?? null
    },
    async take(path) {
      const listing = await known()
      const object = listing?.objects.get(path)
      const stamp = listing?.stamps.get(path)
      if (object === undefined || stamp === undefined) throw unreadable(path, 'it is no file of this corpus')
      const bytes = await contentOf(path, object)
      if (bytes.subarray(0, lfsPointer.length).toString('latin1') === lfsPointer) {
        throw unreadable(path, 'its content is kept in Git LFS, which is not fetched')
      }
      return { ...(await scratch.keep(path, [bytes])), stamp }
    },
    watch(changed, stop) {
      void poll(changed, stop)
    },
    troubles: () => [unreachable, listed?.cut ? tooMany(limits.files) : null].filter((trouble) => trouble !== null),
  }

  /** One after the other: git locks what it changes. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work, work)
    last = done.catch(() => {})
    return done
  }

  async function update(): Promise<string> {
    try {
      const head = await clone.fetch()
      unreachable = null
      return head
    } catch (error) {
      const why = isBreakroomError(error) && typeof error.detail.why === 'string' ? error.detail.why : sentenceOf(error)
      unreachable = `${shown} cannot be reached (${why}); what was fetched last goes on answering`
      throw new BreakroomError('unavailable', `The repository ${shown} cannot be read: ${why}.`, { cause: error })
    }
  }

  async function look(head: string): Promise<Listing> {
    const args = ['ls-tree', '-r', '-z', '--full-tree', head]
    const { files, refused, cut } = readTree(await git({ folder, args, signal }), wanted, limits.files)
    const readable = [...files].filter(([path]) => reads(path))
    // What does not come now is fetched when it is read, one by one.
    await clone.fetchContents(head, new Set(readable.map(([, object]) => object))).catch(() => {})
    const changes = await lastChanges(head, files.keys())
    const listing: Listing = { head, files: [], objects: files, stamps: new Map(), refused, cut }
    for (const [path, object] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const { date = null, author = null } = changes.get(path) ?? {}
      const stamp = `${object} ${date} ${author}`
      listing.stamps.set(path, stamp)
      listing.files.push({ path, stamp, date, author })
    }
    return listing
  }

  /** What is not found in time is not known. */
  async function lastChanges(head: string, paths: Iterable<string>): Promise<ReadonlyMap<string, LastChange>> {
    const reader = createHistoryReader(paths)
    const args = [...historyArguments, head, '--']
    await git({ folder, args, timeLimitMs: historyLimitMs, signal, onOutput: reader.read }).catch(() => {})
    return reader.found
  }

  /** What was listed last; before that, what the clone has from an earlier run. Null when there is nothing. */
  async function known(): Promise<Listing | null> {
    if (listed !== null) return listed
    loading ??= inTurn(async () => {
      const head = await clone.head()
      if (head !== null) listed ??= await look(head)
    })
      .catch(() => {})
      .finally(() => {
        loading = null
      })
    await loading
    return listed
  }

  async function contentOf(path: string, object: string): Promise<Buffer> {
    try {
      return await git({ folder, args: ['cat-file', 'blob', object], most: limits.bytes, signal })
    } catch (error) {
      if (isBreakroomError(error) && error.detail.tooMuch === true) {
        throw unreadable(path, tooLarge(null, limits.bytes), error)
      }
      throw error
    }
  }

  async function poll(changed: () => void, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const head = await inTurn(update).catch(() => null)
      if (head !== null && head !== listed?.head && !stop.aborted) changed()
      await pause(pollMs, undefined, { signal: stop }).catch(() => {})
    }
  }
}

/** As git is to have it. */
function addressOf({ address, base }: Pick<CorpusRepositoryOptions, 'address' | 'base'>): string {
  if (/^\.|^\//.test(address)) return isAbsolute(address) ? address : resolve(base, address)
  if (/^(?:https?|ssh|git|file):\/\/(?!-)/.test(address) || /^[\w.][\w.-]*@[\w.][\w.-]*:(?!:)/.test(address))
    return address
  const message = `${JSON.stringify(shownAddress(address))} is no address of a git repository; write https://..., ssh://..., or a path`
  throw new BreakroomError('config_invalid', message, { detail: { address: shownAddress(address) } })
}
