import type { Link } from './nodes.ts'

/** A link in canonical text, and where it ends. */
export interface FoundLink {
  link: Link
  end: number
}

// Brackets are in no target, so that looking for one never goes beyond the next link.
const target = '(?:https?:\\/\\/|mailto:)(?:[^\\s()<>[\\]]|\\([^\\s()<>[\\]]*\\))+'
const named = new RegExp(`\\[((?:[^[\\]\`\\n]|\`[^[\\]\`\\n]+\`)+)\\]\\((${target})\\)`, 'iy')
const wholeTarget = new RegExp(`^${target}$`, 'i')
/** A second address behind a separator is a link of its own. */
const bare = /https?:\/\/(?:(?![,;|()'\]]https?:\/\/)[^\s<>"`|])+/iy
const endSign = /[.,;:!?'*_~\]}]/

/** `[label](https://…)` at this place, or null. A label has no brackets; a target has parentheses only in pairs. */
export function namedLinkAt(text: string, at: number): FoundLink | null {
  named.lastIndex = at
  const [whole, label, href] = named.exec(text) ?? []
  if (whole === undefined || label === undefined || href === undefined) return null
  return { link: { kind: 'link', href, label }, end: at + whole.length }
}

/** A bare http or https address at this place, or null. Punctuation at its end is the sentence's. */
export function bareLinkAt(text: string, at: number): FoundLink | null {
  bare.lastIndex = at
  const [whole] = bare.exec(text) ?? []
  if (whole === undefined) return null
  let surplus = count(whole, ')') - count(whole, '(')
  let length = whole.length
  for (; length > 0; length--) {
    const last = whole[length - 1] ?? ''
    if (last === ')' && surplus > 0) surplus--
    else if (!endSign.test(last)) break
  }
  const href = whole.slice(0, length)
  return /^https?:\/\/$/i.test(href) ? null : { link: { kind: 'link', href, label: null }, end: at + length }
}

/** True for an address that can stand in `[label](…)` as it is. */
export function isLinkTarget(href: string): boolean {
  return wholeTarget.test(href)
}

function count(text: string, sign: string): number {
  return text.split(sign).length - 1
}
