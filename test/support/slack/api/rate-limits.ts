import type { SleepingClock } from '../../virtual-clock.ts'
import type { Json } from '../message.ts'

const tierPerMinute = { 2: 20, 3: 50, 4: 100 }
const tiers: Record<string, 2 | 3 | 4> = {
  // Documented as Tier 1, "1+ per minute"; real apps open several sockets at once without being refused.
  'apps.connections.open': 2,
  'apps.manifest.create': 2,
  'apps.manifest.validate': 3,
  'bots.info': 3,
  'chat.delete': 3,
  'chat.postEphemeral': 4,
  'chat.update': 3,
  'conversations.history': 3,
  'conversations.info': 3,
  'conversations.join': 3,
  'conversations.list': 2,
  'conversations.members': 4,
  'conversations.open': 3,
  'conversations.replies': 3,
  'files.completeUploadExternal': 4,
  'files.getUploadURLExternal': 4,
  'files.info': 4,
  'reactions.add': 3,
  'reactions.remove': 2,
  'users.conversations': 3,
  'users.info': 4,
  'users.list': 2,
  'users.lookupByEmail': 3,
  'views.open': 4,
  'views.publish': 4,
  'views.push': 4,
  'views.update': 4,
}
const postBurst = 3

/**
 * Follows docs.slack.dev "Rate limits": a number of calls in a minute per token and method, by tier; `chat.postMessage` is
 * one a second in a channel with short bursts, which this fake takes to be three.
 */
export interface RateLimits {
  /** Counts a call; the seconds to wait when it is one too many, else null. */
  exceeded(token: string, method: string, args: Json): number | null
}

export function createRateLimits(clock: SleepingClock): RateLimits {
  const calls = new Map<string, number[]>()
  const posts = new Map<string, { left: number; at: number }>()

  function minute(key: string, most: number): number | null {
    const now = clock.monotonic()
    const recent = (calls.get(key) ?? []).filter((at) => now - at < 60_000)
    calls.set(key, recent)
    const oldest = recent[0]
    if (recent.length >= most && oldest !== undefined) return Math.max(1, Math.ceil((oldest + 60_000 - now) / 1000))
    recent.push(now)
    return null
  }

  function post(key: string): number | null {
    const now = clock.monotonic()
    const bucket = posts.get(key) ?? { left: postBurst, at: now }
    const left = Math.min(postBurst, bucket.left + (now - bucket.at) / 1000)
    posts.set(key, { left: left >= 1 ? left - 1 : left, at: now })
    return left >= 1 ? null : 1
  }

  return {
    exceeded(token, method, args) {
      if (method === 'chat.postMessage') return post(`${token} ${String(args.channel)}`)
      const tier = tiers[method]
      return tier === undefined ? null : minute(`${token} ${method}`, tierPerMinute[tier])
    },
  }
}
