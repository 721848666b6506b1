import { setTimeout as pause } from 'node:timers/promises'
import type { IrcPerson } from './irc-person.ts'

/** What somebody says, numbered, so that order and number can be checked afterwards. */
export interface Load {
  /** All of it, in the order it is said. */
  readonly texts: string[]
  /** Says the rest, ten lines at a time; resolves when all is said. `meanwhile` is called before the line with that number. */
  say(meanwhile?: { at: number; happens: () => void }): Promise<void>
}

/** `count` lines of one person in a room over about `overMs`; every tenth begins with `address` where one is given. */
export function createLoad(options: {
  person: IrcPerson
  room: string
  name: string
  count: number
  overMs: number
  address?: string
}): Load {
  const { person, room, name, count, overMs, address } = options
  const texts = Array.from({ length: count }, (_, n) => {
    const text = `${name} ${n}`
    return address !== undefined && n % 10 === 9 ? `${address} ${text}` : text
  })
  return {
    texts,
    async say(meanwhile) {
      for (const [n, text] of texts.entries()) {
        if (n === meanwhile?.at) meanwhile.happens()
        person.say(room, text)
        if (n % 10 === 9) await pause((overMs * 10) / count)
      }
    },
  }
}
