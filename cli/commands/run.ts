import { provision } from '../../adapters/nats/provision.ts'
import { createPinoLog } from '../../adapters/process/pino-log.ts'
import { createPrometheusMetrics } from '../../adapters/prometheus/metrics.ts'
import { setUpErgo } from '../../adapters/servers/ergo.ts'
import { evidenceKey } from '../../adapters/servers/evidence-key.ts'
import { firstFounderWords } from '../../adapters/servers/founder-login.ts'
import { holdPart } from '../../adapters/servers/home-lock.ts'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { prepareHome } from '../../adapters/servers/prepare-home.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { startBots } from '../../bots/main.ts'
import { closest } from '../../core/closest.ts'
import { BreakroomError } from '../../core/errors.ts'
import { embeddedNetwork } from '../../core/fleet.ts'
import { startGateway, startLoneGateway } from '../../gateway/main.ts'
import type { RunningPart } from '../../ports/part.ts'
import { aborted } from '../aborted.ts'
import { type Configuration, ergoMembers, roleNames } from '../configuration.ts'
import { partStarters, stopParts } from '../fleet-process.ts'
import { guardProcess } from '../guard-process.ts'
import type { Output } from '../output.ts'
import { createPartContext, type Endpoints, stampKey } from '../part-context.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'
import { runServers } from './servers.ts'

const readyWithinMs = 60_000
/** Several processes share the seats, and one of several serves tasks, keeps the memory, or sweeps, while the others stand by; of everything else there is one. */
const many: readonly string[] = ['bots', 'tasks', 'state', 'sweep'] satisfies (keyof typeof partStarters)[]
/** What can run alone: the servers, one-shot preparations, and each part. */
const runnable = ['servers', 'init', 'provision', 'gateway', ...Object.keys(partStarters)]

/**
 * Runs one part alone, in the foreground, until `stop` aborts; the same code as in `up`, a container each. Servers are where the
 * environment says, else where `ready.json` of the home says.
 */
export async function run(
  settings: Settings,
  output: Output,
  stop: AbortSignal,
  { part, role }: { part: string | undefined; role: string | undefined },
): Promise<void> {
  if (part === undefined) throw new BreakroomError('usage', `run takes a part: ${runnable.join(', ')}.`)
  if (!runnable.includes(part)) throw unknownPart(part)
  if (role !== undefined && part !== 'bots') {
    throw new BreakroomError('usage', `run ${part} takes no --role. Did you mean "breakroom run bots --role ${role}"?`)
  }
  if (part === 'servers') return runServers(settings, output, stop)
  const config = loadFleet(settings.folder)
  if (part === 'init') return init(settings, config, output)
  const { fleet, roles } = config
  if (role !== undefined && !roles.some(({ name }) => name === role)) {
    throw new BreakroomError('usage', `There is no role ${role}. Roles: ${roles.map(({ name }) => name).join(', ')}.`)
  }
  const endpoints = findEndpoints(settings)
  const log = createPinoLog(null)
  const metrics = createPrometheusMetrics()
  if (part === 'provision') {
    const admin = { servers: [endpoints.natsUrl], seed: busSeed(settings.home, 'admin'), user: 'admin', log, metrics }
    const taskLeaseMs = fleet.limits.task_lease_seconds * 1_000
    await provision(admin, { org: fleet.org, roles: roleNames(config), taskLeaseMs }, readyWithinMs)
    if (embeddedNetwork(fleet) !== null) {
      await setUpErgo(settings.home, ergoMembers(config), endpoints.irc)
    }
    return output.result('The bus and the rooms are ready for the parts.', { ready: true })
  }
  using _lock = holdPart(settings.home, part, { many: many.includes(part) })
  const context = createPartContext(settings, config, endpoints, log, metrics)
  guardProcess(log, metrics)
  const http = { host: settings.httpHost, port: settings.httpPort, metrics }
  const parts: RunningPart[] = []
  try {
    if (part === 'gateway') parts.push(await startLoneGateway(context, http))
    else {
      parts.push(
        await (part === 'bots' ? startBots(context, role) : partStarters[part as keyof typeof partStarters](context)),
      )
      // Alone, a part shows its health only where it is told to: several of them share a machine in development.
      if (settings.env.BREAKROOM_HTTP_PORT) parts.push(await startGateway({ ...http, parts: () => parts }))
    }
    await Promise.race([Promise.all(parts.map((running) => running.ready(readyWithinMs))), aborted(stop)])
    if (!stop.aborted) output.result(`${part} is up.`, { ready: true, part })
    await aborted(stop)
  } finally {
    await stopParts(parts)
  }
}

/** Writes keys and server configurations into a home that services of their own will read. */
async function init(settings: Settings, config: Configuration, output: Output): Promise<void> {
  const { home, env, clone } = settings
  await prepareHome({
    home,
    env,
    clone,
    roles: roleNames(config),
    ...ergoMembers(config),
    bind: env.BREAKROOM_BIND || '0.0.0.0',
    folder: env.BREAKROOM_SERVED_HOME || home,
  })
  stampKey(home)
  evidenceKey(home)
  const words = await firstFounderWords(home)
  const shown = words === null ? '' : `\nThe founder's word, shown this once: ${words}`
  output.result(`Keys and configurations are in ${home}.${shown}`, { home, founder_word: words })
}

function findEndpoints({ home, natsUrl, redisUrl, ircHost, ircPort, env }: Settings): Endpoints {
  const ready = readReady(home)
  const nats = natsUrl ?? ready?.nats
  if (nats === undefined) {
    const fix = 'Start the servers with "breakroom run servers", or set BREAKROOM_NATS_URL.'
    throw new BreakroomError('unavailable', `Nothing runs in ${home} and no bus is named. ${fix}`)
  }
  // Port 0 is any: which one it became only ready.json knows.
  const named = (env.BREAKROOM_IRC_PORT && ircPort > 0) || env.BREAKROOM_IRC_HOST
  const irc = named ? null : ready?.irc
  return {
    natsUrl: nats,
    redisUrl: redisUrl ?? ready?.redis ?? null,
    irc: irc ?? { host: ircHost, port: ircPort },
  }
}

function unknownPart(part: string): BreakroomError {
  const near = closest(part, runnable)
  const hint = near === null ? `Parts: ${runnable.join(', ')}.` : `Did you mean ${near}?`
  return new BreakroomError('usage', `There is no part "${part}". ${hint}`)
}
