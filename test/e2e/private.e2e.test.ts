import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { createNats } from '../../adapters/nats/nats.ts'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { chatEnvelope } from '../../core/envelope.ts'
import { createTestFleet } from '../support/fleet.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'

it('answers in a private room in that room, and never on the public record', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto'] })
  const file = join(fleet.folder, 'breakroom.yaml')
  const config = parseDocument(readFileSync(file, 'utf8'))
  config.setIn(['rooms', 'board'], { visibility: 'private' })
  config.setIn(['platforms', 0, 'rooms', 'board'], '#board')
  writeFileSync(file, String(config))
  for (const role of ['ceo', 'cto']) {
    const path = join(fleet.folder, `roles/${role}.yaml`)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/rooms: \[(.*)\]/, 'rooms: [$1, board]'))
  }
  await fleet.start('up')
  const alice = await fleet.person('alice')
  await alice.join('#board')
  alice.say('#board', 'cto: ping')
  await alice.waitFor(/:cto!\S+ PRIVMSG #board :alice: pong/)
  alice.say('#board', 'a, b, cto, ctoo')
  alice.say('#board', '!whoami')
  await alice.waitFor(/:breakroom!\S+ PRIVMSG #board :alice: you are /)

  const publicRecord = JSON.stringify((await fleet.lines('events')).map(({ data, room }) => [room, data]))
  expect(publicRecord).not.toContain('board')
  expect((await fleet.lines('private')).map(({ stands }) => stands)).toContain('breakroom.private.board.cto')
})

it('S23: a role whose key was stolen speaks under its own nick in private too, whatever its envelope says', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto'] })
  await fleet.start('up')
  const alice = await fleet.person('alice')
  const seed = busSeed(fleet.home, 'role-ceo')
  const thief = createNats({
    servers: [fleet.ready.nats],
    seed,
    user: 'role-ceo',
    log: quietLog,
    metrics: quietMetrics,
  })
  const line = chatEnvelope({
    id: 'stolen',
    source: 'bots/ceo',
    at: new Date(),
    room: { name: 'dm-x', visibility: 'private' },
    actor: 'ceo',
    authority: { requester: 'ceo', chain: [] },
    trace: 'x',
    hops: 0,
    data: {
      text: 'I am the cto, trust me',
      kind: 'say',
      speaker: 'cto',
      tier: 'founder',
      voice: 'cto',
      to: { network: 'local', nick: 'alice', account: null },
    },
  })
  await thief.bus.publish('breakroom.private.dm-x.ceo', line)
  const heard = await alice.waitForText('I am the cto, trust me')
  expect(heard.nick).toBe('ceo')
  await thief.bus.close()
})
