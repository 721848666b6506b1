import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml'

/** Deeper than any schema of ours. */
const depthLimit = 16

/** Keys that reach an object's prototype in careless code; ours is not, but somebody's that copies the value may be. */
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The plain value of a YAML node: text, numbers, booleans, null, lists and objects with text keys. Whatever YAML can do beyond
 * that (aliases, anchors, tags, merge keys, duplicate or odd keys) is told to `report` and left out.
 */
export function plainValue(
  node: ParsedNode | null,
  report: (node: ParsedNode, message: string) => void,
  depth = 0,
): unknown {
  if (node === null) return null
  if (isAlias(node)) {
    report(node, 'aliases (*name) are not supported; write it out')
    return undefined
  }
  reportProperties(node, report)
  if (isScalar(node)) return node.value
  if (depth >= depthLimit) {
    report(node, `this is nested deeper than ${depthLimit} levels`)
    return undefined
  }
  if (isSeq(node)) return node.items.map((item) => plainValue(item as ParsedNode, report, depth + 1))
  if (!isMap(node)) return undefined
  const value: Record<string, unknown> = {}
  for (const pair of node.items) {
    const key = keyOf(pair.key as ParsedNode | null, node, value, report)
    const inner = plainValue(pair.value as ParsedNode | null, report, depth + 1)
    if (key !== null) value[key] = inner
  }
  return value
}

function reportProperties(node: ParsedNode, report: (node: ParsedNode, message: string) => void): void {
  if (node.tag !== undefined) {
    const tag = node.tag.replace('tag:yaml.org,2002:', '!!').slice(0, 40)
    report(node, `tags (${tag}) are not supported; leave it out`)
  }
  if (!isAlias(node) && node.anchor !== undefined) report(node, 'anchors (&name) are not supported; leave it out')
}

/** The key as text, or null when it was refused. */
function keyOf(
  key: ParsedNode | null,
  map: ParsedNode,
  value: Record<string, unknown>,
  report: (node: ParsedNode, message: string) => void,
): string | null {
  const refuse = (message: string) => {
    report(key ?? map, message)
    return null
  }
  if (!isScalar(key)) return refuse('a key must be text')
  reportProperties(key, report)
  const name = key.value
  if (typeof name !== 'string') return refuse(`a key must be text; write it in quotes: "${key.source}"`)
  if (name === '<<') return refuse('merge keys (<<) are not supported; write it out')
  if (prototypeKeys.has(name)) return refuse(`the key "${name}" is not allowed`)
  if (Object.hasOwn(value, name)) return refuse(`duplicate key ${JSON.stringify(name.slice(0, 60))}`)
  return name
}
