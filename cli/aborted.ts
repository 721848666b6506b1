/** Resolves when the signal aborts. Holds the process until then: servers that run beside us do not. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  const hold = setInterval(() => {}, 2 ** 30)
  return new Promise((done) => {
    const release = () => {
      clearInterval(hold)
      done()
    }
    signal.addEventListener('abort', release, { once: true })
  })
}
