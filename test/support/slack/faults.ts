import type { SlackChannel } from './channel.ts'
import type { Json } from './message.ts'

/** What happens to one call instead of, or besides, what it asked for. */
export type CallFault =
  | { kind: 'lose-answer' }
  | { kind: 'refuse' }
  | { kind: 'error'; code: string }
  | { kind: 'server-error' }
  | { kind: 'slow'; ms: number }
  | { kind: 'rate-limit'; retryAfter: number; channel: string | null }

/** The faults that tests ordered and that are not used up. */
export interface FaultBook {
  order(method: string, fault: CallFault, times: number): void
  /** The next fault of a call, taken out of the book; null when it is to go well. */
  take(method: string, args: Json): CallFault | null
  /** `down` answers nobody; `forgetting` also never delivers what happened meanwhile. */
  state: 'up' | 'down' | 'forgetting'
  rateLimits: boolean
  ownEcho: boolean
  outOfOrder: boolean
  lingeringSockets: boolean
  parentUpdates: 'typed' | 'untyped' | 'none'
}

export function createFaultBook(): FaultBook {
  const ordered: { method: string; fault: CallFault; left: number }[] = []
  return {
    state: 'up',
    rateLimits: true,
    ownEcho: true,
    outOfOrder: false,
    lingeringSockets: false,
    parentUpdates: 'typed',
    order(method, fault, times) {
      ordered.push({ method, fault, left: times })
    },
    take(method, args) {
      const found = ordered.find((order) => order.left > 0 && order.method === method && concerns(order.fault, args))
      if (found === undefined) return null
      found.left--
      return found.fault
    },
  }
}

function concerns(fault: CallFault, args: Json): boolean {
  return fault.kind !== 'rate-limit' || fault.channel === null || fault.channel === args.channel
}

export function channelId(channel: SlackChannel | undefined): string | null {
  return channel?.id ?? null
}
