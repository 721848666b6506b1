/** More is no name that a person gave. Characters of a path. */
const longest = 500

/**
 * Whether a corpus never looks at a file or a folder of this name: what is hidden, and what package managers fetch. Also what
 * editors leave beside a file has such a name.
 */
export function isLeftOut(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name.endsWith('~')
}

/** Control characters, line breaks, and what reorders how a name shows. */
const deceiving = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

/** A path as a source has it: what people may see of it, and the path itself unless it cannot be one of a document. */
export type ReadPath = { path: string } | { path: null; shown: string; why: string }

/** Reads the bytes of a path inside a corpus. What is not UTF-8, could deceive on a screen, or is endless is no path of a document. */
export function readPath(bytes: Uint8Array): ReadPath {
  let path: string
  try {
    path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { path: null, shown: shownBytes(bytes), why: 'its name is not UTF-8; rename it' }
  }
  if (path.length > longest) {
    return { path: null, shown: shownPath(path), why: `its path has more than ${longest} characters; shorten it` }
  }
  if (deceiving.test(path)) {
    return { path: null, shown: shownPath(path), why: 'its name has control characters in it; rename it' }
  }
  return { path }
}

/** A path for people, on one line, with escapes for what would not show as it is. */
export function shownPath(path: string): string {
  const shown = path.replace(
    new RegExp(deceiving, 'gu'),
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown
}

function shownBytes(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, longest), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('')
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown
}
