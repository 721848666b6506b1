import { join } from 'node:path'
import { createPinoLog } from '../../adapters/process/pino-log.ts'
import { createPrometheusMetrics } from '../../adapters/prometheus/metrics.ts'
import { createFounderLogin } from '../../adapters/servers/founder-login.ts'
import { holdHome } from '../../adapters/servers/home-lock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { Fleet } from '../../core/fleet.ts'
import { startGateway } from '../../gateway/main.ts'
import type { RunningPart } from '../../ports/part.ts'
import { type PartName, partStarters, startParts, stopParts } from '../fleet-process.ts'
import { guardProcess } from '../guard-process.ts'
import type { Output } from '../output.ts'
import { createPartContext } from '../part-context.ts'
import { removeReady, writeReady } from '../ready-file.ts'
import { startServers } from '../servers.ts'
import type { Settings } from '../settings.ts'

const readyWithinMs = 20_000

/**
 * Runs the fleet in the foreground: its servers, its parts, its gateway. Resolves after `stop` aborts and everything it started has
 * ended; the data stay. `only` leaves the parts out: servers for parts that run on their own.
 */
export async function up(settings: Settings, output: Output, stop: AbortSignal, only?: 'servers'): Promise<void> {
  const config = loadFleet(settings.folder)
  using _lock = holdHome(settings.home)
  const log = createPinoLog(join(settings.home, 'logs/breakroom.log'))
  const founder = await createFounderLogin(settings.home)
  const metrics = createPrometheusMetrics()
  let parts: RunningPart[] = []
  const gateway =
    only === 'servers'
      ? null
      : await startGateway({ host: '127.0.0.1', port: settings.httpPort, metrics, parts: () => parts })
  const servers = await startServers(settings, config, log).catch(async (error) => {
    await gateway?.stop()
    throw error
  })
  try {
    const context = createPartContext(settings, config, servers.endpoints, log, metrics)
    guardProcess(log, metrics)
    parts = await startParts(context, only === 'servers' ? [] : (Object.keys(partStarters) as PartName[]))
    await Promise.race([Promise.all(parts.map((part) => part.ready(readyWithinMs))), aborted(stop)])
    if (!stop.aborted) {
      const { irc, natsUrl, redisUrl } = servers.endpoints
      const room = embeddedRoom(config.fleet)
      const http = gateway === null ? null : `http://127.0.0.1:${gateway.port}`
      writeReady(settings.home, {
        irc: room === null ? null : { ...irc, room },
        http,
        nats: natsUrl,
        redis: redisUrl,
        pids: { breakroom: process.pid, ...servers.pids() },
      })
      output.result(welcome({ roles: config.roles.length, irc, room, http, word: founder.printedOnce, only }), {
        ready: true,
        home: settings.home,
      })
    }
    await aborted(stop)
    output.talk('Stopping; everything said is kept.')
  } finally {
    removeReady(settings.home)
    await stopParts(parts)
    await gateway?.stop()
    await servers.stop()
  }
}

function welcome(facts: {
  roles: number
  irc: { host: string; port: number }
  room: string | null
  http: string | null
  word: string | null
  only: string | undefined
}): string {
  const { roles, irc, room, http, word, only } = facts
  if (only === 'servers')
    return 'The servers are up. Start parts with "breakroom run <part>". Ctrl-C stops the servers.'
  const rows = [
    [
      'Join',
      room === null
        ? 'the networks in breakroom.yaml'
        : `${room} on ${irc.host} port ${irc.port}, with any IRC client, no TLS`,
    ],
    ['Say', 'cto: ping'],
    ['Help', '!help'],
    ...(word === null
      ? []
      : [['Founder', `/msg breakroom !login ${word}   (shown this once; it gives you founder's rights)`]]),
    ['Health', `${http}/healthz`],
    ['Stop', 'Ctrl-C; what was said is kept'],
  ]
  return [
    `Breakroom is up: ${roles} roles are in the room.`,
    '',
    ...rows.map(([k, v]) => `  ${k?.padEnd(9)}${v}`),
  ].join('\n')
}

function embeddedRoom(fleet: Fleet): string | null {
  const embedded = fleet.platforms.find((platform) => platform.embedded)
  return (embedded && Object.values(embedded.rooms)[0]) ?? null
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}
