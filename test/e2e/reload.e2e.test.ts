import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { createTestFleet } from '../support/fleet.ts'
import { until } from '../support/process.ts'

it('F57: a broken file changes nothing and is said with its place; a whole one is taken up while the fleet runs', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto'] })
  await fleet.start('up')
  const alice = await fleet.person('alice')
  const file = join(fleet.folder, 'roles/cto.yaml')
  const whole = readFileSync(file, 'utf8')

  writeFileSync(file, whole.slice(0, whole.indexOf('mission:') + 4))
  await alice.waitFor(/PRIVMSG #breakroom :roles\/cto\.yaml:\d+:\d+: .*The fleet goes on as it was\./)
  expect(fleet.outputOf('up')).toMatch(/roles\/cto\.yaml:\d+:\d+: /)
  alice.say('#breakroom', 'cto: ping')
  await alice.waitFor(/:cto!\S+ PRIVMSG #breakroom :alice: pong/)

  writeFileSync(file, whole)
  const written = await fleet.command(['roles', 'new', 'scout'])
  expect(written.code, written.stderr).toBe(0)
  await until('the new configuration is in force', () => fleet.outputOf('up').includes('is in force'), 20_000)
  alice.say('#breakroom', 'scout: ping')
  await alice.waitFor(/:scout!\S+ PRIVMSG #breakroom :alice: pong/)
})

it('F57: a configuration that reads well and cannot be started changes nothing either, and can be mended', async () => {
  await using fleet = createTestFleet({ roles: ['ceo', 'cto'] })
  await fleet.start('up')
  const alice = await fleet.person('alice')
  const file = join(fleet.folder, 'breakroom.yaml')
  const whole = readFileSync(file, 'utf8')
  const withNetwork = (more: object) => {
    const config = parseDocument(whole)
    const foreign = {
      name: 'foreign',
      kind: 'irc',
      host: '127.0.0.1',
      port: 1,
      rooms: { breakroom: '#breakroom' },
      ...more,
    }
    config.addIn(['platforms'], foreign)
    return String(config)
  }
  writeFileSync(file, withNetwork({ server_password_env: 'NOT_SET_ANYWHERE' }))
  await alice.waitForText(/^NOT_SET_ANYWHERE is not set; .*The fleet goes on as it was\.$/, 20_000)
  alice.say('#breakroom', 'cto: ping')
  await alice.waitForText('alice: pong', 20_000)

  writeFileSync(file, withNetwork({}))
  await until('it is in force', () => fleet.outputOf('up').includes('is in force'), 20_000)
  // The network that was added does not answer, which holds up nobody.
  alice.say('#breakroom', 'ceo: ping')
  await alice.waitFor(/:ceo!\S+ PRIVMSG #breakroom :alice: pong/)
  const health = await fetch(`${fleet.ready.http}/healthz`).then((response) => response.json())
  expect(health).toMatchObject({ state: 'degraded', parts: { bridge: ['3 of 3 connections to foreign are down'] } })
})
