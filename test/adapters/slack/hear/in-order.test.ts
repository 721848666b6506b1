import { expect, it } from 'vitest'
import { createInOrder } from '../../../../adapters/slack/hear/in-order.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

function inOrder(ms = 10) {
  const clock = createVirtualClock()
  const order = createInOrder({ ms, sleep: clock.sleep, signal: new AbortController().signal })
  const gone: string[] = []
  const arrive = (channel: string, moment: string) =>
    void order.turn(channel, moment).then(() => gone.push(`${channel} ${moment}`))
  return { clock, gone, arrive }
}

it('lets what happened first go first, though it came second', async () => {
  const { clock, gone, arrive } = inOrder()
  arrive('C1', '1700000000.000200')
  await clock.advance(5)
  arrive('C1', '1700000000.000100')
  arrive('C1', '1700000000.000300')
  await clock.advance(5)
  expect(gone).toEqual(['C1 1700000000.000100', 'C1 1700000000.000200'])
  await clock.advance(5)
  expect(gone).toHaveLength(3)
})

it('never holds anything longer than its wait, however late an earlier one comes, and no other channel at all', async () => {
  const { clock, gone, arrive } = inOrder()
  arrive('C1', '1700000000.000200')
  await clock.advance(10)
  arrive('C1', '1700000000.000100')
  arrive('C2', '1700000000.000050')
  await clock.advance(10)
  expect(gone).toEqual(['C1 1700000000.000200', 'C1 1700000000.000100', 'C2 1700000000.000050'])
})
