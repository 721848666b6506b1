import { isKeyRefused } from '../adapters/nats/errors.ts'
import { createNats } from '../adapters/nats/nats.ts'
import { createPinoLog } from '../adapters/process/pino-log.ts'
import { silentMetrics } from '../adapters/process/silent-metrics.ts'
import { busSeed } from '../adapters/servers/nats-server.ts'
import { BreakroomError, isBreakroomError } from '../core/errors.ts'
import { type OrgSubjects, orgSubjects } from '../core/subject.ts'
import type { Bus } from '../ports/bus.ts'
import { loadFleetAlone } from './configuration.ts'
import { readReady } from './ready-file.ts'
import type { Settings } from './settings.ts'

const answerWithinMs = 3_000

/** Asks a part of the fleet that runs in this home. Rejects as `inHouse` does, and with whatever the part answers. */
export function askHouse(
  settings: Settings,
  part: string,
  verb: string,
  data: unknown,
  withinMs = answerWithinMs,
): Promise<unknown> {
  return inHouse(settings, part, (bus, subjects) => bus.request(subjects.service(part, verb), data, withinMs))
}

/**
 * Works on the bus of the fleet that runs in this home, as the command line's own user. Rejects with `unavailable` when nothing
 * runs or answers (`detail.silent` is `what` when only that does not), `denied` when the bus does not know this home's key.
 */
export async function inHouse<T>(
  settings: Settings,
  what: string,
  work: (bus: Bus, subjects: OrgSubjects) => Promise<T>,
): Promise<T> {
  const { home } = settings
  const ready = readReady(home)
  const url = settings.natsUrl ?? ready?.nats
  if (url === undefined) {
    throw new BreakroomError('unavailable', `No fleet runs in ${home}. Start it with "npm start".`)
  }
  // The fleet that runs knows its name, whatever has become of the files.
  const org = ready?.org ?? loadFleetAlone(settings.folder).org
  const { bus } = createNats({
    servers: [url],
    seed: busSeed(home, 'cli'),
    user: 'cli',
    // The command says itself what went wrong.
    log: createPinoLog(null, 'silent'),
    metrics: silentMetrics,
  })
  try {
    return await work(bus, orgSubjects(org))
  } catch (error) {
    throw explained(error, { what, url, home, connected: bus.connected })
  } finally {
    await bus.close()
  }
}

function explained(error: unknown, at: { what: string; url: string; home: string; connected: boolean }): unknown {
  if (!isBreakroomError(error, 'unavailable')) return error
  const { what, home, connected } = at
  const { cause } = error
  const bus = addressOf(at.url)
  if (isKeyRefused(cause)) {
    const fix = 'Use the home of the fleet that runs there: BREAKROOM_HOME=<folder>'
    return new BreakroomError('denied', `The bus at ${bus} does not take the key of ${home}. ${fix}`, { cause })
  }
  if (!connected) return new BreakroomError('unavailable', `Nothing answers at ${bus}.`, { cause })
  // Without a cause it is the part's own answer.
  if (cause === undefined) return error
  const message = `The ${what} does not answer. See "breakroom doctor".`
  return new BreakroomError('unavailable', message, { cause, detail: { silent: what } })
}

/** Without a password that may stand in it. */
function addressOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
