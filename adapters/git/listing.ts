import type { TreeEntry } from './tree-id.ts'

/** What git knows of one path. Paths are from the root of the repository, their bytes as Latin-1. */
export interface Listed {
  path: string
  /** As it is staged; null when nobody told git of it. */
  staged: { mode: TreeEntry['mode']; id: string } | null
  /** Git was told that it need not be there. */
  mayBeAbsent: boolean
}

/** What is to be asked of git for `readListing`. */
export const listingArguments = ['ls-files', '-z', '-v', '-s', '--cached', '--others', '--exclude-standard']

/**
 * Reads `<tag> <mode> <id> <stage>\t<path>\0` for what is in the index and `? <path>\0` for what is not. A path that is in conflict comes
 * once. What git lists as a folder of its own ends in a slash there, not here.
 */
export function readListing(printed: Buffer): Map<string, Listed> {
  const listed = new Map<string, Listed>()
  for (const line of linesOf(printed)) {
    if (line.startsWith('? ')) {
      const path = line.slice(2).replace(/\/$/, '')
      if (!listed.has(path)) listed.set(path, { path, staged: null, mayBeAbsent: false })
      continue
    }
    const tab = line.indexOf('\t')
    const [tag = '', mode = '', id = ''] = line.slice(0, tab).split(' ')
    const path = line.slice(tab + 1)
    listed.set(path, { path, staged: { mode: mode as TreeEntry['mode'], id }, mayBeAbsent: /^s$/i.test(tag) })
  }
  return listed
}

/** An empty tree has this name in every repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** What is staged, as what it adds to nothing: so what was only announced (`git add --intent-to-add`) is left out, as in a commit. */
export const stagedArguments = [
  ...['diff-index', '--cached', '--raw', '-z', '-r', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv'],
  ...['--ignore-submodules=none', '--ita-invisible-in-index', emptyTree],
]

/** Reads `:000000 <mode> <zeros> <id> A\0<path>\0` for each file; null when two sides of a merge are in conflict. */
export function readStaged(printed: Buffer): TreeEntry[] | null {
  const entries: TreeEntry[] = []
  const lines = linesOf(printed)
  for (const line of lines) {
    const [, mode = '', , id = '', kind] = line.split(' ')
    const path = lines.next().value
    if (kind !== 'A' || path === undefined) return null
    entries.push({ path, mode: mode as TreeEntry['mode'], id })
  }
  return entries
}

/** What is to be asked of git for `readCommitted`. */
export const committedArguments = ['ls-tree', '-r', '-z', '--full-tree']

/** Reads `<mode> <kind> <id>\t<path>\0` for each file. */
export function readCommitted(printed: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (const line of linesOf(printed)) {
    const tab = line.indexOf('\t')
    const [mode = '', , id = ''] = line.slice(0, tab).split(' ')
    entries.push({ path: line.slice(tab + 1), mode: mode as TreeEntry['mode'], id })
  }
  return entries
}

function* linesOf(printed: Buffer): Generator<string, undefined> {
  for (let at = 0; at < printed.length; ) {
    const end = printed.indexOf(0, at)
    if (end === -1) return
    yield printed.toString('latin1', at, end)
    at = end + 1
  }
}
