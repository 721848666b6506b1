/**
 * Two iterations, each ascending by `placeOf`, as one: what has the same place comes together, what only one has comes with null. Nothing
 * is kept but the next of each. Both are ended when whoever reads stops.
 */
export async function* inPairs<T>(
  left: AsyncIterable<T>,
  right: AsyncIterable<T>,
  placeOf: (value: T) => number | string,
): AsyncGenerator<[left: T, right: T | null] | [left: null, right: T]> {
  const [ours, theirs] = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()]
  try {
    let [one, other] = await Promise.all([nextOf(ours), nextOf(theirs)])
    for (;;) {
      if (one === null && other === null) return
      if (other === null || (one !== null && placeOf(one) < placeOf(other))) {
        yield [one as T, null]
        one = await nextOf(ours)
      } else if (one === null || placeOf(other) < placeOf(one)) {
        yield [null, other]
        other = await nextOf(theirs)
      } else {
        yield [one, other]
        ;[one, other] = await Promise.all([nextOf(ours), nextOf(theirs)])
      }
    }
  } finally {
    await Promise.all([ours.return?.(), theirs.return?.()])
  }
}

async function nextOf<T>(values: AsyncIterator<T>): Promise<T | null> {
  const next = await values.next()
  return next.done === true ? null : next.value
}
