import { sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackTiming } from '../options.ts'
import { keepSlot } from './slot.ts'
import type { SlackSocket } from './socket.ts'

/** The sockets of one app: two that overlap, so that one is there while the other is replaced. */
export interface Sockets {
  start(): void
  /** Closes all of them; resolves when nothing of them is left. */
  stop(): Promise<void>
}

export interface SocketsOptions {
  name: string
  openSocket(): SlackSocket
  onUp(): void
  onDown(reason: string, final: boolean): void
  clock: Clock
  sleep: Sleep
  random: () => number
  log: Log
  metrics: Metrics
  timing: SlackTiming
}

const slots = 2

/** How long Slack may count a socket that was closed. Milliseconds. */
const countedFor = 60_000

export function createSockets(options: SocketsOptions): Sockets {
  const { name, openSocket, onUp, onDown, clock, sleep, random, log, metrics, timing } = options
  const over = new AbortController()
  const alive = new Set<SlackSocket>()
  const open = new Set<SlackSocket>()
  let closings: number[] = []
  let opened = 0
  let sharing = false
  let running: Promise<unknown> = Promise.resolve()

  function begin(): SlackSocket {
    const socket = openSocket()
    alive.add(socket)
    void socket.closed.then(() => ended(socket))
    return socket
  }

  function ended(socket: SlackSocket) {
    alive.delete(socket)
    if (!open.delete(socket)) return
    closings.push(clock.monotonic())
    metrics.gauge('breakroom_slack_sockets', open.size, { voice: name, what: 'ours' })
    if (open.size === 0 && !over.signal.aborted) onDown('The last socket was closed.', false)
  }

  function greeted(socket: SlackSocket, count: number | null) {
    // One that ended as it was greeted is none.
    if (!alive.has(socket)) return
    open.add(socket)
    opened += 1
    if (opened > slots) metrics.count('breakroom_reconnects_total', { voice: name })
    metrics.gauge('breakroom_slack_sockets', open.size, { voice: name, what: 'ours' })
    if (count !== null) compare(count)
    if (open.size === 1) onUp()
  }

  /** Slack gives each event to any one socket of the app: whoever else has one takes events from us. */
  function compare(count: number) {
    closings = closings.filter((at) => clock.monotonic() - at < countedFor)
    const others = Math.max(0, count - alive.size - closings.length)
    metrics.gauge('breakroom_slack_sockets', others, { voice: name, what: 'others' })
    if (others > 0 && !sharing) {
      log.error(
        { app: name, counted: count, others },
        'Somebody else uses this app: they get some of its events, we do not',
      )
    }
    sharing = others > 0
  }

  function failed(error: unknown, final: boolean) {
    const reason = sentenceOf(error)
    log.warn({ app: name, error: reason, final }, 'A socket could not be opened')
    metrics.count('breakroom_retries_total', { voice: name, what: 'socket' })
    if (open.size === 0 && !over.signal.aborted) onDown(reason, final)
  }

  return {
    start() {
      running = Promise.all(
        Array.from({ length: slots }, (_, index) =>
          keepSlot({
            // Opened a little apart, they are also replaced a little apart.
            firstWaitMs: index * timing.retryBase,
            open: begin,
            onOpened: greeted,
            onFailed: failed,
            clock,
            sleep,
            random,
            timing,
            signal: over.signal,
          }),
        ),
      )
    },
    async stop() {
      over.abort()
      await Promise.all([...alive].map((socket) => socket.close()))
      await running
    },
  }
}
