import { LruMap } from '../../lru-map.ts'
import { type IrcLine, tagOf } from '../wire/line.ts'
import { wantedOf } from '../wire/nick-ladder.ts'
import { type Stamps, stampTag } from './stamps.ts'

/** What we know to be on the network already. */
export interface SeenPosts {
  /** Takes in a line of a room, named as the configuration writes it. True when it carries a valid stamp of ours. */
  learn(channel: string, line: IrcLine): boolean
  /** A part was confirmed. */
  note(target: string, id: string, part: number, msgid: string | null): void
  /** The message id of a part (null where there is none), undefined when it is not known to be there. */
  find(target: string, id: string, part: number): string | null | undefined
}

/** Remembers the last 50,000 parts; older ones may be posted again. */
export function createSeenPosts(stamps: Stamps): SeenPosts {
  const posts = new LruMap<string, string | null>(50_000)
  const keyOf = (target: string, id: string, part: number) => `${part} ${target} ${id}`

  return {
    learn(channel, line) {
      const value = line.tags === '' ? null : tagOf(line, stampTag)
      if (!value) return false
      const text = line.params[1] ?? ''
      const parts =
        stamps.open({ author: line.nick, channel, text }, value) ??
        stamps.open({ author: wantedOf(line.nick), channel, text }, value)
      if (parts === null) return false
      for (const { id, part } of parts) posts.set(keyOf(channel, id, part), tagOf(line, 'msgid'))
      return true
    },
    note: (target, id, part, msgid) => posts.set(keyOf(target, id, part), msgid),
    find: (target, id, part) => posts.get(keyOf(target, id, part)),
  }
}
