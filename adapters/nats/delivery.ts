/** What the server says about a delivery in the subject on which it wants the acknowledgement. */
export interface Delivery {
  /** 1 for the first delivery of this message. */
  count: number
  /** Place in the stream. */
  streamSeq: number
  /** Place in what this consumer was sent; without holes unless something was lost on the way. */
  consumerSeq: number
  /** How many matching messages wait behind it. */
  pending: number
}

/** Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<count>.<stream seq>.<consumer seq>.<time>.<pending>[.<random>]`. */
export function parseDelivery(ackSubject: string): Delivery {
  const tokens = ackSubject.split('.')
  const [count, streamSeq, consumerSeq, , pending] = tokens.slice(tokens.length === 9 ? 4 : 6).map(Number)
  return { count: count ?? 0, streamSeq: streamSeq ?? 0, consumerSeq: consumerSeq ?? 0, pending: pending ?? 0 }
}
