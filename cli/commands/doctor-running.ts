import { connect } from 'node:net'
import { z } from 'zod'
import { inspectRedis, type RedisFacts } from '../../adapters/servers/redis-server.ts'
import { isOlder } from '../../adapters/servers/versions.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Finding } from '../finding.ts'
import { askHouse } from '../house-bus.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'

/** Redis before this has a use-after-free in blocking commands (CVE-2026-23479), for whoever can reach it and has its password. */
export const redisFloor = '8.6.3'

/** What there is to say of the fleet that runs in this home, or is said to. */
export async function checkRunning(settings: Settings): Promise<Finding[]> {
  const ready = readReady(settings.home)
  if (ready === null && settings.natsUrl === null) {
    return [{ check: 'fleet', state: 'ok', found: 'not running; npm start' }]
  }
  const redis = settings.redisUrl ?? ready?.redis
  const isOurs = settings.redisUrl === null && ready?.pids.redis !== undefined
  const checks = [ready?.irc ? checkIrc(ready.irc) : [], redis ? checkRedis(redis, isOurs) : [], checkDesk(settings)]
  return (await Promise.all(checks)).flat()
}

async function checkIrc({ host, port, room }: { host: string; port: number; room: string }): Promise<Finding> {
  const check = 'irc'
  const found = `${room} on ${host}:${port}`
  if (await accepts(host, port)) return { check, state: 'ok', found }
  return { check, state: 'failure', found: `${found} does not answer`, fix: 'npm start' }
}

async function checkRedis(url: string, isOurs: boolean): Promise<Finding> {
  const check = 'redis'
  try {
    return judgeRedis(await inspectRedis(url), isOurs)
  } catch (error) {
    const fix = 'presence comes from heartbeats until it is back'
    return { check, state: 'warning', found: sentenceOf(error), fix }
  }
}

/** What to say of a Redis that answers; ours is on loopback, another one may be reached by others. */
export function judgeRedis({ version, policy }: RedisFacts, isOurs: boolean): Finding {
  const check = 'redis'
  if (policy !== 'noeviction') {
    return { check, state: 'failure', found: `evicts (${policy})`, fix: 'set maxmemory-policy noeviction' }
  }
  const found = `${version} answers, evicts nothing`
  if (isOurs || !isOlder(version, redisFloor)) return { check, state: 'ok', found }
  return { check, state: 'warning', found, fix: `others may reach it: run ${redisFloor} or newer there` }
}

async function checkDesk(settings: Settings): Promise<Finding[]> {
  const check = 'fleet'
  try {
    const answer = await askHouse(settings, 'desk', 'status', {})
    const { troubles } = z.looseObject({ troubles: z.array(z.string()) }).parse(answer)
    if (troubles.length === 0) return [{ check, state: 'ok', found: 'all parts answer' }]
    return troubles.map((found) => ({ check, state: 'warning', found }))
  } catch (error) {
    if (isBreakroomError(error) && error.detail.silent) {
      return [{ check, state: 'failure', found: 'the desk does not run', fix: 'breakroom run desk, or npm start' }]
    }
    const where = settings.natsUrl === null ? `see ${settings.home}/logs` : 'see what BREAKROOM_NATS_URL names'
    return [{ check, state: 'failure', found: sentenceOf(error), fix: where }]
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
