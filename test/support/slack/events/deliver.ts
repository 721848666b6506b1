import type { SlackApp } from '../app.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'

/** What became of one attempt to hand something to an app. */
export type Ack =
  | { acked: true; payload: Json | null; noRetry?: never }
  | { acked: false; reason: string; noRetry?: boolean }

/** One attempt. The type is that of Socket Mode's envelope. */
export interface Attempt {
  type: 'events_api' | 'slash_commands' | 'interactive'
  payload: Json
  retry: { number: number; reason: string }
}

/** The way to an app: a socket or its request URL. */
export type Carrier = (app: SlackApp, attempt: Attempt) => Promise<Ack>

/** Hands something to an app over whichever way it has. */
export interface Deliver {
  /** Once, then three times more when nobody acknowledges in time. Resolves at once. */
  event(app: SlackApp, payload: Json): void
  /** Once. Slash commands and interactions are never retried. */
  interaction(app: SlackApp, type: 'slash_commands' | 'interactive', payload: Json): Promise<Ack>
  /** Every event of the app so far comes once more as a retry, last first, though it was acknowledged. */
  again(app: SlackApp): void
}

/** An app has three seconds to acknowledge. */
const ackWithinMs = 3_000

/** Before the first, second and third retry. */
const retryAfterMs = [0, 60_000, 300_000]

/** Follows docs.slack.dev "The Events API" (error handling and retries) and "Handling user interaction" (never retried). */
export function createDeliver(world: () => World, socket: Carrier, request: Carrier): Deliver {
  const events: { app: SlackApp; payload: Json }[] = []

  const carry: Carrier = async (app, attempt) => {
    if (world().faults.state !== 'up') return { acked: false, reason: 'connection_failed' }
    return app.mode === 'socket' ? socket(app, attempt) : request(app, attempt)
  }

  async function persist(app: SlackApp, payload: Json): Promise<void> {
    if (world().faults.outOfOrder) await someTurns(world().random)
    let ack = await carry(app, { type: 'events_api', payload, retry: { number: 0, reason: '' } })
    for (const [index, ms] of retryAfterMs.entries()) {
      if (ack.acked || ack.noRetry) return
      await world().clock.sleep(ms, world().ended)
      if (world().ended.aborted) return
      ack = await carry(app, { type: 'events_api', payload, retry: { number: index + 1, reason: ack.reason } })
    }
  }

  return {
    event(app, payload) {
      if (world().faults.state === 'forgetting') return
      events.push({ app, payload })
      void persist(app, payload)
    },
    again(app) {
      for (const { payload } of events.filter((event) => event.app === app).reverse()) {
        void carry(app, { type: 'events_api', payload, retry: { number: 1, reason: 'timeout' } })
      }
    },
    interaction: (app, type, payload) => carry(app, { type, payload, retry: { number: 0, reason: '' } }),
  }
}

// A payload overtakes another by a few turns of the event loop.
async function someTurns(random: () => number): Promise<void> {
  for (let turns = Math.floor(random() * 20); turns > 0; turns--) await new Promise(setImmediate)
}

/** Resolves with the answer of the app, or with `timeout` after three seconds on the clock. */
export async function withinThreeSeconds(world: World, answer: Promise<Ack>, late: () => void): Promise<Ack> {
  const answered = new AbortController()
  const timeout = world.clock
    .sleep(ackWithinMs, AbortSignal.any([answered.signal, world.ended]))
    .then((): Ack => ({ acked: false, reason: 'timeout' }))
  const ack = await Promise.race([answer, timeout])
  answered.abort()
  if (!ack.acked) late()
  return ack
}
