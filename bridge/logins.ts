import type { Speaker } from '../ports/chat.ts'
import type { Clock } from '../ports/clock.ts'

/** A nick session that proved to be a person. */
interface Login {
  person: string
  /** `user@host` at the time; a session with another one is somebody else. */
  host: string
}

export interface Logins {
  /** The person this session logged in as, or null. */
  personOf(network: string, speaker: Speaker): string | null
  /** Tries a word said in private; resolves with the sentence for the speaker. At most five tries in ten minutes per host. */
  attempt(speaker: Speaker, network: string, word: string): Promise<string>
  /** Forgets a session that ended or changed its name; nick `*` means every session of the network. */
  end(session: { network: string; nick: string }): void
  /** Forgets every session, also those whose word is being checked: the words they came with count no more. */
  endAll(): void
}

const triesPerWindow = 5
const windowMs = 10 * 60_000

/**
 * Keeps who has logged in, in memory only: while the bridge is down somebody else may take the nick, and nobody would have seen it.
 */
export function createLogins(parts: {
  /** The person whose word this is, or null. */
  verify: (word: string) => Promise<string | null>
  /** Whether the nick is in a room that we hear, so that we notice when its session ends. */
  isSeen: (network: string, nick: string) => boolean
  fold: (network: string, name: string) => string
  clock: Clock
}): Logins {
  const { verify, isSeen, fold, clock } = parts
  const sessions = new Map<string, Login>()
  const tries = new Map<string, number[]>()
  let round = 0
  const keyOf = (network: string, nick: string) => `${network} ${fold(network, nick)}`

  return {
    personOf(network, speaker) {
      const login = sessions.get(keyOf(network, speaker.nick))
      return login !== undefined && login.host === speaker.host ? login.person : null
    },
    async attempt(speaker, network, word) {
      const now = clock.monotonic()
      const from = `${network} ${speaker.host}`
      for (const [host, times] of tries) if (times.every((at) => now - at >= windowMs)) tries.delete(host)
      const recent = (tries.get(from) ?? []).filter((at) => now - at < windowMs)
      if (recent.length >= triesPerWindow) return 'Too many tries. Wait ten minutes, then try again.'
      tries.set(from, [...recent, now])
      // Rights that we could not see end would belong to whoever takes the nick next.
      if (!isSeen(network, speaker.nick)) return 'Join a room where I am first: I have to see when you leave.'
      const begun = round
      const person = await verify(word)
      if (person === null)
        return 'That word is not right. It was printed at the first start; "breakroom people login" makes a new one.'
      // Hashing takes a moment, in which the session may have ended.
      if (!isSeen(network, speaker.nick)) return 'You left before I was done. Try again.'
      if (begun !== round) return 'The word was changed meanwhile. Try again.'
      sessions.set(keyOf(network, speaker.nick), { person, host: speaker.host })
      tries.delete(from)
      return `You have the rights of ${person} here until you leave or change your nick.`
    },
    end({ network, nick }) {
      const ended =
        nick === '*' ? [...sessions.keys()].filter((key) => key.startsWith(`${network} `)) : [keyOf(network, nick)]
      for (const key of ended) sessions.delete(key)
    },
    endAll() {
      round += 1
      sessions.clear()
    },
  }
}
