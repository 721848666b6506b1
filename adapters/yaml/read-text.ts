import { readFileSync, statSync } from 'node:fs'

/** Far above any file a person writes; below what could hold up a start. Bytes. */
const sizeLimit = 256 * 1024

/** Printable as YAML 1.2 has it, without the marks that turn text around: what a reviewer reads is what is there. */
const unprintable = /[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ufffd\u{10000}-\u{10ffff}]/u

export type TextOrProblem = { text: string } | { message: string; line: number; column: number }

/**
 * Reads a file as UTF-8 text without its byte order mark, or says in one sentence why it is not text of ours. The size is looked at
 * before the content, so a huge file costs nothing. Never throws.
 */
export function readText(path: string): TextOrProblem {
  let bytes: Buffer
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return atStart('this is a folder, not a file')
    if (!stat.isFile()) return atStart('this is not a regular file')
    if (stat.size > sizeLimit) return atStart(`the file has ${stat.size} bytes; at most ${sizeLimit} are read`)
    bytes = readFileSync(path)
  } catch (error) {
    return atStart(reasonOf(error))
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { message: 'the file is not text in UTF-8', ...firstBadByte(bytes) }
  }
  const odd = unprintable.exec(text)
  if (odd === null) return { text }
  const code = (odd[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return { message: `the invisible character U+${code} does not belong in this file`, ...placeIn(text, odd.index) }
}

function atStart(message: string) {
  return { message, line: 1, column: 1 }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'the file may not be read; check its permissions'
  return `the file cannot be read (${code ?? String(error)})`
}

/** A line feed is never inside a UTF-8 sequence, so the lines can be tried one by one. */
function firstBadByte(bytes: Buffer): { line: number; column: number } {
  for (let line = 1, start = 0; start <= bytes.length; line++) {
    const feed = bytes.indexOf(0x0a, start)
    const end = feed === -1 ? bytes.length : feed
    const part = bytes.subarray(start, end)
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(part)
    } catch {
      return { line, column: new TextDecoder().decode(part).indexOf('\ufffd') + 1 }
    }
    start = end + 1
  }
  return { line: 1, column: 1 }
}

function placeIn(text: string, index: number): { line: number; column: number } {
  const before = text.slice(0, index)
  const lastFeed = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: index - lastFeed }
}
