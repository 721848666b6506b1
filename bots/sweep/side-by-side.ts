/** Does `work` on each, so many at the same time, in order. Rejects when one of them does, after all that were begun have ended. */
export async function sideBySide<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (;;) {
      const item = items[next++]
      if (item === undefined) return
      await work(item)
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  for (const result of workers) if (result.status === 'rejected') throw result.reason
}
