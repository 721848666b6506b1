import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { workspaceOf } from '../adapters/disk/workspace.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { programEnvironment } from '../adapters/process/program-environment.ts'
import { systemClock, systemSleep } from '../adapters/process/system-clock.ts'
import { ircAccounts } from '../adapters/servers/ergo.ts'
import { evidenceKey } from '../adapters/servers/evidence-key.ts'
import { areFounderWords } from '../adapters/servers/founder-login.ts'
import { keptSecret } from '../adapters/servers/kept-files.ts'
import { busSeed } from '../adapters/servers/nats-server.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import { type Configuration, founderOf } from './configuration.ts'
import type { Settings } from './settings.ts'

/** Where the servers are. */
export interface Endpoints {
  natsUrl: string
  redisUrl: string | null
  irc: PartContext['embeddedIrc']
}

/** Everything a part is given, from a home and the environment. */
export function createPartContext(
  settings: Settings,
  { fleet, roles }: Configuration,
  endpoints: Endpoints,
  log: Log,
  metrics: Metrics,
): PartContext {
  const { home, folder, env } = settings
  const nickOf = new Map(roles.map(({ name, nick }) => [name, nick]))
  const accounts = ircAccounts(home, [...nickOf.values()])
  const founderId = founderOf(fleet)?.id ?? null
  return {
    fleet,
    roles,
    natsUrl: endpoints.natsUrl,
    redisUrl: endpoints.redisUrl,
    embeddedIrc: endpoints.irc,
    slackApiUrl: settings.slackApiUrl,
    seed: (user) => busSeed(home, user),
    ircAccount(name) {
      const account = nickOf.get(name) ?? name
      const password = accounts[account]
      return password === undefined ? null : { name: account, password }
    },
    secret: (variable) => env[variable] || undefined,
    stampKey: stampKey(home),
    evidenceKey: evidenceKey(home),
    spoolFolder: join(home, 'spool'),
    runFolder: join(home, 'runs'),
    taskFolder: join(home, 'tasks'),
    knowledgeFolder: join(home, 'knowledge'),
    stateFolder: join(home, 'state'),
    firestoreEmulator: env.FIRESTORE_EMULATOR_HOST || null,
    folder,
    workspace: (role) =>
      workspaceOf({ home, folder, role, configured: roles.find(({ name }) => name === role)?.workspace }),
    programEnvironment: programEnvironment(env),
    async verifyLogin(word) {
      // Read at each try, so that a new word counts at once.
      return founderId !== null && (await areFounderWords(home, word)) ? founderId : null
    },
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    newId: randomUUID,
    log,
    metrics,
  }
}

/** The key of the stamps on our own lines, by which we know them again; made once. */
export function stampKey(home: string): string {
  return keptSecret(join(home, 'keys/stamps.key'), () => randomBytes(32).toString('base64url'))
}
