import { sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackAppHandlers } from './app.ts'
import type { SlackPayload } from './payload.ts'

/** Tells Slack, once, that something was taken. Must not reject. */
type Answer = (response?: unknown) => Promise<void>

/** The one door through which everything comes in, over sockets and over HTTP. */
export interface Intake {
  /**
   * Hands a payload to its handler and answers when the handler took it: an event when it is stored, an interaction when its handler says
   * so. Resolves when the handler has ended; never rejects. Without an answer Slack brings an event again.
   */
  take(payload: SlackPayload, answer: Answer): Promise<void>
  /** Takes nothing more. Resolves when nothing is under way, or after `waitMs`. */
  close(waitMs: number): Promise<void>
}

export function createIntake(options: {
  name: string
  handlers: SlackAppHandlers
  sleep: Sleep
  log: Log
  metrics: Metrics
}): Intake {
  const { name, handlers, sleep, log, metrics } = options
  const underWay = new Set<Promise<void>>()
  let closed = false

  async function handle(payload: SlackPayload, answer: Answer): Promise<void> {
    switch (payload.kind) {
      case 'event':
        await handlers.onEvent(name, payload.body)
        return answer()
      case 'interaction': {
        let answered = false
        const ack = async (response?: unknown) => {
          if (answered) return
          answered = true
          await answer(response)
        }
        return handlers.onInteraction(name, { body: payload.body, ack })
      }
      case 'challenge':
        return answer(payload.challenge)
      case 'limited':
        metrics.count('breakroom_slack_limited_total', { voice: name, what: 'events' })
        log.error({ app: name }, 'Slack drops events of this app: there are more than 30,000 an hour')
        return answer()
      case 'other':
        log.warn({ app: name, type: payload.type }, 'Slack sent something that cannot be read')
        return answer()
    }
  }

  return {
    async take(payload, answer) {
      if (closed) return
      const handled = handle(payload, answer).catch((error: unknown) => {
        log.warn({ app: name, kind: payload.kind, error: sentenceOf(error) }, 'Slack was not told that this was taken')
      })
      underWay.add(handled)
      await handled
      underWay.delete(handled)
    },
    async close(waitMs) {
      closed = true
      const idle = new AbortController()
      void Promise.all(underWay).then(() => idle.abort())
      await sleep(waitMs, idle.signal)
    },
  }
}
