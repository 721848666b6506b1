import { isMap, isScalar, isSeq, type LineCounter, type ParsedNode } from 'yaml'

export interface Place {
  line: number
  column: number
}

/** Where things are in a file that was read. */
export interface Places {
  /** The place of the value at `path`, or of the key that leads to it; of the nearest thing around it when it is missing. */
  of(path: PropertyKey[], what?: 'key' | 'value'): Place
  /** Whether the file has a value at `path`. */
  has(path: PropertyKey[]): boolean
  ofNode(node: ParsedNode): Place
}

/** Finds places in a parsed file (null for an empty one); lines and columns count from 1. */
export function createPlaces(root: ParsedNode | null, lines: LineCounter): Places {
  const atOffset = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  return {
    of(path, what = 'value') {
      const { key, value, container } = find(root, path)
      const node = what === 'key' ? (key ?? value) : (value ?? key)
      return atOffset((node ?? container)?.range[0] ?? 0)
    },
    has: (path) => find(root, path).found,
    ofNode: (node) => atOffset(node.range[0]),
  }
}

interface Found {
  found: boolean
  key: ParsedNode | null
  value: ParsedNode | null
  /** The last node on the way that is there. */
  container: ParsedNode | null
}

function find(root: ParsedNode | null, path: PropertyKey[]): Found {
  let here: Found = { found: root !== null, key: null, value: root, container: root }
  for (const step of path) {
    const container = here.value ?? here.container
    const missing = { found: false, key: null, value: null, container }
    if (isMap(here.value)) {
      const pair = here.value.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) return missing
      here = { found: true, key: pair.key as ParsedNode, value: pair.value as ParsedNode | null, container }
    } else if (isSeq(here.value)) {
      const item = here.value.items[Number(step)] as ParsedNode | undefined
      if (item === undefined) return missing
      here = { found: true, key: null, value: item, container }
    } else {
      return missing
    }
  }
  return here
}
