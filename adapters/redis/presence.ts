import { Redis } from 'ioredis'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { heartbeatSchema, presenceTtlMs } from '../../core/heartbeat.ts'
import type { Presence } from '../../ports/presence.ts'

/**
 * Presence that the processes of a fleet share: each role's last heartbeat under `<org>:presence:<role>` until it expires.
 * Connects at the first use and for ever after; while Redis is away every call rejects with `unavailable` at once, because
 * an old heartbeat is worth nothing.
 */
export function createRedisPresence({ url, org }: { url: string; org: string }): Presence {
  const prefix = `${org}:presence:`
  let first: Promise<void> | undefined
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: (times) => Math.min(50 * times, 500) * (1 + Math.random() / 2),
  })
  // Each call that fails says so itself; without a listener the library writes to the console.
  redis.on('error', () => {})

  async function call<T>(name: string, ...args: (string | number)[]): Promise<T> {
    try {
      first ??= redis.connect().catch(() => {})
      await first
      return (await redis.call(name, ...args)) as T
    } catch (cause) {
      throw new BreakroomError('unavailable', `Presence in Redis is away: ${sentenceOf(cause)}`, { cause })
    }
  }

  async function keys(): Promise<string[]> {
    const found = new Set<string>()
    let cursor = '0'
    do {
      const [next, page] = await call<[string, string[]]>('SCAN', cursor, 'MATCH', `${asGlob(prefix)}*`, 'COUNT', 500)
      for (const key of page) found.add(key)
      cursor = next
    } while (cursor !== '0')
    return [...found]
  }

  return {
    async record(heartbeat) {
      const value = JSON.stringify(heartbeat)
      await call('EVAL', recordHeartbeat, 1, prefix + heartbeat.role, heartbeat.epoch, value, presenceTtlMs)
    },
    async remove(role, epoch) {
      await call('EVAL', removeHeartbeat, 1, prefix + role, epoch)
    },
    async list() {
      const present = await keys()
      const values = present.length === 0 ? [] : await call<(string | null)[]>('MGET', ...present)
      return values.flatMap(readHeartbeat)
    },
    async close() {
      redis.disconnect()
    },
  }
}

/** A lower epoch is a zombie's: what it says is ignored. */
const recordHeartbeat = `
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before).epoch > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

const removeHeartbeat = `
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before).epoch <= tonumber(ARGV[1]) then redis.call('DEL', KEYS[1]) end
return 1`

/** What expired since its key was listed is null; what somebody else put there is not a heartbeat. */
function readHeartbeat(value: string | null) {
  try {
    const parsed = heartbeatSchema.safeParse(JSON.parse(value ?? 'null'))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}

function asGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&')
}
