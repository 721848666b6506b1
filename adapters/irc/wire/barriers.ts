/** Questions whose answer says that the server has handled all that was sent before. */
export interface Barriers {
  /** Resolves true with the server's answer; false when the connection ends first. */
  ask(): Promise<boolean>
  /** A PONG with this token came. */
  answered(token: string): void
  /** The connection ended. */
  end(): void
}

/** `send` writes one line at once. */
export function createBarriers(send: (line: string) => void): Barriers {
  const waiting = new Map<string, (answered: boolean) => void>()
  let tokens = 0
  return {
    ask() {
      const token = `barrier-${++tokens}`
      send(`PING :${token}`)
      return new Promise((answered) => waiting.set(token, answered))
    },
    answered(token) {
      waiting.get(token)?.(true)
      waiting.delete(token)
    },
    end() {
      for (const answer of waiting.values()) answer(false)
      waiting.clear()
    },
  }
}
