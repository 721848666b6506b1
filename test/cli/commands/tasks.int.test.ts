import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { assign } from '../../../cli/commands/assign.ts'
import { task } from '../../../cli/commands/task.ts'
import { tasks } from '../../../cli/commands/tasks.ts'
import { why } from '../../../cli/commands/why.ts'
import type { Output } from '../../../cli/output.ts'
import type { Settings } from '../../../cli/settings.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { type TaskVerb, taskArguments } from '../../../core/task/request.ts'
import { commandLineHome, keptOutput, standInForTasks } from '../../support/command-line.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'
import { taskAt, taskCommit } from '../../support/tasks.ts'

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

/** Runs a command against a service that gives `answer` to `verb`: what was asked, in the words of core, and what was printed. */
async function run(
  verb: TaskVerb,
  answer: unknown,
  command: (settings: Settings, output: Output) => Promise<void>,
  json = false,
) {
  using home = commandLineHome(nats)
  const { output, printed } = keptOutput(json)
  const asked = await standInForTasks(nats, { [verb]: () => answer }, serving.signal)
  await command(home, output)
  return { args: asked.map(({ request }) => taskArguments[verb].parse(request.args)), printed: printed() }
}

const changed = (number: number) => ({ task: taskAt(number, 1), hint: null, events: ['created'] })
const accept = { accept: ['it answers 429'] }

test('assign files the task and says with whom it is', async () => {
  const { args, printed } = await run('assign', changed(13), (settings, output) =>
    assign(settings, output, 'cto Add a limit', { ...accept, priority: 'high' }),
  )
  expect(args).toMatchObject([
    { draft: { role: 'cto', title: 'Add a limit', acceptance_criteria: ['it answers 429'], priority: 'high' } },
  ])
  expect(printed).toMatch(/^t-13 is with cto: "Task number 13"\. Done when `tests` passes\.\n$/)
})

test('assign --json prints the task', async () => {
  const { printed } = await run(
    'assign',
    changed(13),
    (settings, output) => assign(settings, output, 'cto x', accept),
    true,
  )
  expect(JSON.parse(printed)).toEqual(taskAt(13, 1))
})

test('assign without acceptance criteria asks for them and files nothing', async () => {
  using home = commandLineHome(nats)
  const asked = await standInForTasks(nats, { assign: () => changed(13) }, serving.signal)
  await expect(assign(home, keptOutput().output, 'cto Add a limit', {})).rejects.toMatchObject({
    code: 'usage',
    message: 'What must be true when it is done? Say it with --accept "...".',
  })
  expect(asked).toEqual([])
})

test('assign in a room is asked for there', async () => {
  using home = commandLineHome(nats)
  const asked = await standInForTasks(nats, { assign: () => changed(13) }, serving.signal)
  await assign(home, keptOutput().output, 'cto x', { ...accept, room: 'dev' })
  expect(asked[0]?.request.place).toEqual({ room: { name: 'dev', visibility: 'public' } })
})

test('a dependency that the service does not know is its refusal', async () => {
  using home = commandLineHome(nats)
  const refuse = () => {
    throw new BreakroomError('refused', 'There is no task t-99 to wait for.', { detail: { path: 'after.0' } })
  }
  await standInForTasks(nats, { assign: refuse }, serving.signal)
  await expect(assign(home, keptOutput().output, 'cto x', { ...accept, after: ['99'] })).rejects.toMatchObject({
    code: 'refused',
    message: 'There is no task t-99 to wait for.',
  })
})

test('tasks lists every task, also more than a chat would show', async () => {
  const list = { tasks: Array.from({ length: 14 }, (_, index) => taskAt(index + 1, 1)), more: 3 }
  const { args, printed } = await run('list', list, (settings, output) =>
    tasks(settings, output, { role: 'cto', all: true }),
  )
  expect(args).toEqual([{ role: 'cto', all: true }])
  const lines = printed.trimEnd().split('\n')
  expect(lines).toHaveLength(15)
  expect(lines[0]).toMatch(/^t-1 cto: "Task number 1", open, /)
  expect(lines[14]).toBe('and 3 more.')
})

test.each([
  [null, false, 'There is no task that is not over; --all lists the others.'],
  [null, true, 'There is no task.'],
  ['cto', false, 'cto has no task that is not over; --all lists the others.'],
])('tasks of %s with --all %s says when there are none, and how to give one', async (role, all, sentence) => {
  const { printed } = await run('list', { tasks: [], more: 0 }, (settings, output) =>
    tasks(settings, output, { role, all }),
  )
  expect(printed).toBe(
    `${sentence} To give one: npx breakroom assign ${role ?? '<role>'} "<title>" --accept "<what is then true>"\n`,
  )
})

test('tasks --json prints all that is known', async () => {
  const list = { tasks: [taskAt(2, 1), taskAt(1, 3)], more: 0 }
  const { printed } = await run(
    'list',
    list,
    (settings, output) => tasks(settings, output, { role: null, all: false }),
    true,
  )
  expect(JSON.parse(printed)).toEqual(list)
})

test.each(['t-13', 'T-13', '#13', '13'])('task %s tells all about t-13', async (word) => {
  const { args, printed } = await run('show', changed(13), (settings, output) => task(settings, output, word))
  expect(args).toEqual([{ task: 't-13' }])
  expect(printed).toMatch(/^t-13 "Task number 13" is with cto: open\.\n/)
  expect(printed).toContain('accept: "429 after 100 requests a minute"\n')
})

test('why tells what happened to a task, and what made it happen', async () => {
  const last = taskAt(13, 2)
  const commits = [taskCommit(taskAt(13, 1)), taskCommit(last, { cause: 't-12 done' })]
  const { args, printed } = await run('why', { task: last, commits }, (settings, output) => why(settings, output, '13'))
  expect(args).toEqual([{ task: 't-13' }])
  expect(printed).toMatch(/^t-13 "Task number 13"\n/)
  expect(printed).toContain('ada: asked cto for it\n')
  expect(printed).toContain('ada: noted "note 2" (because: "t-12 done")\n')
  const json = await run('why', { task: last, commits }, (settings, output) => why(settings, output, '13'), true)
  expect(JSON.parse(json.printed)).toEqual({ task: last, commits })
})

test.each([task, why])('%o without a task, or with a word that is none, is a matter of usage', async (command) => {
  using home = commandLineHome(nats)
  const { output } = keptOutput()
  await expect(command(home, output, undefined)).rejects.toMatchObject({
    code: 'usage',
    message: `${command.name} takes a task, such as "breakroom ${command.name} t-13".`,
  })
  await expect(command(home, output, 'rate-limit')).rejects.toMatchObject({
    code: 'usage',
    message: '"rate-limit" is no task; they look like t-13.',
  })
})
