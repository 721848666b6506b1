import type { Fleet } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Sleep } from '../../ports/sleep.ts'

/** What a part is given to start with: the configuration, where the servers are, and the secrets it may use. */
export interface PartContext {
  fleet: Fleet
  roles: Role[]
  natsUrl: string
  /** Null when presence is kept in memory only. */
  redisUrl: string | null
  /**
   * Where the embedded network listens. `quietUntil`: it was down for as long as we were, until then, so nothing was said
   * there that we did not hear.
   */
  embeddedIrc: { host: string; port: number; quietUntil?: Date }
  /** Where Slack's Web API is; ends in `/`. */
  slackApiUrl: string
  /** Nkey seed of a bus user (`bridge`, `role-cto`), or null on a bus without users. */
  seed(user: string): string | null
  /** SASL account of a role or the desk on the embedded network. */
  ircAccount(name: string): { name: string; password: string } | null
  /** Secrets named by environment variables in breakroom.yaml. */
  secret(variable: string): string | undefined
  /** Key of the stamps on our own lines. */
  stampKey: string
  /** Key with which runs of checks are signed, in PEM. The private one is for the task service alone. */
  evidenceKey: { private: string; public: string }
  spoolFolder: string
  /** Where it is remembered how programs ended. */
  runFolder: string
  /** Where the task store lives. */
  taskFolder: string
  /** Where the index of the corpus lives, and clones of its repositories. */
  knowledgeFolder: string
  /** Where the organisation's memory lives. */
  stateFolder: string
  /** `host:port` of a Firestore emulator that is used instead of Google's own, or null. */
  firestoreEmulator: string | null
  /** The folder of breakroom.yaml; paths in it are seen from here. */
  folder: string
  /** The folder in which a role's programs run. Throws a sentence when it is not what it should be. */
  workspace(role: string): string
  /** What programs that we run get of our environment; never a secret. */
  programEnvironment: Readonly<Record<string, string>>
  /** The person whose login word this is, or null. */
  verifyLogin(word: string): Promise<string | null>
  clock: Clock
  sleep: Sleep
  random(): number
  newId(): string
  log: Log
  metrics: Metrics
}
