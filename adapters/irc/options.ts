import type { HeardUpTo } from '../../ports/chat.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Pace } from './wire/pace.ts'

/** A login for SASL PLAIN. */
export interface Account {
  name: string
  password: string
}

export interface IrcNetworkOptions {
  /** The network's name in the fleet. */
  name: string
  host: string
  port: number
  tls?: boolean
  serverPassword?: string
  /** The bridge's own connection: in every room, hears everything. */
  ear: { nick: string; account?: Account }
  /** One connection for each role; `rooms` are fleet rooms. */
  voices: { role: string; nick: string; rooms: string[]; account?: Account }[]
  /** Fleet room -> channel. */
  rooms: Map<string, string>
  /** Asked at the first join of a room for the end of the record; after that the adapter knows. Retried while it rejects. */
  heardUpTo: HeardUpTo
  /** Signs what we post, so that nobody can pass a line off as already posted. The same at every start. */
  stampKey: Buffer | string
  /** How fast one connection may talk; null for a server of our own, which has no limits. */
  pace: Pace | null
  clock: Clock
  /** In [0, 1). */
  random: () => number
  log: Log
  metrics: Metrics
  /** Shown to CTCP VERSION and SOURCE. */
  version?: string
  timing?: Partial<Timing>
}

/** All waits, in milliseconds. */
export interface Timing {
  /** Until a socket is open. */
  connect: number
  /** Until the server has let us in. */
  register: number
  /** Silence after which we ask whether the server is there. */
  pingAfter: number
  /** Silence after that question which ends the connection. */
  pingTimeout: number
  /** First wait before connecting again; doubles up to `retryCap`. */
  retryBase: number
  retryCap: number
  /** The cap when the server has banned us. */
  bannedCap: number
  /** Before asking again for a room that was refused or that we were thrown out of; doubles up to a minute. */
  rejoin: number
  /** Between looks whether the wanted nick is free, where the server does not tell. */
  regain: number
  /** Between the first attempts of one connection and the next. */
  stagger: number
  /** How long a dead connection's session may linger on the server before we stop waiting for its end. */
  ghost: number
  /** How long a role may be unable to speak in a room that the ear is in, before its lines are given back to whoever posted them. */
  voiceless: number
  /** How long `stop` waits for the server to close. */
  goodbye: number
}

/** The waits of a network: short where the server is our own (no pace), polite elsewhere; what the options name wins. */
export function timingFor(options: Pick<IrcNetworkOptions, 'pace' | 'timing'>): Timing {
  const own = options.pace === null
  return {
    connect: 15_000,
    register: 30_000,
    pingAfter: 30_000,
    pingTimeout: 15_000,
    retryBase: 250,
    retryCap: own ? 2_000 : 30_000,
    bannedCap: 300_000,
    rejoin: 5_000,
    regain: 15_000,
    // Networks ban hosts that open many connections in one moment.
    stagger: own ? 0 : 100,
    ghost: 60_000,
    voiceless: 10_000,
    goodbye: 2_000,
    ...options.timing,
  }
}
