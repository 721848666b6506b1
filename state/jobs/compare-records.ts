import { inPairs } from '../../core/in-pairs.ts'
import type { RecordOf, RecordSection, RecordSet } from '../../ports/store.ts'
import type { Differences } from './differences.ts'
import { isSame } from './same.ts'
import { nameOf, nothing, type Side } from './side.ts'

/** Records that may have changed while they were read: so many are read again before it is said that they differ. */
const readAgainAtMost = 100

/** The records of one section, side by side. `flush` makes the right one as new as the left one. */
export async function compareSection<S extends RecordSection>(
  section: S,
  left: Side,
  right: Side | null,
  { differences, step, flush }: { differences: Differences; step: () => void; flush: () => Promise<void> },
): Promise<void> {
  type R = RecordOf[S]
  const setIn = ({ store }: Side) => store[section] as unknown as RecordSet<R>
  const add = (side: Side, record: R | null) => {
    if (record !== null) side.digest.add({ section, record } as Parameters<Side['digest']['add']>[0])
  }
  const theirs = right === null ? nothing<R>() : setIn(right).all()
  let again = 0
  for await (const pair of inPairs<R>(setIn(left).all(), theirs, ({ id }) => id)) {
    let [one, other] = pair
    step()
    if (right === null) {
      add(left, one)
      continue
    }
    if (!isSame(one, other) && again < readAgainAtMost) {
      again += 1
      const { id } = (one ?? other) as R
      await flush()
      ;[one, other] = await Promise.all([setIn(left).get(id), setIn(right).get(id)])
    }
    add(left, one)
    add(right, other)
    if (!isSame(one, other)) differences.say(recordDifferenceLine(one, other, nameOf(left.store), nameOf(right.store)))
  }
}

/** `decision-17 is at revision 2 in SQLite and at 1 in Firestore`. */
export function recordDifferenceLine(
  one: { id: string; revision: number } | null,
  other: { id: string; revision: number } | null,
  left: string,
  right: string,
): string {
  if (one === null) return `${other?.id} is in ${right} and not in ${left}`
  if (other === null) return `${one.id} is in ${left} and not in ${right}`
  if (one.revision === other.revision) return `${one.id} does not say the same in ${left} and ${right}`
  return `${one.id} is at revision ${one.revision} in ${left} and at ${other.revision} in ${right}`
}
