/** One of our connections, as far as telling whose line it is goes. */
interface Own {
  readonly nick: string
  readonly host: string | null
  readonly open: boolean
}

/**
 * Which nicks on the network are ours at this moment of the ear's stream. A connection is forgotten when the ear sees it leave,
 * not when its socket closes: its last lines may still be on their way to the ear.
 */
export interface OwnSessions {
  /** A connection is registered, or has a new nick. */
  claim(own: Own): void
  isOurs(nick: string, host: string): boolean
  /** The ear saw somebody quit. */
  quit(nick: string): void
  /** The ear saw a nick change. */
  renamed(from: string, to: string): void
  /** The ear has rejoined, or does not see a connection that ended: whatever is closed is not ours any more. */
  prune(): void
}

/** Nothing is ours until it is claimed. `fold` is asked each time, since a server tells its case mapping late. */
export function createOwnSessions(fold: (name: string) => string): OwnSessions {
  const claims = new Map<string, Own[]>()

  const drop = (nick: string, own: Own | undefined) => {
    const key = fold(nick)
    const left = (claims.get(key) ?? []).filter((other) => other !== own)
    if (left.length === 0) claims.delete(key)
    else claims.set(key, left)
  }
  const add = (nick: string, own: Own) => {
    const owners = claims.get(fold(nick)) ?? []
    if (!owners.includes(own)) claims.set(fold(nick), [...owners, own])
  }
  /** The oldest claim is the one that is leaving: a new connection takes the nick only after it. */
  const oldest = (nick: string) => claims.get(fold(nick))?.[0]

  return {
    claim: (own) => add(own.nick, own),
    isOurs(nick, host) {
      const owners = claims.get(fold(nick))
      if (owners === undefined) return false
      return owners.some((own) => own.host === null || host === '' || own.host === host)
    },
    quit: (nick) => drop(nick, oldest(nick)),
    renamed(from, to) {
      const own = oldest(from)
      if (own === undefined) return
      drop(from, own)
      add(to, own)
    },
    prune() {
      for (const [key, owners] of claims) {
        const open = owners.filter((own) => own.open)
        if (open.length === 0) claims.delete(key)
        else claims.set(key, open)
      }
    },
  }
}
