import { SocketModeClient, type SocketModeOptions } from '@slack/socket-mode'
import { BreakroomError } from '../../../core/errors.ts'
import type { SlackTiming } from '../options.ts'
import { readFailure } from '../web/failure.ts'
import { parseObject } from '../web/json-object.ts'
import { silentLogger } from '../web/silent-logger.ts'
import { followPongs } from './pongs.ts'

/** One connection of an app to Slack, from its opening to its end. */
export interface SlackSocket {
  /**
   * Resolves when Slack has greeted, with how many sockets of this app it counts (null: it did not say). Rejects with `denied` or `refused`
   * when Slack does not want this app, else with `unavailable`, `detail.waitMs` when Slack says how long to wait.
   */
  readonly opened: Promise<number | null>
  /** Resolves with its reason when Slack is about to close; until then it works. */
  readonly leaving: Promise<string>
  /** Resolves when it is closed, by whomever. */
  readonly closed: Promise<void>
  /** Tells Slack that an envelope was taken; rejects with `unavailable` when the line is gone. */
  acknowledge(envelopeId: string, response?: unknown): Promise<void>
  /** Closes it, in whatever state it is; resolves when nothing of it is left. */
  close(): Promise<void>
}

export interface SlackSocketOptions {
  appToken: string
  apiUrl: string
  timing: Pick<SlackTiming, 'call' | 'socketSilence'>
  /** Something came in: the line is alive. */
  onHeard(): void
  /** Must not throw. */
  onMessage(message: Record<string, unknown>, socket: SlackSocket): void
}

/** How long the other side may take to answer our goodbye. Milliseconds. */
const closingMs = 1_000

/** Opens one. */
export function openSocket({ appToken, apiUrl, timing, onHeard, onMessage }: SlackSocketOptions): SlackSocket {
  const gone = new AbortController()
  const leaving = Promise.withResolvers<string>()
  const closed = Promise.withResolvers<void>()
  let count: number | null = null
  let reason: string | null = null
  let endPongs = () => {}

  const client = new RawClient(
    {
      appToken,
      logger: silentLogger,
      autoReconnectEnabled: false,
      // The library looks three times within this span and needs two looks more to give up: five ninths of the silence.
      clientPingTimeout: timing.socketSilence / 3,
      serverPingTimeout: timing.socketSilence,
      clientOptions: {
        slackApiUrl: apiUrl,
        timeout: timing.call,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.any([gone.signal, ...signalOf(init)]) }),
      },
    },
    (message) => {
      onHeard()
      if (message.type === 'hello') {
        count = typeof message.num_connections === 'number' ? message.num_connections : null
      } else if (message.type === 'disconnect') {
        reason = String(message.reason)
        leaving.resolve(reason)
      } else onMessage(message, socket)
    },
  )
  client.on('authenticated', ({ url }: { url: string }) => {
    endPongs = followPongs(url, onHeard)
  })
  // Given up between the address and the line, the library would open it all the same.
  client.on('connecting', () => {
    if (gone.signal.aborted) queueMicrotask(() => void client.disconnect())
  })
  client.on('disconnected', () => {
    endPongs()
    closed.resolve()
  })

  async function open(): Promise<number | null> {
    // In real time, as the library measures its silences.
    const late = setTimeout(() => void socket.close(), 2 * timing.call)
    try {
      await client.start()
      return count
    } catch (thrown) {
      endPongs()
      closed.resolve()
      throw openFailure(thrown, reason)
    } finally {
      clearTimeout(late)
    }
  }

  const socket: SlackSocket = {
    opened: open(),
    leaving: leaving.promise,
    closed: closed.promise,
    acknowledge: (envelopeId, response) => client.acknowledge(envelopeId, response),
    async close() {
      gone.abort()
      if (client.websocket !== undefined) void client.disconnect()
      // The second time the library cuts the line instead of waiting half a minute for an answer.
      const cut = setTimeout(() => void client.disconnect(), closingMs)
      await closed.promise
      clearTimeout(cut)
    },
  }
  return socket
}

/** Slack's client with its own way of reading: it closes as soon as Slack says that it will, and cannot bear a payload without an event. */
class RawClient extends SocketModeClient {
  readonly #read: (message: Record<string, unknown>) => void

  constructor(options: SocketModeOptions, read: (message: Record<string, unknown>) => void) {
    super(options)
    this.#read = read
  }

  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    const message = typeof data === 'string' ? parseObject(data) : null
    if (message === null) return
    this.#read(message)
    // Completes `start`.
    if (message.type === 'hello') await super.onWebSocketMessage(data, isBinary)
  }

  acknowledge(envelopeId: string, response: unknown): Promise<void> {
    const payload = typeof response === 'string' ? { text: response } : response
    return new Promise((done, fail) => {
      if (!this.websocket?.isActive()) return fail(new BreakroomError('unavailable', 'The socket is closed.'))
      this.websocket.send(JSON.stringify({ envelope_id: envelopeId, payload }), (error) =>
        error ? fail(error) : done(),
      )
    })
  }
}

/** The library rejects with nothing at all when the line ends before the greeting. */
function openFailure(thrown: unknown, reason: string | null): BreakroomError {
  if (thrown === undefined) {
    return new BreakroomError(
      'unavailable',
      `Slack closed the socket before it greeted: ${reason ?? 'no reason given'}.`,
    )
  }
  const failure = readFailure('apps.connections.open', thrown)
  if ('error' in failure) return failure.error
  return new BreakroomError('unavailable', 'Slack wants fewer sockets opened.', { detail: failure })
}

function signalOf(init: { signal?: AbortSignal | null } | undefined): AbortSignal[] {
  return init?.signal ? [init.signal] : []
}
