import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isBreakroomError } from '../../core/errors.ts'
import type { Git } from './git.ts'

/** Our own copy of one branch of a repository: its history and, of each version, the files that are asked for. Never checked out. */
export interface Clone {
  /** The commit that the branch was at when it was last fetched; null before that. */
  head(): Promise<string | null>
  /** Brings it up to date and returns the new head. Rejects with `unavailable`; then the copy is as it was. */
  fetch(): Promise<string>
  /** Fetches these contents together, as far as they are not there; without that each would be fetched when it is read. */
  fetchContents(head: string, objects: ReadonlySet<string>): Promise<void>
}

const ref = 'refs/corpus/head'
const fetchLimitMs = 600_000

/** A clone in `folder`, which is its alone. One of another address or branch that is found there is deleted first. */
export function createClone(options: {
  git: Git
  folder: string
  address: string
  branch: string | undefined
  signal?: AbortSignal | undefined
}): Clone {
  const { git, folder, address, branch, signal } = options
  const from = `${address} ${branch ?? 'HEAD'}`
  let ready: Promise<void> | null = null

  const run = (...args: string[]) => git({ folder, args, signal })
  const asked = async (...args: string[]) => (await run(...args)).toString('utf8').trim()

  function opened(): Promise<void> {
    ready ??= open().catch((error) => {
      ready = null
      throw error
    })
    return ready
  }

  async function open(): Promise<void> {
    if ((await exists(join(folder, 'HEAD'))) && (await kept('config', 'corpus.from')) === from) {
      // What a fetch that was killed left, and the next one would stop at.
      for (const file of ['corpus/head.lock', '../packed-refs.lock', '../config.lock', '../shallow.lock']) {
        await rm(join(folder, 'refs', file), { force: true })
      }
      return
    }
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await run('init', '--bare', '--quiet', '--template=')
    const config = {
      'core.repositoryFormatVersion': '1',
      'remote.origin.url': address,
      // Contents come when they are asked for, where the other side can do that; where it cannot, all comes at once.
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.partialCloneFilter': 'blob:none',
      // Last, so that it stands only in one that is whole.
      'corpus.from': from,
    }
    for (const [name, value] of Object.entries(config)) await run('config', name, value)
  }

  /** Null when git knows nothing under that name. */
  async function kept(...args: string[]): Promise<string | null> {
    try {
      return await asked(...args)
    } catch (error) {
      if (isBreakroomError(error, 'unavailable') && typeof error.detail.exit === 'number') return null
      throw error
    }
  }

  return {
    async head() {
      await opened()
      return kept('rev-parse', '--quiet', '--verify', `${ref}^{commit}`)
    },
    async fetch() {
      await opened()
      const what = `+${branch === undefined ? 'HEAD' : `refs/heads/${branch}`}:${ref}`
      const args = [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--filter=blob:none',
        '--',
        'origin',
        what,
      ]
      await git({ folder, args, timeLimitMs: fetchLimitMs, signal })
      return asked('rev-parse', '--verify', `${ref}^{commit}`)
    },
    async fetchContents(head, objects) {
      const printed = await run('rev-list', '--objects', '--missing=print', '--no-object-names', `${head}^{tree}`)
      const missing = printed
        .toString('latin1')
        .split('\n')
        .filter((line) => line.startsWith('?') && objects.has(line.slice(1)))
        .map((line) => line.slice(1))
      if (missing.length === 0) return
      const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--recurse-submodules=no', '--filter=blob:none']
      await git({
        folder,
        args: ['-c', 'fetch.negotiationAlgorithm=noop', 'fetch', ...options, '--stdin', '--', 'origin'],
        input: `${missing.join('\n')}\n`,
        timeLimitMs: fetchLimitMs,
        signal,
      })
    },
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
