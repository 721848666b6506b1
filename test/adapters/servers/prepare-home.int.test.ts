import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { provision } from '../../../adapters/nats/provision.ts'
import { ircAccounts, setUpErgo } from '../../../adapters/servers/ergo.ts'
import { takesLogin } from '../../../adapters/servers/irc-exchange.ts'
import { busSeed } from '../../../adapters/servers/nats-server.ts'
import { prepareHome } from '../../../adapters/servers/prepare-home.ts'
import { inspectRedis, redisUrl } from '../../../adapters/servers/redis-server.ts'
import { cloneFolder, run, serverProgram, temporaryFolder, until } from '../../support/process.ts'

// Another address of loopback, where the usual ports are free.
const bind = '127.0.0.77'
const members = { org: 'breakroom', roles: ['cto'], nicks: ['cto'], rooms: [{ channel: '#breakroom' }] }

test('servers that run as services of their own take what a prepared home says', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux has more than one address of loopback')
  using home = temporaryFolder()
  const at = (path: string) => join(home.path, path)
  await prepareHome({ ...members, home: home.path, env: process.env, clone: cloneFolder, bind, folder: home.path })
  await using nats = run(serverProgram('nats-server'), ['-c', at('nats/nats.conf')])
  await using redis = run(serverProgram('redis-server'), [at('redis/redis.conf')])
  await using ergo = run(serverProgram('ergochat'), ['run', '--conf', at('ergo/ergo.yaml')])

  const silent = { log: { info() {}, warn() {}, error() {} }, metrics: { count() {}, gauge() {} } }
  const admin = { servers: [`nats://${bind}:4222`], seed: busSeed(home.path, 'admin'), user: 'admin', ...silent }
  await provision(admin, members).catch((error) => expect.fail(`${error.message}: ${nats.output}`))
  const facts = await until('redis answers', () => inspectRedis(redisUrl(home.path, bind, 6379)))
  expect(facts.policy, redis.output).toBe('noeviction')
  const password = ircAccounts(home.path, members.nicks).cto ?? ''
  await until('ergo takes the accounts', () =>
    setUpErgo(home.path, members, { host: bind, port: 6667 }).then(() => true),
  ).catch((error) => expect.fail(`${error.message}: ${ergo.output}`))
  expect(await takesLogin(bind, 6667, 'cto', password)).toBe(true)
})

test('preparing a home again keeps every secret, and brings the keys of a new role', async () => {
  using home = temporaryFolder()
  const options = { ...members, home: home.path, env: process.env, clone: cloneFolder, bind, folder: '/elsewhere' }
  await prepareHome(options)
  const before = secretsIn(home.path)
  await prepareHome({ ...options, roles: ['cto', 'cso'], nicks: ['cto', 'cso'] })
  const after = secretsIn(home.path)

  const { 'irc-accounts.json': accountsBefore, ...restBefore } = before
  expect(after).toMatchObject(restBefore)
  expect(JSON.parse(after['irc-accounts.json'] ?? '')).toMatchObject(JSON.parse(accountsBefore ?? ''))
  expect(Object.keys(after)).toContain('role-cso.nk')
  for (const file of ['nats/nats.conf', 'redis/redis.conf', 'ergo/ergo.yaml']) {
    const text = readFileSync(join(home.path, file), 'utf8')
    expect(text, file).toContain('/elsewhere/')
    expect(text, file).not.toContain(home.path)
  }
})

function secretsIn(home: string): Record<string, string> {
  const folder = join(home, 'keys')
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}
