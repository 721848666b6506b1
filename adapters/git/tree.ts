import { readPath } from '../../core/knowledge/corpus-path.ts'

/** What is in a commit. */
export interface Tree {
  /** Path and the name of its content. */
  files: Map<string, string>
  refused: { path: string; why: string }[]
  /** There is more than is looked at. */
  cut: boolean
}

/** Reads what `git ls-tree -r -z` prints: `<mode> <kind> <object>\t<path>\0` for each file. */
export function readTree(printed: Buffer, wanted: (path: string) => boolean, most: number): Tree {
  const tree: Tree = { files: new Map(), refused: [], cut: false }
  for (let at = 0; at < printed.length; ) {
    const end = printed.indexOf(0, at)
    const tab = printed.indexOf(9, at)
    if (end === -1 || tab === -1) break
    const [mode = '', kind, object = ''] = printed.toString('latin1', at, tab).split(' ')
    const read = readPath(printed.subarray(tab + 1, end))
    at = end + 1
    if (read.path === null) {
      tree.refused.push({ path: read.shown, why: read.why })
      continue
    }
    if (!wanted(read.path)) continue
    if (mode === '120000')
      tree.refused.push({ path: read.path, why: 'it is a link; links of a repository are not followed' })
    else if (kind === 'commit')
      tree.refused.push({ path: read.path, why: 'it is a submodule; name its repository by itself' })
    else if (tree.files.size === most) tree.cut = true
    else tree.files.set(read.path, object)
  }
  return tree
}
