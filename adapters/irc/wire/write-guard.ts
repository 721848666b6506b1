import { byteLength } from './split.ts'

/** RFC 1459: 512 bytes with CR LF. */
const lineLimit = 510
/** IRCv3 message-tags: what a client may send before the rest, with `@` and the space. */
const tagsLimit = 4096

/**
 * The last thing every line passes on its way to a server: exactly one line comes out, valid UTF-8, within the protocol's
 * limits. CR, LF and NUL become spaces, tags over their limit are left off, the rest is cut at a character. Null when nothing is left.
 */
export function guardLine(line: string): string | null {
  const flat = (/[\r\n\0]/.test(line) ? line.replace(/[\r\n\0]+/g, ' ') : line).trim().toWellFormed()
  const space = flat.startsWith('@') ? flat.indexOf(' ') : -1
  if (flat.startsWith('@') && space === -1) return null
  const tags = flat.slice(0, space + 1)
  const body = cutBytes(flat.slice(space + 1).trimStart(), lineLimit)
  if (body === '') return null
  return byteLength(tags) > tagsLimit ? body : tags + body
}

/** True for a nick that can be the one target of a message: no list, mask, channel, status prefix or second parameter. */
export function isNickTarget(nick: string): boolean {
  return (
    /^[^\s\x00-\x20\x7f,:@!*?.#&+~%$][^\s\x00-\x20\x7f,:@!*?#&$]*$/u.test(nick) &&
    byteLength(nick) <= 64 &&
    nick.isWellFormed()
  )
}

/** True for a channel that can be the one target of a message. */
export function isChannelTarget(channel: string): boolean {
  return /^[#&+!][^\s\x00-\x20\x7f,:]+$/u.test(channel) && byteLength(channel) <= 200 && channel.isWellFormed()
}

function cutBytes(text: string, limit: number): string {
  if (text.length * 3 <= limit || byteLength(text) <= limit) return text
  const bytes = Buffer.from(text)
  let end = limit
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
