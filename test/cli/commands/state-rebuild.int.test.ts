import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { stateRebuild } from '../../../cli/commands/state-rebuild.ts'
import { createProgress } from '../../../cli/progress.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { commandLineHome, keptOutput, standInForState, standInForTasks } from '../../support/command-line.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'

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

const state = (more: Record<string, unknown>) => ({
  running: true,
  done: 0,
  total: 100_000,
  error: null,
  took_ms: null,
  ...more,
})

/** A service whose rebuild is at each of `states` in turn, and stays at the last. */
function rebuildThrough(...states: unknown[]) {
  let next = 0
  const rebuild_status = () => states[Math.min(next++, states.length - 1)]
  return standInForTasks(nats, { rebuild: () => ({}), rebuild_status }, serving.signal)
}

/** A state store whose rebuild ends like this at once. */
function fileRebuilt(outcome: Record<string, unknown> = {}) {
  const ended = { job: 'rebuild', running: false, doing: '', done: 4, total: 4, error: null, took_ms: 80 }
  const status = { ...ended, commits: 100_000, mended: 0, ...outcome }
  return standInForState(nats, { begin: () => status, job: () => status }, serving.signal)
}

async function rebuild(json = false, stop = new AbortController().signal) {
  using home = commandLineHome(nats)
  const { output, printed, talked } = keptOutput(json)
  let drawn = ''
  const stream = {
    write(text: string | Uint8Array) {
      drawn += text
      return true
    },
  }
  const progressOf = (things: string) => createProgress(stream, json ? 'none' : 'lines', things)
  const code = await stateRebuild(home, output, progressOf, stop)
  return { code, printed: printed(), talked: talked(), drawn }
}

test('state rebuild shows how far it is, and ends with how many commits and how long, of both stores', async () => {
  const kept = await fileRebuilt()
  const asked = await rebuildThrough(
    state({ total: 0 }),
    state({ done: 52_000 }),
    state({ running: false, done: 100_000, took_ms: 7_312 }),
  )
  expect(await rebuild()).toEqual({
    code: 0,
    printed:
      'The task store is built anew: 100,000 commits in 7.3 s.\n' +
      'What is kept was held against the ledger: 100,000 commits in 80 ms, nothing was off.\n',
    talked: '',
    drawn:
      '[##########----------]  52 %  52,000 of 100,000 commits\n' +
      '[####################] 100 %  100,000 of 100,000 commits\n' +
      '[####################] 100 %  4 of 4 entries of the ledger\n',
  })
  expect(kept).toEqual([{ verb: 'begin', data: { job: 'rebuild' } }])
  expect(asked.map(({ verb }) => verb)).toEqual(['rebuild', ...Array(3).fill('rebuild_status')])
  expect(asked[0]?.request).toMatchObject({ args: {}, by: { actor: 'human-grace', tier: 'founder', name: 'Grace' } })
})

test('with --json it prints the end alone', async () => {
  await fileRebuilt({ mended: 2 })
  await rebuildThrough(state({ done: 10 }), state({ running: false, done: 12, total: 12, took_ms: 40 }))
  const { code, printed, talked, drawn } = await rebuild(true)
  expect({ code, talked, drawn }).toEqual({ code: 0, talked: '', drawn: '' })
  expect(JSON.parse(printed)).toMatchObject({ commits: 12, took_ms: 40, kept: { commits: 100_000, mended: 2 } })
})

test('a rebuild that failed is a failure that says why', async () => {
  await rebuildThrough(state({ running: false, done: 3, error: 'No space left on device' }))
  await expect(rebuild()).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The rebuild failed: No space left on device',
  })
})

test('a rebuild that its service did not live to end is no success', async () => {
  await rebuildThrough(state({ done: 10 }), state({ running: false, total: 0 }))
  await expect(rebuild()).rejects.toMatchObject({ message: expect.stringContaining('was cut short') })
})

test('whoever stops watching is told that it goes on', async () => {
  const asked = await rebuildThrough(state({ done: 10_000 }))
  const stop = new AbortController()
  const watched = rebuild(false, stop.signal)
  await until('it is watched', () => asked.length > 2)
  stop.abort()
  expect(await watched).toMatchObject({ code: 1, printed: '', talked: expect.stringContaining('goes on without you') })
})

test('a refusal of the service is passed on as it is', async () => {
  const refused = () => {
    throw new BreakroomError('denied', 'Only a founder may rebuild the store.')
  }
  await standInForTasks(nats, { rebuild: refused }, serving.signal)
  await expect(rebuild()).rejects.toMatchObject({ code: 'denied', message: 'Only a founder may rebuild the store.' })
})

const quick = [state({ running: false, done: 12, total: 12, took_ms: 40 })]

test('what was put right is counted, and what could not be is said and a failure', async () => {
  await rebuildThrough(...quick)
  await fileRebuilt({
    mended: 3,
    different: 2,
    differences: ['of t-1 commit 2 is not the same in the ledger and SQLite'],
  })
  expect(await rebuild()).toMatchObject({
    code: 1,
    printed: [
      'The task store is built anew: 12 commits in 40 ms.',
      'What is kept was held against the ledger: 100,000 commits in 80 ms, 3 put right.',
      'Not put right:',
      '  of t-1 commit 2 is not the same in the ledger and SQLite.',
      '  and 1 more',
      '',
    ].join('\n'),
  })
})

test('without the state store the task store is made anew all the same, and the rest is a failure', async () => {
  await rebuildThrough(...quick)
  await expect(rebuild()).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The state store does not answer. See "breakroom doctor".',
  })
}, 20_000)

test('a rebuild that the state store did not live to end is no success', async () => {
  await rebuildThrough(...quick)
  const running = { job: 'rebuild', running: true, doing: 'reading', done: 0, total: 0, error: null, took_ms: null }
  const job = () => ({ ...running, job: null, running: false })
  await standInForState(nats, { begin: () => running, job }, serving.signal)
  await expect(rebuild()).rejects.toMatchObject({ message: expect.stringContaining('It was cut short') })
})
