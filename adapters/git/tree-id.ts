import { createHash } from 'node:crypto'

/** One file as git keeps it. */
export interface TreeEntry {
  /** From the root of the repository, its bytes as Latin-1: names need not be text. */
  path: string
  mode: '100644' | '100755' | '120000' | '160000'
  /** Of its content, hex. */
  id: string
}

/** The path of an entry as text. What is not UTF-8 is shown by its bytes. */
export function textOf(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(path, 'latin1'))
  } catch {
    return path.replace(/[^ -~]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
  }
}

/** The name that git gives to content of this kind. */
export function objectId(kind: 'blob' | 'tree' | 'commit', content: Uint8Array): string {
  return createHash('sha1').update(`${kind} ${content.length}\0`).update(content).digest('hex')
}

/** The name that git gives to a tree of these files. No two of them may have the same path, and none may lie below another. */
export function treeId(entries: Iterable<TreeEntry>): string {
  // In this order a folder stands where git has it: its name counts as ending in a slash.
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))
  /** Folders that are not over yet, the root first, each with what it has in it so far. */
  const open: { name: string; pieces: Buffer[] }[] = [{ name: '', pieces: [] }]
  for (const { path, mode, id } of sorted) {
    const folders = path.split('/')
    const name = folders.pop() ?? ''
    let same = 0
    while (same < folders.length && open[same + 1]?.name === folders[same]) same++
    while (open.length > same + 1) close()
    for (const folder of folders.slice(same)) open.push({ name: folder, pieces: [] })
    add(mode, name, id)
  }
  while (open.length > 1) close()
  return objectId('tree', Buffer.concat(open[0]?.pieces ?? []))

  function close(): void {
    const folder = open.pop()
    if (folder !== undefined) add('40000', folder.name, objectId('tree', Buffer.concat(folder.pieces)))
  }

  function add(mode: string, name: string, id: string): void {
    open.at(-1)?.pieces.push(Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(id, 'hex'))
  }
}
