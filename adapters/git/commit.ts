import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { Git } from './git.ts'
import { committedArguments, readCommitted } from './listing.ts'
import { objectId, type TreeEntry, treeId } from './tree-id.ts'

interface Place {
  git: Git
  folder: string
  signal: AbortSignal
}

/**
 * The tree of a commit, hex; null when the commit is not there. Whoever works in a repository can write into its objects too, so they count
 * only when they are what their names say.
 */
export async function committedTree({ git, folder, signal }: Place, commit: string): Promise<string | null> {
  if (!/^[0-9a-f]{40}$/.test(commit)) return null
  let content: Buffer
  try {
    content = await git({ folder, args: ['cat-file', 'commit', commit], signal })
  } catch (error) {
    if (isBreakroomError(error, 'unavailable') && typeof error.detail.exit === 'number') return null
    throw error
  }
  const [, tree] = /^tree ([0-9a-f]{40})\n/.exec(content.toString('latin1', 0, 64)) ?? []
  if (tree === undefined || objectId('commit', content) !== commit) throw damaged(commit)
  return tree
}

/** The files of a commit; null when it is not there. */
export async function committedFiles(place: Place, commit: string): Promise<TreeEntry[] | null> {
  const tree = await committedTree(place, commit)
  if (tree === null) return null
  const { git, folder, signal } = place
  const entries = readCommitted(await git({ folder, args: [...committedArguments, tree], signal }))
  if (treeId(entries) !== tree) throw damaged(commit)
  return entries
}

function damaged(commit: string): BreakroomError {
  return new BreakroomError('unavailable', `The commit ${commit} is not what its name says; run git fsck.`)
}
