import type { BusHealth } from '../ports/bus.ts'
import type { ChatNetwork } from '../ports/chat.ts'
import type { Clock } from '../ports/clock.ts'

/** An outage shorter than this heals unseen: it would only be noise. */
const sayAfterMs = 3_000

/**
 * Says in the rooms that the bus is away, and that it is back. Spoken by the bridge itself: while the bus is away nothing else
 * reaches a room.
 */
export function sayWhenBusIsAway(parts: {
  bus: BusHealth
  networks: { network: ChatNetwork; rooms: string[] }[]
  /** Lines on disk that wait for the bus. */
  waiting: () => number
  clock: Clock
  signal: AbortSignal
}): void {
  const { bus, clock, signal } = parts
  let timer: NodeJS.Timeout | null = null
  let saidAway: string | null = null

  bus.onChange((connected) => (connected ? back() : away()), signal)
  signal.addEventListener('abort', () => timer !== null && clearTimeout(timer), { once: true })

  function away(): void {
    const since = clock.now().toISOString()
    timer ??= setTimeout(() => {
      timer = null
      saidAway = since
      say(`away:${since}`, 'The bus is away: what you say is kept on disk, answers wait until it is back.')
    }, sayAfterMs)
  }

  function back(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (saidAway === null) return
    const kept = parts.waiting()
    say(`back:${saidAway}`, `The bus is back${kept > 0 ? `; ${kept} kept lines are on their way` : ''}.`)
    saidAway = null
  }

  function say(id: string, text: string): void {
    for (const { network, rooms } of parts.networks) {
      for (const room of rooms) {
        const line = {
          id: `degraded:${id}`,
          as: { kind: 'ear' },
          target: { room },
          kind: 'say',
          text,
          mergeable: false,
        } as const
        // Nobody to tell when even this fails: the metric of the connection already says so.
        network.post(line).catch(() => {})
      }
    }
  }
}
