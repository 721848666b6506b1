/** What the bus takes in one message is 1 MB; the rest of a reply has to fit too. */
const mostBytes = 800_000

/** The first entries that fit into one reply together. */
export function firstThatFit<T>(entries: Iterable<T>): T[] {
  const fitting: T[] = []
  let bytes = 0
  for (const entry of entries) {
    bytes += Buffer.byteLength(JSON.stringify(entry))
    if (bytes > mostBytes) break
    fitting.push(entry)
  }
  return fitting
}
