import { join } from 'node:path'
import { createPinoLog } from '../../adapters/process/pino-log.ts'
import { holdHome } from '../../adapters/servers/home-lock.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { aborted } from '../aborted.ts'
import type { Output } from '../output.ts'
import { markReady, removeReady } from '../ready-file.ts'
import { startServers } from '../servers.ts'
import type { Settings } from '../settings.ts'

/** Runs the servers of a home alone, in the foreground, for parts that run as processes of their own. */
export async function runServers(settings: Settings, output: Output, stop: AbortSignal): Promise<void> {
  const configuration = loadFleet(settings.folder)
  using _lock = holdHome(settings.home, 'servers')
  const log = createPinoLog(join(settings.home, 'logs/breakroom.log'))
  const servers = await startServers(settings, configuration, log)
  try {
    const tellPrograms = () => markReady(settings, configuration, servers, null)
    tellPrograms()
    servers.onRestart(tellPrograms)
    output.result('The servers are up; start parts with "breakroom run <part>". Ctrl-C stops the servers.', {
      ready: true,
    })
    await aborted(stop)
  } finally {
    removeReady(settings.home)
    await servers.stop()
  }
}
