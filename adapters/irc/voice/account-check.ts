import type { IrcLine } from '../wire/line.ts'

/** Asks the server who a nick is logged in as, before something private is said to it. */
export interface AccountCheck {
  /** The account, null when logged out, undefined when nobody has the nick or the connection ended. */
  accountOf(nick: string): Promise<string | null | undefined>
  /** A line that may belong to an answer. */
  onLine(line: IrcLine): void
  /** The nick may have changed hands: what we knew is void. `*` for all. */
  forget(nick: string): void
  /** The connection ended. */
  end(): void
}

/** `remembers` says whether we would be told when a nick changes hands; else it is asked each time. */
export function createAccountCheck(options: {
  fold(name: string): string
  send(line: string): void
  remembers(nick: string): boolean
}): AccountCheck {
  const { fold, send } = options
  const known = new Map<string, string | null>()
  const asked = new Map<
    string,
    {
      account: string | null
      here: boolean
      promise: Promise<string | null | undefined>
      done(account: string | null | undefined): void
    }
  >()

  return {
    accountOf(nick) {
      const key = fold(nick)
      const account = known.get(key)
      if (account !== undefined) return Promise.resolve(account)
      const before = asked.get(key)
      if (before !== undefined) return before.promise
      const { promise, resolve } = Promise.withResolvers<string | null | undefined>()
      asked.set(key, { account: null, here: false, promise, done: resolve })
      send(`WHOIS ${nick}`)
      return promise
    },
    onLine(line) {
      const key = fold(line.params[1] ?? '')
      const whois = asked.get(key)
      if (whois === undefined) return
      if (line.command === '311') whois.here = true
      else if (line.command === '330') whois.account = line.params[2] ?? null
      else if (line.command === '318') {
        asked.delete(key)
        if (whois.here && options.remembers(key)) known.set(key, whois.account)
        whois.done(whois.here ? whois.account : undefined)
      }
    },
    forget(nick) {
      if (nick === '*') known.clear()
      else known.delete(fold(nick))
    },
    end() {
      for (const whois of asked.values()) whois.done(undefined)
      asked.clear()
      known.clear()
    },
  }
}
