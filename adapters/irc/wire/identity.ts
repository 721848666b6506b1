import type { IrcLine } from './line.ts'

/** Our nick and host on one connection, as the server shows them to others. */
export interface Identity {
  readonly nick: string
  /** The nick in bytes, for those who look at lines before they are decoded. */
  readonly bytes: Buffer
  /** `user@host`, null until the server has shown it. */
  readonly host: string | null
  setNick(nick: string): void
  /** Learns from a line; true when nick or host have changed. */
  learn(line: IrcLine): boolean
}

/** Begins with the first nick that is asked for, and no host. */
export function createIdentity(first: string): Identity {
  let nick = first
  let bytes = Buffer.from(first)
  let host: string | null = null

  const setNick = (now: string) => {
    nick = now
    bytes = Buffer.from(now)
  }
  const setHost = (now: string): boolean => {
    const changed = host !== now
    host = now
    return changed
  }
  return {
    get nick() {
      return nick
    },
    get bytes() {
      return bytes
    },
    get host() {
      return host
    },
    setNick,
    learn(line) {
      const [first, second] = line.params
      if (line.command === '396' && host !== null && second) {
        return setHost(second.includes('@') ? second : `${host.split('@')[0]}@${second}`)
      }
      if (line.nick !== nick || line.host === '') return false
      if (line.command === 'JOIN') return setHost(line.host)
      if (line.command === 'CHGHOST' && first && second) return setHost(`${first}@${second}`)
      if (line.command !== 'NICK' || !first) return false
      setNick(first)
      return true
    },
  }
}
