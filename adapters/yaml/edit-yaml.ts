import {
  type Document,
  isMap,
  isSeq,
  type ParsedNode,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** A value, and the keys that lead to where it belongs. */
export interface YamlEdit {
  path: (string | number)[]
  value: unknown
}

/**
 * The same text with one value set: a key that is there gets the new value, a missing one is written behind its neighbours, a path
 * that ends in the length of a list adds to it. Nothing else changes, not a space and not a comment. The text must be YAML that
 * `readYaml` takes; what cannot be written without touching more than that throws a `RangeError`.
 */
export function editYaml(text: string, { path, value }: YamlEdit): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const edited = splice(text, document, path, value)
  const after = parseDocument(edited, { version: '1.2', schema: 'core' })
  document.setIn(path, document.createNode(value))
  // A text is edited by its positions, so what it says now is compared with what it should say.
  if (after.errors.length > 0 || JSON.stringify(after) !== JSON.stringify(document)) {
    throw new RangeError(`${path.join('.')} cannot be written into this file without changing the rest of it`)
  }
  return edited
}

/**
 * The same text without one item of a list, and without the comments between its lines; the rest stays as it is. A list that was written over lines and
 * is empty then becomes `[]`. Throws a `RangeError` when there is no such item, or when it cannot be taken out without touching more.
 */
export function removeYamlItem(text: string, path: readonly (string | number)[]): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const list = document.getIn(path.slice(0, -1), true)
  const index = path.at(-1)
  const item = isSeq(list) && typeof index === 'number' ? list.items[index] : undefined
  if (!isSeq(list) || item === undefined) throw new RangeError(`${path.join('.')} is no item of a list`)
  const seq = list as YAMLSeq.Parsed
  const [start, , end] = (item as ParsedNode).range
  const others = seq.items.filter((_, place) => place !== index)
  const isOnLines = !seq.flow && others.length > 0
  const from = isOnLines ? text.lastIndexOf('\n', start - 1) + 1 : seq.range[0]
  const rest = isOnLines ? '' : inFlow(others)
  const to = isOnLines ? end : seq.flow ? seq.range[1] : endOfLast(item)
  const edited = text.slice(0, from) + rest + text.slice(to)
  document.deleteIn(path)
  const after = parseDocument(edited, { version: '1.2', schema: 'core' })
  if (after.errors.length > 0 || JSON.stringify(after) !== JSON.stringify(document)) {
    throw new RangeError(`${path.join('.')} cannot be taken out of this file without changing the rest of it`)
  }
  return edited
}

function splice(text: string, document: Document.Parsed, path: (string | number)[], value: unknown): string {
  const key = path.at(-1)
  if (key === undefined) throw new RangeError('there is no path')
  const there = document.getIn(path, true) as ParsedNode | undefined
  if (there != null) return text.slice(0, there.range[0]) + inFlow(value) + text.slice(there.range[1])
  const parentPath = path.slice(0, -1)
  const parent = (parentPath.length === 0 ? document.contents : document.getIn(parentPath, true)) as
    | ParsedNode
    | undefined
  if (isMap(parent)) return intoMap(text, parent as YAMLMap.Parsed, String(key), value)
  if (isSeq(parent)) return intoList(text, parent as YAMLSeq.Parsed, value)
  return splice(text, document, parentPath, typeof key === 'number' ? [value] : { [key]: value })
}

function intoMap(text: string, map: YAMLMap.Parsed, key: string, value: unknown): string {
  if (map.flow)
    return intoFlow(
      text,
      map,
      inFlow({ [key]: value })
        .slice(1, -1)
        .trim(),
    )
  return behind(text, map, stringify({ [key]: value }, { lineWidth: 0 }))
}

function intoList(text: string, list: YAMLSeq.Parsed, value: unknown): string {
  if (list.flow) return intoFlow(text, list, inFlow(value))
  return behind(text, list, stringify([value], { lineWidth: 0 }))
}

function intoFlow(text: string, { range, items }: YAMLMap.Parsed | YAMLSeq.Parsed, entry: string): string {
  const [start, end] = range
  if (items.length === 0) return `${text.slice(0, start + 1)} ${entry} ${text.slice(end - 1)}`
  const at = endOfLast(items.at(-1))
  return `${text.slice(0, at)}, ${entry}${text.slice(at)}`
}

/** Writes an entry on lines of its own, behind the last line of a block collection. */
function behind(text: string, { range, items }: YAMLMap.Parsed | YAMLSeq.Parsed, entry: string): string {
  const [start] = range
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1))
  const lines = entry.replace(/^(?=.)/gm, indent)
  const last = endOfLast(items.at(-1))
  const feed = text[last - 1] === '\n' ? last - 1 : text.indexOf('\n', last)
  const at = feed === -1 ? text.length : feed + 1
  const before = text.slice(0, at)
  return `${before}${before.endsWith('\n') ? '' : '\n'}${lines}${text.slice(at)}`
}

function endOfLast(item: unknown): number {
  const { key, value } = isPair(item) ? item : { key: null, value: item as ParsedNode }
  const node = (value ?? key) as ParsedNode
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOfLast(node.items.at(-1))
  return node.range[1]
}

function isPair(item: unknown): item is { key: ParsedNode; value: ParsedNode | null } {
  return typeof item === 'object' && item !== null && 'key' in item && 'value' in item
}

function inFlow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()
}
