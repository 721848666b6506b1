/** Hands values from callbacks to one reader, in order. */
export interface Mailbox<T> {
  readonly size: number
  push(value: T): void
  /** After this, `take` empties what is left and then answers null. */
  end(): void
  /** The oldest value, as soon as there is one; null after `end`. One call at a time. */
  take(): Promise<T | null>
}

/** An empty mailbox without a limit; what is pushed is taken in the same order, each once. */
export function createMailbox<T>(): Mailbox<T> {
  const values: T[] = []
  let ended = false
  let wake: ((value: T | null) => void) | null = null
  return {
    get size() {
      return values.length
    },
    push(value) {
      if (wake === null) {
        values.push(value)
        return
      }
      const hand = wake
      wake = null
      hand(value)
    },
    end() {
      ended = true
      wake?.(null)
      wake = null
    },
    take() {
      if (values.length > 0) return Promise.resolve(values.shift() as T)
      if (ended) return Promise.resolve(null)
      return new Promise((resolve) => {
        wake = resolve
      })
    },
  }
}
