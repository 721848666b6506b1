import { Refusal } from './refusal.ts'
import { sniff } from './sniff.ts'

/** Where HTML may say in which characters it is written. */
const declaredCharset = /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i

/**
 * The text in the bytes of a file, its first `limit` characters: UTF-8, UTF-16 with a byte order mark, what HTML
 * declares, else Windows-1252, which is said in `warnings`. Throws a `Refusal` for anything that is not text.
 */
export function decodeText(bytes: Uint8Array, limit: number): { text: string; cut: boolean; warnings: string[] } {
  const warnings: string[] = []
  // No character takes more than three bytes for each UTF-16 unit.
  const part = bytes.subarray(0, limit * 3 + 3)
  const decoded = decode(part, warnings)
  const cut = part.length < bytes.length || decoded.length > limit
  return { text: decoded.slice(0, limit).replace(/\r\n?/g, '\n'), cut, warnings }
}

function decode(bytes: Uint8Array, warnings: string[]): string {
  const kind = sniff(bytes)
  if (kind !== null) throw new Refusal('content', `it is ${kind}, whatever its name says; give it the right ending`)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs('utf-16le', bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs('utf-16be', bytes)
  if (looksBinary(bytes)) throw new Refusal('content', 'it looks like binary data, not text; save it as text in UTF-8')
  try {
    // A character that was cut in two at the end is no error.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
  } catch {
    const declared = declaredCharset.exec(Buffer.from(bytes.subarray(0, 2_048)).toString('latin1'))?.[1]
    const charset = declared !== undefined && isKnown(declared) ? declared : 'windows-1252'
    if (charset !== declared) warnings.push('It is not in UTF-8 and was read as Windows-1252; save it in UTF-8.')
    return decodeAs(charset, bytes)
  }
}

function decodeAs(charset: string, bytes: Uint8Array): string {
  return new TextDecoder(charset).decode(bytes, { stream: true })
}

function isKnown(charset: string): boolean {
  try {
    return !/^(utf-?8|utf-?16.*|iso-2022.*)$/i.test(new TextDecoder(charset).encoding)
  } catch {
    return false
  }
}

/** NUL stands in no text; other control characters only now and then. */
function looksBinary(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return true
  const sample = bytes.subarray(0, 65_536)
  let odd = 0
  for (const byte of sample) {
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1b) odd++
  }
  return odd > sample.length * 0.02
}
