import { expect, it } from 'vitest'
import { orgSubjects } from '../../core/subject.ts'
import { type CanaryReply, canaryLine, canaryReplySchema } from '../../core/sweep/canary.ts'
import { startTestBridge, type TestBridge } from '../support/bridge.ts'
import { startErgo } from '../support/ergo.ts'
import { startInspIrcd } from '../support/inspircd.ts'
import { ircPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import { quietMetrics } from '../support/quiet.ts'
import { publishLine } from '../support/router.ts'
import { startWire } from '../support/wire.ts'

const room = { name: 'canary', visibility: 'public' as const }

/** A role lets one fly; gives its id. */
async function fly({ nats }: TestBridge, role: string, at = new Date()): Promise<string> {
  const line = canaryLine({ role, nick: role, room, at })
  await publishLine(nats.as({ kind: 'role', role }).bus, line)
  return line.id
}

/** What became of it, by network. */
async function fates({ nats }: TestBridge, id: string) {
  const { bus } = nats.as({ kind: 'sweep' })
  const reply = canaryReplySchema.parse(
    await bus.request(orgSubjects('breakroom').service('bridge', 'canary'), { id }, 2_000),
  )
  return Object.fromEntries(reply.networks.map((fate) => [fate.network, fate])) as Record<
    'own' | 'foreign',
    CanaryReply['networks'][number]
  >
}

it('F36: a canary is heard again on each network within a second, in its own room alone; one whose ear is half open hears none', async () => {
  await using own = await startErgo()
  await using wire = await startWire(own.port)
  await using foreign = await startInspIrcd()
  await using alice = await ircPerson({ port: own.port, nick: 'alice' })
  await alice.join('#breakroom')
  await alice.join('#canary')
  await using house = await startTestBridge({ own: wire.port, foreign: foreign.port }, quietMetrics)

  // The cto stands in the room; for the ceo the ear speaks.
  for (const role of ['cto', 'ceo']) {
    const flewAt = Date.now()
    const id = await fly(house, role)
    const { own, foreign } = await until('it is heard', async () => {
      const all = await fates(house, id)
      return all.own.heard !== null && all.foreign.heard !== null && all
    })
    for (const { how, shows, heard } of [own, foreign]) {
      expect({ how, shows }).toEqual({ how: 'heard', shows: true })
      expect(Date.parse(heard ?? '') - flewAt).toBeLessThan(1_000)
    }
  }

  wire.deafen('breakroom')
  // One that comes too late to show anything is said nowhere; the one after it is.
  await fly(house, 'cto', new Date(Date.now() - 20 * 60_000))
  const id = await fly(house, 'cto')
  const fate = await until('it is posted', async () => {
    const all = await fates(house, id)
    return all.own.posted !== null && all.foreign.heard !== null && all
  })
  expect(fate.own).toMatchObject({ shows: true, heard: null, how: null })
  expect(fate.foreign).toMatchObject({ how: 'heard' })
  await alice.waitForText(id)
  expect(alice.heard.map(({ target, nick }) => `${target} ${nick}`)).toEqual([
    '#canary cto',
    '#canary breakroom',
    '#canary cto',
  ])
}, 30_000)
