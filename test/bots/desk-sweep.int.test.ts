import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import { deskOn, type TestDesk } from '../support/desk.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { type SweepDouble, sweepDouble } from '../support/sweep-double.ts'
import { anyReport, reported } from '../support/sweep-report.ts'

let nats: NatsServer
let desk: TestDesk

beforeEach(async () => {
  nats = await startProvisionedNats()
  desk = deskOn(nats)
})
afterEach(() => nats[Symbol.asyncDispose]())

const away = 'The sweep does not answer; it runs as a part of its own: breakroom run sweep.'
const well = '5 agents looked at in 41 ms: all is well.'

describe('!sweep', () => {
  let sweep: SweepDouble
  beforeEach(async () => {
    sweep = await sweepDouble(nats)
  })
  afterEach(() => sweep.kill())

  it('has the fleet looked at, and says in a line or two what was seen and done', async () => {
    expect(await desk.says('!sweep')).toBe(well)
    sweep.run = () =>
      anyReport({
        states: { healthy: ['ceo'], dead: ['cto'] },
        agents: [reported('cto', 'dead', 4, 'no heartbeat for 4 min')],
        organs: [{ organ: 'timers', state: 'ailing', why: 'Redis is away' }],
      })
    expect(await desk.says('sweep', { alone: true })).toBe(
      '2 agents: cto dead 4 min (no heartbeat); 1 healthy.\nAiling: timers (Redis is away).',
    )
    expect(sweep.asked).toEqual(['run', 'run'])
  })

  it('is for members, and no agent may ask for it by itself', async () => {
    expect(await desk.says('!sweep', { tier: 'guest' })).toBe(
      'Only a member or a founder may have the fleet looked at; you are a guest (rule: tier).',
    )
    expect(await desk.says('!sweep', { actor: 'cto', tier: 'founder' })).toContain('(rule: agent-alone)')
    expect(sweep.asked).toEqual([])
  })

  it('S42: that takes its time keeps nobody from being stopped, and is answered later, once', async () => {
    const looking = Promise.withResolvers<void>()
    sweep.run = async () => {
      await looking.promise
      return anyReport()
    }
    const items = [desk.item('!sweep'), desk.item('!sweep', { actor: 'human-bob' })]
    for (const item of items) await desk.handle(item)
    expect(await desk.says('!stop cto')).toContain('cto is stopped.')
    // Nothing waits for the task service, neither the status nor other commands of whoever asked.
    expect(await desk.says('!status')).not.toContain('wait')
    expect(sweep.asked).toEqual(['run'])
    looking.resolve()
    for (const item of items) {
      await until('it is answered', async () => (await desk.answersTo(item)).length > 0)
      await desk.handle(item)
      expect(await desk.answersTo(item)).toEqual([well])
    }
  })

  it('that was under way when the desk was killed is answered by the next desk', async () => {
    sweep.run = () => new Promise(() => {})
    const item = desk.item('!sweep')
    await desk.handle(item)
    await desk.kill()
    sweep.run = () => anyReport()
    desk = deskOn(nats)
    await until('it is answered', async () => (await desk.answersTo(item)).length > 0)
    expect(await desk.answerTo(item)).toBe(well)
  })

  it('says in its own words why it does not sweep, and what cannot be read is no reason to sweep again', async () => {
    sweep.run = () => {
      throw new BreakroomError('unavailable', 'Another sweep leads; it does not answer.')
    }
    expect(await desk.says('!sweep')).toBe('Another sweep leads; it does not answer.')
    sweep.run = () => ({ version: 2 })
    expect(await desk.says('!sweep')).toBe(
      'The sweep looked, and answers in words of another version; see "breakroom doctor".',
    )
    expect(sweep.asked).toHaveLength(2)
  })
})

describe('without a sweep', () => {
  it('the desk says how one is started', async () => {
    expect(await desk.says('!sweep')).toBe(away)
  })

  it('the desk says so where no role is one', async () => {
    const without = deskOn(nats, { sweeps: false })
    expect(await without.says('!sweep')).toBe('Nobody here looks after the fleet: no role has the brain "sweep".')
  })
})
