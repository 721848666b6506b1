/** The first `count` values of an endless iteration; it is ended after that. */
export async function take<T>(values: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  if (count === 0) return taken
  for await (const value of values) {
    taken.push(value)
    if (taken.length === count) break
  }
  return taken
}

/** All values of an iteration that ends. */
export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}
