import { sentenceOf } from '../../core/errors.ts'
import type { Signals } from '../../ports/bus.ts'
import type { Connection } from './connect.ts'

/** Heartbeats and system events over core NATS. */
export function createSignals(connection: Connection): Signals {
  const { log } = connection.options
  return {
    send(subject, data) {
      connection.open()
      connection.live?.publish(subject, JSON.stringify(data))
    },
    listen(subject, handler, signal) {
      // The client library renews the subscription at each reconnect by itself.
      void connection.whenConnected(signal).then((nc) => {
        if (nc === null) return
        const subscription = nc.subscribe(subject, {
          callback(error, msg) {
            if (error !== null) return
            const data = readJson(msg.data)
            if (data === undefined) return
            try {
              handler(data, msg.subject)
            } catch (failure) {
              // Thrown through, it would end the client library's reading of the connection.
              log.error({ subject: msg.subject, error: sentenceOf(failure) }, 'nats: who heard a signal failed')
            }
          },
        })
        signal.addEventListener('abort', () => subscription.unsubscribe(), { once: true })
      })
    },
  }
}

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
