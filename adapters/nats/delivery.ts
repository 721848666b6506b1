/** What the server says about a delivery in the subject on which it wants the acknowledgement. */
export interface Delivery {
  /** 1 for the first delivery of this message. */
  count: number
  /** Place in the stream. */
  streamSeq: number
  /** Place in what this consumer was sent; without holes unless something was lost on the way. */
  consumerSeq: number
  /** When it was stored. */
  storedAt: Date
  /** How many matching messages wait behind it. */
  pending: number
}

/** Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<count>.<stream seq>.<consumer seq>.<time>.<pending>[.<random>]`. */
export function parseDelivery(ackSubject: string): Delivery {
  const tokens = ackSubject.split('.')
  const [count = 0, streamSeq = 0, consumerSeq = 0, time = 0, pending = 0] = tokens
    .slice(tokens.length === 9 ? 4 : 6)
    .map(Number)
  // In nanoseconds.
  return { count, streamSeq, consumerSeq, storedAt: new Date(time / 1e6), pending }
}
