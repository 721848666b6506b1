/** Who changed a file last, and when. */
export interface LastChange {
  /** ISO date of the day on which it came to be so. */
  date: string
  author: string
}

/** What `git log` is to be asked for. */
export const historyArguments = ['log', '-z', '--no-renames', '--name-only', '--format=%x01%cs%x00%an']

/**
 * Reads what `git log` prints of a branch, newest first, until the last change of each of `paths` is known. Takes it in pieces: the
 * history of a large repository does not fit into memory, and most of it is not needed.
 */
export function createHistoryReader(paths: Iterable<string>): {
  /** False when all is known. */
  read(piece: Buffer): boolean
  found: Map<string, LastChange>
} {
  const sought = new Set(paths)
  const found = new Map<string, LastChange>()
  const decoder = new TextDecoder()
  let rest = ''
  let commit: LastChange = { date: '', author: '' }
  let next: 'author' | 'file' = 'file'

  /** `\x01<date>`, the author, then the files, the first one after a line break. */
  function take(token: string): void {
    if (next === 'author') {
      commit = { ...commit, author: token }
      next = 'file'
    } else if (token.startsWith('\x01')) {
      commit = { date: token.slice(1), author: '' }
      next = 'author'
    } else {
      const path = token.replace(/^\n/, '')
      if (sought.delete(path)) found.set(path, commit)
    }
  }

  return {
    found,
    read(piece) {
      const tokens = (rest + decoder.decode(piece, { stream: true })).split('\0')
      rest = tokens.pop() ?? ''
      for (const token of tokens) take(token)
      return sought.size > 0
    },
  }
}
