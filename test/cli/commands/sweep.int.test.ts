import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { checkSweep } from '../../../cli/commands/doctor-sweep.ts'
import { sweep } from '../../../cli/commands/sweep.ts'
import { sweepSettingsSchema } from '../../../core/sweep/settings.ts'
import { commandLineHome, keptOutput } from '../../support/command-line.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'
import { type SweepDouble, sweepDouble } from '../../support/sweep-double.ts'
import { anyReport, reported } from '../../support/sweep-report.ts'

const stuck = anyReport({
  states: { healthy: ['ceo', 'cfo'], stalled: ['backend'], stopped: ['cto'] },
  agents: [
    reported('cto', 'stopped', 5, 'somebody stopped it'),
    reported('backend', 'stalled', 35, 'no word for 35 min\u001b[2J\nall is well', 't-13'),
  ],
  organs: [
    { organ: 'timers', state: 'well', why: '' },
    { organ: 'canary', state: 'ailing', why: 'local: not heard for 12 min' },
  ],
  acts: [
    { role: 'backend', task: 't-13', epoch: 1, state: 'stalled', rung: 2, kind: 'ping', outcome: 'asked it', ok: true },
  ],
})

let nats: NatsServer
let double: SweepDouble

beforeAll(async () => {
  nats = await startNats()
})
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]()
})
beforeEach(async () => {
  double = await sweepDouble(nats)
})
afterEach(() => double.kill())

/** What `breakroom sweep` prints, and what it ends with. */
async function type({ last = false, json = false } = {}) {
  using home = commandLineHome(nats)
  const { output, printed } = keptOutput(json)
  return { code: await sweep(home, output, { last }), printed: printed() }
}

test('sweep has the fleet looked at now, and ends with 3 when somebody is stuck', async () => {
  expect(await type()).toEqual({
    code: 0,
    printed: expect.stringMatching(
      /^5 agents looked at in 41 ms, \d+ days ago: all is well\.\n\nstate {5}role {3}task {3}for {3}why\nhealthy {3}5 {19}ceo, cfo, cso, cto, devops\n$/,
    ),
  })
  double.run = () => ({ ...stuck, at: new Date().toISOString() })
  const { code, printed } = await type()
  expect(code).toBe(3)
  expect(printed).toMatch(/^4 agents looked at in 41 ms: 1 stuck; 1 organ ailing\.\n/)
  expect(double.asked).toEqual(['run', 'run'])
})

test('--last shows what was seen and done, in columns, and nothing of it drives the terminal', async () => {
  double.last = stuck
  const { code, printed } = await type({ last: true })
  expect(code).toBe(3)
  expect(printed.split('\n').slice(1)).toEqual([
    '',
    'state     role      task   for      why',
    'stalled   backend   t-13   35 min   no word for 35 min[2J all is well',
    'stopped   cto       -      5 min    somebody stopped it',
    'healthy   2                         ceo, cfo',
    '',
    'state    organ    why',
    'ailing   canary   local: not heard for 12 min',
    'well     1        timers',
    '',
    'done about   task   what       what came of it',
    'backend      t-13   ping (2)   asked it',
    '',
  ])
  expect(double.asked).toEqual(['report'])
})

test('the report is the same for programs', async () => {
  double.last = { ...stuck, held: 'all are silent' }
  const { code, printed } = await type({ last: true, json: true })
  expect({ code, report: JSON.parse(printed) }).toEqual({ code: 3, report: double.last })
})

test('before the first sweep there is nothing to show, and that is no failure', async () => {
  expect(await type({ last: true })).toEqual({
    code: 0,
    printed: 'Nobody has looked at the fleet yet. To have it looked at now: breakroom sweep\n',
  })
  expect(await type({ last: true, json: true })).toEqual({ code: 0, printed: 'null\n' })
})

test('without a sweep it says how one is started', async () => {
  await double.kill()
  await expect(type()).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The sweep does not answer; it runs as a part of its own: breakroom run sweep.',
  })
})

test('doctor says whether the sweep runs and what it saw, or that there is none', async () => {
  using home = commandLineHome(nats)
  const roles = [{ brain: { kind: 'sweep' as const } }]
  const fleet = { sweep: sweepSettingsSchema.parse({}) }
  double.last = { ...stuck, at: new Date().toISOString() }
  expect(await checkSweep(home, fleet, roles)).toMatchObject([
    { check: 'sweep', state: 'warning', found: expect.stringContaining('backend stalled') },
  ])
  double.last = { version: 2 } as never
  expect(await checkSweep(home, fleet, roles)).toMatchObject([
    { state: 'failure', found: expect.stringContaining('another version') },
  ])
  await double.kill()
  expect(await checkSweep(home, fleet, roles)).toEqual([
    { check: 'sweep', state: 'failure', found: 'the sweep does not run', fix: 'breakroom run sweep, or npm start' },
  ])
  expect(await checkSweep(home, fleet, [{ brain: { kind: 'none' } }])).toMatchObject([{ state: 'ok' }])
})
