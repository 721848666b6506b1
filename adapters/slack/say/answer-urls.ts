/** Addresses that Slack gave for answers to one person, for their eyes only. */
export interface AnswerUrls {
  remember(user: string, room: string, url: string, at: Date): void
  /** The newest one that is still good, counted as used; null when there is none. */
  take(user: string, room: string): string | null
  /** Slack does not take it any more. */
  forget(url: string): void
}

/** Slack takes five answers within thirty minutes; the last one might come too late on its way. */
const mostUses = 5
const lifeMs = 29 * 60_000
/** Of one person in one room. */
const mostKept = 10

export function createAnswerUrls(now: () => Date): AnswerUrls {
  const kept = new Map<string, { url: string; at: number; left: number }[]>()

  /** Drops what is no longer good, everywhere, so that nothing is kept for people who never come back. */
  function tidy(): void {
    const oldest = now().getTime() - lifeMs
    for (const [key, urls] of kept) {
      const good = urls.filter(({ at, left }) => left > 0 && at > oldest)
      if (good.length === 0) kept.delete(key)
      else kept.set(key, good)
    }
  }

  return {
    remember(user, room, url, at) {
      tidy()
      const key = `${user} ${room}`
      const known = kept.get(key) ?? []
      const all = [...known, { url, at: at.getTime(), left: mostUses }].sort((a, b) => b.at - a.at)
      kept.set(key, all.slice(0, mostKept))
    },
    take(user, room) {
      tidy()
      const newest = kept.get(`${user} ${room}`)?.[0]
      if (newest === undefined) return null
      newest.left--
      return newest.url
    },
    forget(url) {
      for (const urls of kept.values()) for (const known of urls) if (known.url === url) known.left = 0
    },
  }
}
