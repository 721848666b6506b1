import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { Counter } from '../../ports/counter.ts'
import type { Cell } from './cell.ts'

/** A counter in one cell: the highest number that was given. Numbers that are asked for at the same time are fetched together. */
export function createCounter(cell: Cell): Counter {
  /** The highest number that is known to be given; null when nothing is known. */
  let given: number | null = null
  let revision: number | null = null
  let turn: Promise<unknown> = Promise.resolve()
  /** Those who will be served at the next turn. */
  let queue: { count: number; first: Promise<number> } | null = null

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = turn.then(work)
    turn = done.catch(() => {})
    return done
  }

  /** The first of `count` numbers that nobody else gets. */
  async function fetch(count: number): Promise<number> {
    for (;;) {
      try {
        revision ??= await readRevision()
        const before = given ?? 0
        revision = await cell.write(before + count, revision)
        given = before + count
        return before + 1
      } catch (error) {
        revision = null
        if (!isBreakroomError(error, 'conflict')) throw error
      }
    }
  }

  async function readRevision(): Promise<number> {
    const entry = await cell.read()
    if (typeof entry.value === 'number') given = Math.max(given ?? 0, entry.value)
    else if (entry.value !== null && given === null) {
      throw new BreakroomError('unreadable', 'A counter holds no number; say after which it is to go on.')
    }
    return entry.revision
  }

  return {
    async next() {
      queue ??= {
        count: 0,
        first: inTurn(() => {
          const count = queue?.count ?? 0
          queue = null
          return fetch(count)
        }),
      }
      const place = queue.count++
      return (await queue.first) + place
    },
    atLeast: (least) =>
      inTurn(async () => {
        given = Math.max(given ?? 0, least)
        await fetch(0)
      }),
  }
}
