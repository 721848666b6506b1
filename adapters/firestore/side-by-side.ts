/** Does it for each item, at most so many at once. `work` does not reject. */
export async function sideBySide<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const workers = Array.from({ length: Math.min(most, items.length) }, async () => {
    for (const item of queue) await work(item)
  })
  await Promise.all(workers)
}
