import { expect, test } from 'vitest'
import { createChannelQueue } from '../../../../adapters/slack/hear/channel-queue.ts'

test('jobs of one channel run one at a time in the order of asking; other channels do not wait', async () => {
  const queue = createChannelQueue()
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = queue.run('C1', async () => {
    await gate.promise
    log.push('C1 first')
  })
  const second = queue.run('C1', async () => void log.push('C1 second'))
  await queue.run('C2', async () => void log.push('C2'))
  gate.resolve()
  await Promise.all([first, second])
  expect(log).toEqual(['C2', 'C1 first', 'C1 second'])
})

test('a job that fails fails alone', async () => {
  const queue = createChannelQueue()
  const failing = queue.run('C1', () => Promise.reject(new Error('no')))
  const next = queue.run('C1', async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  await expect(next).resolves.toBe('yes')
})

test('closing waits for what has begun and begins nothing more', async () => {
  const queue = createChannelQueue()
  const gate = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const log: string[] = []
  const running = queue.run('C1', async () => {
    begun.resolve()
    await gate.promise
    log.push('over')
  })
  const waiting = expect(queue.run('C1', async () => {})).rejects.toMatchObject({ code: 'closed' })
  await begun.promise
  const closing = queue.close().then(() => log.push('closed'))
  gate.resolve()
  await Promise.all([running, waiting, closing])
  expect(log).toEqual(['over', 'closed'])
})
