/**
 * True when a line matters to a voice that speaks but does not listen: its own doings, what is said to it alone, and the
 * server's answers. Reads bytes, because a voice gets a copy of every line of its rooms and a thousand voices get a thousand.
 * `bytes` from `start` to `end` is one line without its line break; `nick` is the voice's own nick.
 */
export function concernsVoice(bytes: Buffer, start: number, end: number, nick: Buffer): boolean {
  let at = start
  if (bytes[at] === at64) at = afterSpaces(bytes, at, end)
  if (bytes[at] !== colon) return true
  const name = at + 1
  const nameEnd = indexOrEnd(bytes, bang, name, indexOrEnd(bytes, space, name, end))
  if (nameEnd - name === nick.length && nick.length > 0 && bytes.compare(nick, 0, nick.length, name, nameEnd) === 0)
    return true
  const fromServer = bytes[nameEnd] !== bang
  const command = afterSpaces(bytes, at, end)
  if (fromServer) return !isOneOf(bytes, command, namesReplies)
  if (isOneOf(bytes, command, personalCommands)) return true
  if (!isOneOf(bytes, command, messageCommands)) return false
  const target = afterSpaces(bytes, command, end)
  return !channelSigns.includes(bytes[bytes[target] === colon ? target + 1 : target] ?? 0)
}

const space = 32
const bang = 33
const colon = 58
const at64 = 64
const channelSigns = Buffer.from('#&+!@%~')
const messageCommands = [Buffer.from('PRIVMSG ')]
/** KICK names whom it throws out in its second parameter; it is rare enough to be read in full. */
const personalCommands = [Buffer.from('KICK '), Buffer.from('KILL ')]
/** NAMES of every room, for every voice, is where the time goes when a thousand of them join. */
const namesReplies = [Buffer.from('353 '), Buffer.from('366 '), Buffer.from('372 ')]

function isOneOf(bytes: Buffer, at: number, words: Buffer[]): boolean {
  return words.some(
    (word) =>
      bytes[at] === word[0] && bytes.compare(word, 0, word.length, at, Math.min(at + word.length, bytes.length)) === 0,
  )
}

function indexOrEnd(bytes: Buffer, byte: number, from: number, end: number): number {
  for (let at = from; at < end; at++) if (bytes[at] === byte) return at
  return end
}

function afterSpaces(bytes: Buffer, from: number, end: number): number {
  let at = indexOrEnd(bytes, space, from, end)
  while (at < end && bytes[at] === space) at++
  return at
}
