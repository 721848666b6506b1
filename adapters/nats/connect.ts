import { setTimeout as pause } from 'node:timers/promises'
import { connect, type NatsConnection, nkeyAuthenticator, PermissionViolationError } from '@nats-io/transport-node'
import { sentenceOf } from '../../core/errors.ts'
import type { BusHealth } from '../../ports/bus.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { inboxPrefixOf } from './permissions.ts'

/** Who connects where. */
export interface NatsOptions {
  servers: string[]
  /** The nkey seed (`SU...`) that proves the user, or null for a server without users. */
  seed: string | null
  /** The user's name as of `busUserName`: the connection's name, and the only inbox it may listen to. */
  user: string
  log: Log
  metrics: Metrics
}

/** One connection that is made at the first use and kept until `close`. */
export interface Connection extends BusHealth {
  /** The connection when it is up now, else null. Does not connect. */
  readonly live: NatsConnection | null
  /** Why it is not up, as far as we know. */
  readonly lastError: Error | undefined
  /** True from the start until it was up once: then what is asked may wait, later it may not. */
  readonly neverUp: boolean
  readonly closed: boolean
  readonly options: NatsOptions
  /** Begins to connect, unless that was done. */
  open(): void
  /** Resolves when the connection is up (at once when it is), or with null when `signal` aborts or it was closed. */
  whenConnected(signal: AbortSignal): Promise<NatsConnection | null>
  /** Calls `handler` with the subject of each publish or subscription that the server refused. */
  onDenied(handler: (violation: PermissionViolationError) => void): void
  /** Idempotent; also ends an attempt to connect. */
  close(): Promise<void>
}

/** Creates the connection; nothing is dialled before the first `open` or `whenConnected`. */
export function createConnection(options: NatsOptions): Connection {
  const { log, metrics, user } = options
  const closing = new AbortController()
  const changes = new Set<(connected: boolean) => void>()
  const denials = new Set<(violation: PermissionViolationError) => void>()
  let waiting: ((nc: NatsConnection | null) => void)[] = []
  let started = false
  let losses = 0
  let live: NatsConnection | null = null
  let lastError: Error | undefined
  let neverUp = true

  function open() {
    if (!started && !closing.signal.aborted) void start()
    started = true
  }

  async function start(): Promise<void> {
    const nc = await dial(options, closing.signal, (error) => {
      if (lastError?.message !== error.message) log.warn({ user, error: error.message }, 'nats: cannot connect yet')
      lastError = error
    })
    if (nc === null) return
    log.info({ user, server: nc.getServer() }, 'nats: connected')
    void follow(nc)
    up(nc)
  }

  function up(nc: NatsConnection) {
    const lossesBefore = losses
    letIn(nc)
    // Those who waited continue in the microtasks after this; only then may later calls go straight through, or they
    // would overtake.
    setImmediate(() => {
      if (closing.signal.aborted || losses !== lossesBefore) return
      neverUp = false
      change(nc)
      letIn(nc)
    })
  }

  function letIn(nc: NatsConnection | null) {
    for (const resolve of waiting.splice(0)) resolve(nc)
  }

  function change(nc: NatsConnection | null) {
    if (live === nc) return
    live = nc
    metrics.gauge('breakroom_connected', nc === null ? 0 : 1, { network: 'nats', user })
    for (const handler of [...changes]) {
      try {
        handler(nc !== null)
      } catch (error) {
        log.error({ user, error: sentenceOf(error) }, 'nats: who was told of a change failed')
      }
    }
  }

  async function follow(nc: NatsConnection) {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') {
        log.warn({ user }, 'nats: connection lost')
        losses += 1
        change(null)
      } else if (status.type === 'reconnect') {
        log.info({ user }, 'nats: connected again')
        metrics.count('breakroom_reconnects_total', { network: 'nats' })
        up(nc)
      } else if (status.type === 'error') {
        lastError = status.error
        log.warn({ user, error: status.error.message }, 'nats: the server refused something')
        if (status.error instanceof PermissionViolationError) for (const handler of denials) handler(status.error)
      }
    }
  }

  return {
    options,
    open,
    get live() {
      return live
    },
    get connected() {
      return live !== null
    },
    get lastError() {
      return lastError
    },
    get neverUp() {
      return neverUp
    },
    get closed() {
      return closing.signal.aborted
    },
    whenConnected(signal) {
      if (closing.signal.aborted || signal.aborted) return Promise.resolve(null)
      if (live !== null) return Promise.resolve(live)
      open()
      return new Promise((resolve) => {
        const giveUp = () => settle(null)
        const settle = (nc: NatsConnection | null) => {
          signal.removeEventListener('abort', giveUp)
          waiting = waiting.filter((waiter) => waiter !== settle)
          resolve(nc)
        }
        signal.addEventListener('abort', giveUp, { once: true })
        waiting.push(settle)
      })
    },
    onChange(handler, signal) {
      if (signal.aborted) return
      changes.add(handler)
      signal.addEventListener('abort', () => changes.delete(handler), { once: true })
    },
    onDenied(handler) {
      denials.add(handler)
    },
    async close() {
      if (closing.signal.aborted) return
      closing.abort()
      letIn(null)
      const nc = live
      change(null)
      // An unfinished handshake is closed by `dial` when it comes to an end.
      await nc?.close()
    },
  }
}

/** Dials until a server answers or `signal` aborts. */
async function dial(
  { servers, seed, user }: NatsOptions,
  signal: AbortSignal,
  onFailure: (error: Error) => void,
): Promise<NatsConnection | null> {
  const authenticator = seed === null ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }
  while (!signal.aborted) {
    try {
      const nc = await connect({
        ...authenticator,
        servers,
        name: user,
        inboxPrefix: inboxPrefixOf(user),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
        reconnectJitter: 150,
        // The server may be back before its users are: keep asking.
        ignoreAuthErrorAbort: true,
        // A half-open connection is noticed after 20 s instead of 4 minutes.
        pingInterval: 10_000,
        timeout: 5_000,
        noAsyncTraces: true,
      })
      if (!signal.aborted) return nc
      await nc.close()
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(sentenceOf(error)))
      await pause(100 + Math.random() * 150, undefined, { signal }).catch(() => {})
    }
  }
  return null
}
