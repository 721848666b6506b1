import { createInbox, type Msg, type NatsConnection, nanos } from '@nats-io/transport-node'
import { inboxPrefixOf } from './permissions.ts'

/** Which consumer, and how often the server is to say that it is still there while nothing comes. */
export interface PullTarget {
  stream: string
  consumer: string
  heartbeatMs: number
}

/** A standing request to a consumer for messages. */
export interface Pull {
  /** How many messages were asked for and have not come. */
  readonly wanted: number
  request(batch: number): void
  /** Stops listening. What was under way still reaches `message`. */
  close(): void
}

/** What becomes of it. `over` comes at most once, and nothing but late messages after it. */
export interface PullHandlers {
  message(msg: Msg): void
  /** A request ran out before it was filled; another may be made. */
  expired(): void
  /** The consumer or the server is gone, or has not been heard of for two heartbeats and a half. */
  over(reason: string): void
}

const expiresMs = 60_000

/**
 * Asks one pull consumer for messages, with its own watchdog: the client library's consumers have stalled for good after a
 * change of leader (nats.go #2063), and cannot leave a message unasked for.
 */
export function openPull(
  nc: NatsConnection,
  user: string,
  { stream, consumer, heartbeatMs }: PullTarget,
  on: PullHandlers,
): Pull {
  const inbox = createInbox(inboxPrefixOf(user))
  let wanted = 0
  let heardAt = performance.now()
  let isOver = false

  const end = (reason: string) => {
    if (isOver) return
    isOver = true
    clearInterval(watchdog)
    on.over(reason)
  }

  const sub = nc.subscribe(inbox, {
    callback(error, msg) {
      heardAt = performance.now()
      if (error !== null) end(error.message)
      else if (!isStatus(msg)) {
        wanted = Math.max(0, wanted - 1)
        on.message(msg)
      } else hearStatus(msg.headers?.code ?? 0, msg)
    },
  })

  const watchdog = setInterval(() => {
    if (wanted > 0 && performance.now() - heardAt > 2.5 * heartbeatMs) end('heartbeats missed')
  }, heartbeatMs / 2)
  watchdog.unref()

  function hearStatus(code: number, msg: Msg) {
    if (isOver || code === 100) return
    if (code !== 404 && code !== 408) return end(`${code} ${msg.headers?.description ?? ''}`.trim())
    wanted = Math.max(0, wanted - Number(msg.headers?.get('Nats-Pending-Messages') || wanted))
    on.expired()
  }

  return {
    get wanted() {
      return wanted
    },
    request(batch) {
      if (isOver) return
      heardAt = performance.now()
      wanted += batch
      const ask = { batch, expires: nanos(expiresMs), idle_heartbeat: nanos(heartbeatMs) }
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(ask), { reply: inbox })
    },
    close() {
      isOver = true
      clearInterval(watchdog)
      sub.drain().catch(() => {})
    },
  }
}

function isStatus(msg: Msg): boolean {
  return msg.data.length === 0 && (msg.headers?.code ?? 0) > 0
}
