/** Does `work` on each, in order, at most so many at once. Rejects when one of them does, after all that were begun have ended. */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of queue) await work(item)
  })
  for (const result of await Promise.allSettled(workers)) if (result.status === 'rejected') throw result.reason
}
