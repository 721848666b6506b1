import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemSleep } from '../../../../adapters/process/system-clock.ts'
import { createInOrder } from '../../../../adapters/slack/hear/in-order.ts'
import { until } from '../../../support/process.ts'

/** Two lines to the same house, of which each hands on what comes over it. */
async function twoLines(heard: (moment: string) => void) {
  const server = createServer((socket) => socket.on('data', (data) => heard(String(data))))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const lines = await Promise.all(
    [0, 1].map(
      () =>
        new Promise<Socket>(
          (done) =>
            void connect(port, '127.0.0.1', function (this: Socket) {
              done(this)
            }),
        ),
    ),
  )
  return {
    lines: lines as [Socket, Socket],
    async [Symbol.asyncDispose]() {
      for (const line of lines) line.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

test('F44: a busy house hears in order what has come in already, however late it comes to its timers', async () => {
  const inOrder = createInOrder({ ms: 10, sleep: systemSleep, signal: new AbortController().signal })
  const told: string[] = []
  let heard = 0
  await using place = await twoLines((moment) => {
    heard++
    void inOrder.turn('C1', moment).then(() => told.push(moment))
  })
  const [one, other] = place.lines

  one.write('1700000000.000200')
  while (heard === 0) await turnOfLoop()
  other.write('1700000000.000100')
  // The earlier one has come in long before the wait of the later one is over, and nobody could look.
  for (const busyUntil = performance.now() + 50; performance.now() < busyUntil; );
  await until('both are told', () => told.length === 2)

  expect(told).toEqual(['1700000000.000100', '1700000000.000200'])
})
