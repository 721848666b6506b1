import { join } from 'node:path'
import { createPinoLog } from '../../adapters/process/pino-log.ts'
import { createPrometheusMetrics } from '../../adapters/prometheus/metrics.ts'
import { firstFounderWords } from '../../adapters/servers/founder-login.ts'
import { holdHome, holdPart } from '../../adapters/servers/home-lock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { sentenceOf } from '../../core/errors.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import type { RunningPart } from '../../ports/part.ts'
import { aborted } from '../aborted.ts'
import { announce } from '../announce.ts'
import type { Configuration } from '../configuration.ts'
import { type PartName, partStarters, startParts, stopParts } from '../fleet-process.ts'
import { guardProcess } from '../guard-process.ts'
import type { Output } from '../output.ts'
import { createPartContext, type Endpoints } from '../part-context.ts'
import { noteQuietEnd } from '../quiet-end.ts'
import { markReady, removeReady } from '../ready-file.ts'
import { startServers } from '../servers.ts'
import type { Settings } from '../settings.ts'
import { stopsInForce, stopsSentence } from '../stops-in-force.ts'
import { watchConfiguration } from '../watch-configuration.ts'
import { welcome } from '../welcome.ts'

const readyWithinMs = 20_000
const allParts = Object.keys(partStarters) as PartName[]

/**
 * Runs the fleet in the foreground: its servers, its parts, its gateway. Resolves after `stop` aborts and everything it started has
 * ended; the data stay. Changed files are taken up as they are saved; broken ones change nothing.
 */
export async function up(settings: Settings, output: Output, stop: AbortSignal): Promise<void> {
  const first = loadFleet(settings.folder)
  using locks = new DisposableStack()
  locks.use(holdHome(settings.home))
  for (const part of allParts) locks.use(holdPart(settings.home, part))
  const log = createPinoLog(join(settings.home, 'logs/breakroom.log'))
  const metrics = createPrometheusMetrics()
  let parts: RunningPart[] = []
  /** Whether everything that was said on the embedded network was heard to its end. */
  let quiet = false
  const gateway = await startGateway({ host: settings.httpHost, port: settings.httpPort, metrics, parts: () => parts })
  const servers = await startServers(settings, first, log).catch(async (error) => {
    await gateway.stop()
    throw error
  })
  guardProcess(log, metrics)
  try {
    parts = await start(first, servers.endpoints)
    if (!stop.aborted) {
      const tellPrograms = () => markReady(settings, first, servers, httpOf(gateway))
      tellPrograms()
      servers.onRestart(tellPrograms)
      const { irc, natsUrl } = servers.endpoints
      const stopped = stopsSentence(await stopsInForce(settings.home, natsUrl, log))
      // Made when it can be shown: a start that fails must not use it up.
      const word = await firstFounderWords(settings.home)
      const text = welcome({ configuration: first, irc, http: httpOf(gateway), word, stopped })
      output.result(text, { ready: true, home: settings.home })
    }
    watchConfiguration(settings.folder, first, stop, { onChange: takeUp, onBroken: refuse })
    await aborted(stop)
    quiet = parts.every((part) => part.troubles().length === 0)
    output.talk('Stopping; everything said is kept.')
  } finally {
    removeReady(settings.home)
    await servers.stopRooms()
    await stopParts(parts)
    if (quiet) noteQuietEnd(settings.home)
    await gateway.stop()
    await servers.stop()
  }

  async function start(configuration: Configuration, endpoints: Endpoints): Promise<RunningPart[]> {
    const context = createPartContext(settings, configuration, endpoints, log, metrics)
    const started = await startParts(context, allParts)
    await Promise.race([Promise.all(started.map((part) => part.ready(readyWithinMs))), aborted(stop)])
    return started
  }

  /** Lines that come meanwhile wait in the record and in the network's history. */
  async function takeUp(next: Configuration): Promise<void> {
    output.talk(`The configuration changed: ${next.roles.length} roles. Taking it up.`)
    try {
      await servers.fit(next)
      const old = parts
      parts = []
      await stopParts(old)
      // The network went on while the parts did not.
      const { irc, ...others } = servers.endpoints
      parts = await start(next, { ...others, irc: { host: irc.host, port: irc.port } })
      output.talk('The new configuration is in force.')
    } catch (error) {
      log.error({ cause: sentenceOf(error) }, 'a new configuration could not be taken up')
      output.talk(`It could not be taken up: ${sentenceOf(error)} Start again once it is mended.`)
    }
  }

  async function refuse(error: unknown): Promise<void> {
    const text = `${sentenceOf(error)} The fleet goes on as it was.`
    output.talk(text)
    await announce(settings, first, `configuration:${sentenceOf(error)}`, text).catch((cause) =>
      log.warn({ cause: sentenceOf(cause) }, 'the room could not be told'),
    )
  }
}

function httpOf({ port }: Gateway): string {
  return `http://127.0.0.1:${port}`
}
