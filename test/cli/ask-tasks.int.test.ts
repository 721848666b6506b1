import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { withTasks } from '../../cli/ask-tasks.ts'
import { BreakroomError } from '../../core/errors.ts'
import { commandLineHome, keptOutput, standInForTasks } from '../support/command-line.ts'
import { fleetText } from '../support/fleet-folder.ts'
import { type NatsServer, startNats } from '../support/nats.ts'
import { until } from '../support/process.ts'

let nats: NatsServer
let serving: AbortController

beforeAll(async () => {
  nats = await startNats()
})
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]()
})
beforeEach(() => {
  serving = new AbortController()
})
afterEach(() => serving.abort())

async function ask(args: unknown, options: { room?: string; files?: Record<string, string> } = {}) {
  using home = commandLineHome(nats, options.files)
  const { output, talked } = keptOutput()
  const answer = await withTasks(home, output, (tasks) => tasks('show', args), options.room)
  return { answer, talked: talked() }
}

test('the command line asks as the founder of its home, in the first public room', async () => {
  const asked = await standInForTasks(nats, { show: ({ args }) => ({ shown: args }) }, serving.signal)
  expect(await ask({ task: 't-13' })).toEqual({ answer: { shown: { task: 't-13' } }, talked: '' })
  expect(asked).toMatchObject([
    {
      request: {
        id: expect.stringMatching(/^cli:.{36}$/),
        by: { actor: 'human-grace', tier: 'founder', name: 'Grace' },
        place: { room: { name: 'breakroom', visibility: 'public' } },
      },
    },
  ])
})

test.each([
  ['dev', { name: 'dev', visibility: 'public' }],
  ['#dev', { name: 'dev', visibility: 'public' }],
  ['board', { name: 'board', visibility: 'private' }],
])('asked in the room %s, it is asked there', async (room, expected) => {
  const asked = await standInForTasks(nats, { show: () => null }, serving.signal)
  await ask({}, { room })
  expect(asked[0]?.request.place).toEqual({ room: expected })
})

test('a service that is not there yet, or cannot answer yet, is asked again with the same id', async () => {
  let tries = 0
  const show = () => {
    if (++tries < 3) throw new BreakroomError('unavailable', 'Another service is taking over.')
    return { tries }
  }
  const answered = ask({})
  // Nobody serves at all when the question is first asked.
  const asked = await standInForTasks(nats, { show }, serving.signal)
  expect((await answered).answer).toEqual({ tries: 3 })
  expect(asked).toHaveLength(3)
  expect(new Set(asked.map(({ request }) => request.id)).size).toBe(1)
})

test('what is asked twice on purpose has two ids', async () => {
  const asked = await standInForTasks(nats, { show: () => null }, serving.signal)
  await ask({})
  await ask({})
  await until('both were asked', () => asked.length === 2)
  expect(asked[0]?.request.id).not.toBe(asked[1]?.request.id)
})

test('while the task service stays away it is said once that it is waited for, and at last that it is away', {
  timeout: 15_000,
}, async () => {
  using home = commandLineHome(nats)
  const { output, talked } = keptOutput()
  await expect(withTasks(home, output, (tasks) => tasks('show', {}))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The task service does not answer. See "breakroom doctor".',
  })
  expect(talked()).toBe('The task service does not answer yet; trying for a few seconds.\n')
})

test('what the service refuses is not asked again', async () => {
  const refuse = () => {
    throw new BreakroomError('refused', 'There is no task t-99.', { detail: { rule: 'unknown-task' } })
  }
  const asked = await standInForTasks(nats, { show: refuse }, serving.signal)
  await expect(ask({})).rejects.toMatchObject({ code: 'refused', message: 'There is no task t-99.' })
  expect(asked).toHaveLength(1)
})

test('a room that there is not is a matter of usage', async () => {
  await expect(ask({}, { room: 'dve' })).rejects.toMatchObject({
    code: 'usage',
    message: 'There is no room "dve". Did you mean dev?',
  })
  await expect(ask({}, { room: 'constructor' })).rejects.toMatchObject({
    code: 'usage',
    message: 'There is no room "constructor". Rooms: breakroom, dev, board.',
  })
})

test('a fleet without a founder has nobody to ask for tasks', async () => {
  await expect(ask({}, { files: { 'breakroom.yaml': fleetText } })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^Nobody is a founder here/),
  })
})
