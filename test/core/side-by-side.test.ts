import { expect, it } from 'vitest'
import { sideBySide } from '../../core/side-by-side.ts'

/** Work that ends when it is told to, and what of it was begun. */
function heldWork() {
  const begun: number[] = []
  const ends = new Map<number, PromiseWithResolvers<void>>()
  const work = (item: number) => {
    begun.push(item)
    const end = Promise.withResolvers<void>()
    ends.set(item, end)
    return end.promise
  }
  return {
    begun,
    work,
    end: (item: number) => ends.get(item)?.resolve(),
    fail: (item: number, error: Error) => ends.get(item)?.reject(error),
  }
}

const turns = () => new Promise((resolve) => setImmediate(resolve))

it('begins each of them in order, and no more at once than it may', async () => {
  const { begun, work, end } = heldWork()
  const done = sideBySide([1, 2, 3, 4], 2, work)
  expect(begun).toEqual([1, 2])
  end(2)
  await turns()
  expect(begun).toEqual([1, 2, 3])
  end(3)
  end(1)
  await turns()
  expect(begun).toEqual([1, 2, 3, 4])
  end(4)
  await done
})

it('rejects with what one of them says, when the others have ended', async () => {
  const { begun, work, end, fail } = heldWork()
  let isOver = false
  const done = sideBySide([1, 2, 3], 2, work).finally(() => {
    isOver = true
  })
  const failed = expect(done).rejects.toThrow('no room')
  fail(1, new Error('no room'))
  await turns()
  expect([begun, isOver]).toEqual([[1, 2], false])
  end(2)
  await turns()
  end(3)
  await failed
  expect(begun).toEqual([1, 2, 3])
})
