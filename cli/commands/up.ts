import { join } from 'node:path'
import { createPinoLog } from '../../adapters/process/pino-log.ts'
import { createPrometheusMetrics } from '../../adapters/prometheus/metrics.ts'
import { firstFounderWords } from '../../adapters/servers/founder-login.ts'
import { holdHome, holdPart } from '../../adapters/servers/home-lock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { sentenceOf } from '../../core/errors.ts'
import { type Gateway, startGateway } from '../../gateway/main.ts'
import { aborted } from '../aborted.ts'
import { announce } from '../announce.ts'
import type { Configuration } from '../configuration.ts'
import { createDotEnv } from '../dot-env.ts'
import { guardProcess } from '../guard-process.ts'
import type { Output } from '../output.ts'
import { createPartContext } from '../part-context.ts'
import { noteQuietEnd } from '../quiet-end.ts'
import { markReady, removeReady } from '../ready-file.ts'
import { allParts, createRunningFleet, type RunningFleet } from '../running-fleet.ts'
import { startServers } from '../servers.ts'
import type { Settings } from '../settings.ts'
import { stopsInForce, stopsSentence } from '../stops-in-force.ts'
import { troublesAtStart } from '../troubles-at-start.ts'
import { watchConfiguration } from '../watch-configuration.ts'
import { welcome } from '../welcome.ts'

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
  const dotEnv = createDotEnv(settings.folder, settings.env)
  /** Whether everything that was said on the embedded network was heard to its end. */
  let quiet = false
  let fleet: RunningFleet | null = null
  const parts = () => fleet?.parts() ?? []
  const gateway = await startGateway({ host: settings.httpHost, port: settings.httpPort, metrics, parts })
  const servers = await startServers(settings, first, log).catch(async (error) => {
    await gateway.stop()
    throw error
  })
  guardProcess(log, metrics)
  try {
    fleet = createRunningFleet({ settings, first, servers, log, metrics, stopping: stop })
    await gateway.attach(createPartContext(settings, first, servers.endpoints, log, metrics))
    await fleet.start()
    if (!stop.aborted) {
      const tellPrograms = () => markReady(settings, first, servers, httpOf(gateway))
      tellPrograms()
      servers.onRestart(tellPrograms)
      const { irc, natsUrl } = servers.endpoints
      const stopped = stopsSentence(await stopsInForce(settings.home, natsUrl, log))
      const troubles = await troublesAtStart(parts, stop)
      // Made when it can be shown: a start that fails must not use it up.
      const word = await firstFounderWords(settings.home)
      const text = welcome({ configuration: first, irc, http: httpOf(gateway), word, stopped, troubles })
      output.result(text, { ready: true, home: settings.home })
    }
    watchConfiguration(settings.folder, first, stop, { onChange: takeUp, onBroken: refuse })
    await aborted(stop)
    quiet = parts().length > 0 && parts().every((part) => part.troubles().length === 0)
    output.talk('Stopping; everything said is kept.')
  } finally {
    removeReady(settings.home)
    try {
      await servers.stopRooms()
      await fleet?.stop()
      if (quiet) noteQuietEnd(settings.home)
    } finally {
      // Whatever could not let go above, nothing that we started outlives us.
      await Promise.allSettled([gateway.stop(), servers.stop()])
    }
  }

  async function takeUp(next: Configuration): Promise<boolean> {
    output.talk(`The configuration changed: ${next.roles.length} roles. Taking it up.`)
    // What it names may have been put there just before.
    dotEnv.readAgain()
    try {
      await fleet?.exchange(next)
      await gateway.attach(createPartContext(settings, next, servers.endpoints, log, metrics))
      // Who reads that tries it at once.
      const troubles = await troublesAtStart(parts, stop)
      output.talk(['The new configuration is in force.', ...troubles].join(' '))
      return true
    } catch (error) {
      log.error({ cause: sentenceOf(error) }, 'a new configuration could not be taken up')
      if (parts().length > 0) await refuse(error)
      else output.talk(`${sentenceOf(error)} No part runs any more: mend it, then start again.`)
      return false
    }
  }

  async function refuse(error: unknown): Promise<void> {
    const text = `${sentenceOf(error)} The fleet goes on as it was.`
    output.talk(text)
    await announce(settings, fleet?.configuration ?? first, `configuration:${sentenceOf(error)}`, text).catch((cause) =>
      log.warn({ cause: sentenceOf(cause) }, 'the room could not be told'),
    )
  }
}

function httpOf({ port }: Gateway): string {
  return `http://127.0.0.1:${port}`
}
