import type { HeardLine } from '../ports/chat.ts'

/** What each speaker said last, raw, so that a secret which the network cut into lines is still one. In memory only. */
export interface RecentWords {
  /** The words right before this line, oldest first; empty when they are older than a minute. */
  before(line: HeardLine): string
  said(line: HeardLine): void
}

/** A private key of 4096 bits has 3,300 characters. */
const keptChars = 4_000
const tokenChars = 120
const keyBegins = '-----BEGIN'
const keptMs = 60_000
const keptSpeakers = 200

/** Remembers the last 200 speakers, and nothing across a restart. */
export function createRecentWords(): RecentWords {
  const words = new Map<string, { text: string; at: number }>()
  const keyOf = ({ network, room, heardBy, speaker }: HeardLine) =>
    [network, room ?? JSON.stringify(heardBy), speaker.nick, speaker.host].join(' ')

  function before(line: HeardLine): string {
    const last = words.get(keyOf(line))
    if (last === undefined || line.at.getTime() - last.at > keptMs) return ''
    // Only a key that was begun can go on for many lines; for anything else a look at the end is enough, and far cheaper.
    return last.text.includes(keyBegins) ? last.text : last.text.slice(-tokenChars)
  }
  return {
    before,
    said(line) {
      const key = keyOf(line)
      const earlier = before(line)
      const text = (earlier === '' ? line.text : `${earlier}\n${line.text}`).slice(-keptChars)
      // Set anew, so that the map's order is the order of speaking and the first entry is the one to forget.
      words.delete(key)
      words.set(key, { text, at: line.at.getTime() })
      const [oldest] = words.keys()
      if (words.size > keptSpeakers && oldest !== undefined) words.delete(oldest)
    },
  }
}
