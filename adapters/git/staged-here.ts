import type { StagedHere } from '../../ports/work-tree.ts'
import { fileEntry } from './file-entry.ts'
import { createFolderCheck, fileAt } from './file-tree.ts'
import type { Git } from './git.ts'
import { isKeptAs } from './kept-as.ts'
import { type TreeEntry, textOf, treeId } from './tree-id.ts'

interface Place {
  git: Git
  top: string
  folder: string
  signal: AbortSignal
}

/** What makes a file another than it lies there, beside what can be compared. Git says it without running anything. */
const attributes = ['filter', 'working-tree-encoding', 'ident']

/** What is staged (`entries`), with each file as it lies there where git would keep it as it is staged. */
export async function stagedHere(place: Place, entries: readonly TreeEntry[]): Promise<StagedHere> {
  const { top, signal } = place
  const isFolder = createFolderCheck(top)
  const others: string[] = []
  const here: TreeEntry[] = []
  for (const entry of entries) {
    signal.throwIfAborted()
    const id = await idHere(entry)
    if (id === null) others.push(entry.path)
    here.push({ ...entry, id: id ?? entry.id })
  }
  return { tree: treeId(here), unclear: others.length === 0 ? [] : await unclearOf(place, others) }

  /** Null for what is not there as it is staged. */
  async function idHere({ path, mode, id }: TreeEntry): Promise<string | null> {
    if (mode === '160000' || mode === '120000') return id
    const slash = path.lastIndexOf('/')
    if (slash !== -1 && !(await isFolder(path.slice(0, slash)))) return null
    const found = await fileEntry(fileAt(top, path), () => {})
    if (found === null || found === 'folder') return null
    return found.id === id || (await isKeptAs(fileAt(top, path), id)) ? found.id : null
  }
}

async function unclearOf({ git, top, folder, signal }: Place, paths: string[]): Promise<StagedHere['unclear']> {
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1')
  const args = ['check-attr', '-z', '--stdin', ...attributes]
  const said = (await git({ folder, workTree: top, args, input, signal })).toString('latin1').split('\0')
  const unclear = new Map<string, string>()
  for (let at = 0; at + 2 < said.length; at += 3) {
    const [path = '', attribute = '', value = ''] = said.slice(at, at + 3)
    // Of Git LFS it could be told.
    if (value === 'unspecified' || value === 'unset' || (attribute === 'filter' && value === 'lfs')) continue
    unclear.set(path, value === 'set' ? attribute : `${attribute}=${textOf(value)}`)
  }
  return [...unclear].map(([path, by]) => ({ path: textOf(path), by }))
}
