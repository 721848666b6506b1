import { describe, expect, it } from 'vitest'
import { loadFleet } from '../../../adapters/yaml/load-fleet.ts'
import { type Fleet, fleetSchema } from '../../../core/fleet.ts'
import { type Role, roleSchema } from '../../../core/role.ts'
import { keptStartSchema } from '../../../core/state/kept-start.ts'
import { startOf } from '../../../core/state/start-of.ts'
import { cloneFolder } from '../../support/process.ts'

const at = new Date('2026-11-22T07:15:00.123Z')
const fleetWith = (changes: object = {}): Fleet =>
  fleetSchema.parse({
    rooms: { breakroom: {} },
    platforms: [{ name: 'local', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
    limits: { tasks_in_hand: 4 },
    time_zone: 'Europe/Berlin',
    ...changes,
  })
const role = (name: string, changes: object = {}): Role =>
  roleSchema.parse({
    name,
    nick: name,
    reports_to: 'founder',
    mission: 'Decides how things are built.',
    rooms: ['breakroom'],
    capabilities: ['review designs'],
    tools: { tasks: ['list_tasks'] },
    forbidden_actions: ['deploy to production'],
    brain: { kind: 'none' },
    loop_strategy: 'on_task',
    escalation: { to: 'founder', after_minutes: 60 },
    ...changes,
  })
const hashOf = (fleet: Fleet, ...roles: Role[]) => startOf({ fleet, roles, at }).hash

describe('the configuration at a start', () => {
  it('is what each role may do, when it works, and who is told when it stands still', () => {
    const cto = role('cto', { title: 'CTO', recurring: [{ name: 'stale-reviews', every: '1d', brief: 'Name them' }] })
    const fleet = fleetWith({ sweep: { thresholds: { stalled: 45 }, roles: { cto: { dead: 9 } } } })
    const start = startOf({ fleet, roles: [cto], at })
    expect(start).toMatchObject({
      id: expect.stringMatching(/^2026-11-22T07-15-00-123Z-[0-9a-f]{8}$/),
      revision: 1,
      at: '2026-11-22T07:15:00.123Z',
      roles: [
        {
          name: 'cto',
          title: 'CTO',
          reports_to: 'founder',
          capabilities: ['review designs'],
          tools: { tasks: ['list_tasks'] },
          forbidden_actions: ['deploy to production'],
          brain: 'none',
          loop_strategy: 'on_task',
          wip: 4,
          recurring: ['stale-reviews: 1d Europe/Berlin'],
          escalation: { to: 'founder', after_minutes: 60 },
          thresholds: { stalled: 45, dead: 9, deaf: 2 },
        },
      ],
      limits: { tasks_in_hand: 4, tasks_waiting: 200 },
    })
    expect(start.id.endsWith(start.hash.slice(0, 8))).toBe(true)
    expect(keptStartSchema.parse(start)).toEqual(start)
  })

  it('has the same hash in whatever order the files come, and their keys, at any time', () => {
    const [ceo, cto] = [role('ceo'), role('cto', { wip: 2 })]
    const hash = hashOf(fleetWith(), ceo, cto)
    const backwards = Object.fromEntries(Object.entries(cto).reverse()) as Role
    expect(hashOf(fleetWith(), backwards, ceo)).toBe(hash)
    const later = startOf({ fleet: fleetWith(), roles: [ceo, cto], at: new Date('2026-11-23T00:00:00Z') })
    expect(later.hash).toBe(hash)
    expect(later.id).not.toBe(startOf({ fleet: fleetWith(), roles: [ceo, cto], at }).id)
  })

  it.each([
    ['a capability', fleetWith(), role('cto', { capabilities: ['review'] })],
    ['a tool', fleetWith(), role('cto', { tools: 'none' })],
    ['who is told', fleetWith(), role('cto', { escalation: { to: 'ceo', after_minutes: 60 } })],
    ['when it works', fleetWith(), role('cto', { loop_strategy: 'on_mention' })],
    ['how much at once', fleetWith({ limits: { tasks_in_hand: 5 } }), role('cto')],
    ['a threshold of one role', fleetWith({ sweep: { roles: { cto: { dead: 9 } } } }), role('cto')],
  ])('has another hash when %s changes', (_, fleet, cto) => {
    expect(hashOf(fleet, cto)).not.toBe(hashOf(fleetWith(), role('cto')))
  })

  it('has no secret in it, and nothing of people and platforms', () => {
    const key = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ'
    const fleet = fleetWith({
      people: { ada: { name: 'Ada Lovelace', tier: 'founder' } },
      checks: { tests: ['npm', 'test', '--token', 'hunter2'] },
    })
    const careless = role('cto', { title: `CTO ${key}`, capabilities: [`call the API with ${key}`] })
    const text = JSON.stringify(startOf({ fleet, roles: [careless], at }))
    for (const word of [key, 'Lovelace', 'hunter2', 'local']) expect(text).not.toContain(word)
  })

  it('can be kept of the fleet that is shipped', () => {
    const { fleet, roles } = loadFleet(cloneFolder)
    const start = startOf({ fleet, roles, at })
    expect(keptStartSchema.parse(start)).toEqual(start)
    expect(start.roles.map(({ name }) => name)).toEqual(roles.map(({ name }) => name))
    expect(JSON.stringify(start)).not.toContain('«redacted')
  })
})
