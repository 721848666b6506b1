/** Who is in which room, as the ear sees it. Names are folded inside. */
export interface Members {
  joined(channel: string, nick: string): void
  /** True when the nick is now in no room that we see. */
  left(channel: string, nick: string): boolean
  /** We are not in the room, or new in it: whom we knew there we do not know any more. */
  forgetRoom(channel: string): void
  quit(nick: string): void
  renamed(from: string, to: string): void
  has(channel: string, nick: string): boolean
  /** True when the nick is in any room that we see. */
  anywhere(nick: string): boolean
  clear(): void
}

/** Knows nobody at first. `fold` is asked each time, since a server tells its case mapping late. */
export function createMembers(fold: (name: string) => string): Members {
  const rooms = new Map<string, Set<string>>()
  const room = (channel: string) => {
    const known = rooms.get(fold(channel)) ?? new Set<string>()
    rooms.set(fold(channel), known)
    return known
  }
  const anywhere = (nick: string) => [...rooms.values()].some((nicks) => nicks.has(fold(nick)))

  return {
    joined: (channel, nick) => void room(channel).add(fold(nick)),
    left(channel, nick) {
      room(channel).delete(fold(nick))
      return !anywhere(nick)
    },
    forgetRoom: (channel) => void rooms.delete(fold(channel)),
    quit(nick) {
      for (const nicks of rooms.values()) nicks.delete(fold(nick))
    },
    renamed(from, to) {
      for (const nicks of rooms.values()) if (nicks.delete(fold(from))) nicks.add(fold(to))
    },
    has: (channel, nick) => rooms.get(fold(channel))?.has(fold(nick)) ?? false,
    anywhere,
    clear: () => rooms.clear(),
  }
}
