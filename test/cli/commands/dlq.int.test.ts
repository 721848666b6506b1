import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { dlq } from '../../../cli/commands/dlq.ts'
import { readInvocation } from '../../../cli/invocation.ts'
import type { LetterView } from '../../../core/dead-letter/view.ts'
import { type LetterVerb, taskArguments } from '../../../core/task/request.ts'
import { commandLineHome, keptOutput, standInForTasks } from '../../support/command-line.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'

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

const letter: LetterView = {
  label: 'd-3',
  class: 'transient',
  kind: 'item',
  state: 'waiting',
  seat: 'cto',
  at: new Date().toISOString(),
  after: null,
  content: null,
}

/** Types a command line: what the service was asked, and what was printed. */
async function type(line: string[], verb: LetterVerb, answer: unknown, json = false) {
  using home = commandLineHome(nats)
  const { output, printed } = keptOutput(json)
  const asked = await standInForTasks(nats, { [verb]: () => answer }, serving.signal)
  const { word, rest, options } = readInvocation(['dlq', ...line]) ?? { word: '', rest: '', options: {} }
  await dlq(home, output, { words: [word, rest].filter(Boolean).join(' '), all: options.all ?? false })
  return { args: asked.map(({ request }) => taskArguments[verb].parse(request.args)), printed: printed() }
}

test.each([
  [[], false],
  [['list'], false],
  [['--all'], true],
  [['list', '--all'], true],
])('dlq %o lists what waits, or all', async (line, all) => {
  const { args, printed } = await type(line, 'letters', { letters: [letter], more: 0, waiting: 1 })
  expect(args).toEqual([{ all }])
  expect(printed).toMatch(
    /^d-3 cto, transient, \d s old\n1 waits\. breakroom dlq d-3 tells more, breakroom dlq retry d-3 tries it again\.\n$/,
  )
})

test('one is shown, as JSON too', async () => {
  const { args, printed } = await type(['show', '3'], 'letter', { letter, did: false }, true)
  expect(args).toEqual([{ letter: 'd-3' }])
  expect(JSON.parse(printed)).toEqual({ letter, did: false })
})

test.each([
  ['retry_letter', ['retry', 'd-3'], { letter: 'd-3' }, 'retried', 'd-3 is tried again.\n'],
  [
    'edit_letter',
    ['edit', 'd-3', 'title: Ship it; role: cso'],
    { letter: 'd-3', changes: { title: 'Ship it', role: 'cso' } },
    'retried',
    'd-3 is tried again.\n',
  ],
  [
    'drop_letter',
    ['drop', 'd-3', 'not', 'needed'],
    { letter: 'd-3', reason: 'not needed' },
    'dropped',
    'd-3 is dropped.\n',
  ],
] as const)('%s', async (verb, line, asked, state, said) => {
  const { args, printed } = await type([...line], verb, { letter: { ...letter, state }, did: true })
  expect(args).toEqual([asked])
  expect(printed).toBe(said)
})

test('nonsense is refused before anybody is asked', async () => {
  await expect(type(['frobnicate'], 'letters', {})).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/^Use it like this: breakroom dlq/),
  })
})
