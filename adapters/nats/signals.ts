import type { Signals } from '../../ports/bus.ts'
import type { Connection } from './connect.ts'

/** Heartbeats and system events over core NATS. */
export function createSignals(connection: Connection): Signals {
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
            if (data !== undefined) handler(data, msg.subject)
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
