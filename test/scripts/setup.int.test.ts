import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { script } from '../adapters/servers/fleet-servers.ts'
import { cloneFolder, temporaryFolder } from '../support/process.ts'

const enough = { 'nats-server': '2.15.1', ergochat: '2.18.0', 'redis-server': '7.0.15' }

test('set-up says nothing and changes nothing when all is there', () => {
  using clone = freshClone()
  const path = toolsWith(clone.path, enough)
  const began = performance.now()
  const rounds = 5
  for (let round = 0; round < rounds; round++) expect(setUp(clone.path, { PATH: path })).toEqual({ code: 0, said: '' })
  process.stdout.write(`set-up with all in place: ${((performance.now() - began) / rounds).toFixed(0)} ms\n`)
  expect(existsSync(join(clone.path, '.breakroom'))).toBe(false)
})

test('a server below the floor, on a machine without apt, is refused with the ways out', () => {
  using clone = freshClone()
  const { code, said } = setUp(clone.path, { PATH: toolsWith(clone.path, { ...enough, 'nats-server': '2.9.10' }) })
  expect(code).toBe(1)
  expect(said).toMatch(/could not be had: this machine has no apt-get/)
  expect(said).toMatch(/nats-server >= 2\.12\.7: brew install nats-server/)
  expect(said).toMatch(/docker compose up -d nats redis irc/)
  expect(said).not.toMatch(/Ergo|redis-server/)
})

test('a server that was named by hand is refused below the floor, also when a better one is about', () => {
  using clone = freshClone()
  const old = script(clone.path, 'old', 'echo nats-server: v2.9.10')
  const { code, said } = setUp(clone.path, { PATH: toolsWith(clone.path, enough), BREAKROOM_NATS_SERVER_BIN: old })
  expect(code).toBe(1)
  expect(said).toMatch(/nats-server 2\.9\.10 .*named by BREAKROOM_NATS_SERVER_BIN.* is below 2\.12\.7/)
})

test('a server that runs elsewhere need not be here, whether .env or the environment says so', () => {
  using clone = freshClone()
  const path = toolsWith(clone.path, { ergochat: enough.ergochat })
  writeFileSync(join(clone.path, '.env'), 'BREAKROOM_REDIS_URL="redis://elsewhere:6379"\n')
  expect(setUp(clone.path, { PATH: path, BREAKROOM_NATS_URL: 'nats://elsewhere:4222' })).toEqual({ code: 0, said: '' })
})

test('tests need every server here, whatever runs elsewhere', () => {
  using clone = freshClone()
  const env = { PATH: toolsWith(clone.path, enough), BREAKROOM_NATS_URL: 'nats://elsewhere:4222' }
  const { code, said } = setUp(clone.path, env, ['--test'])
  expect(code).toBe(1)
  expect(said).toMatch(/inspircd >= 3\.0\.0/)
})

test('the lock of a set-up that was killed is taken over', () => {
  using clone = freshClone()
  mkdirSync(join(clone.path, '.breakroom/setup.lock'), { recursive: true })
  const dead = spawnSync('true').pid
  writeFileSync(join(clone.path, '.breakroom/setup.lock/pid'), String(dead))
  const { code } = setUp(clone.path, { PATH: toolsWith(clone.path, {}) })
  expect(code).toBe(1)
  expect(existsSync(join(clone.path, '.breakroom/setup.lock'))).toBe(false)
})

test('npm ci agrees with package-lock.json on every platform', () => {
  const { packages } = JSON.parse(readFileSync(join(cloneFolder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>
  }
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${place}/node_modules/${name}` in packages),
    ),
  )
  expect(missing).toEqual([])
})

/** A clone in which packages are installed, and nothing else. */
function freshClone() {
  const clone = temporaryFolder()
  mkdirSync(join(clone.path, 'scripts'))
  mkdirSync(join(clone.path, 'node_modules'))
  copyFileSync(join(cloneFolder, 'scripts/setup.sh'), join(clone.path, 'scripts/setup.sh'))
  copyFileSync(join(cloneFolder, 'package-lock.json'), join(clone.path, 'package-lock.json'))
  copyFileSync(join(cloneFolder, 'package-lock.json'), join(clone.path, 'node_modules/.breakroom-lock'))
  return clone
}

/** A PATH with the ordinary tools, without apt, and with servers of these versions. */
function toolsWith(folder: string, servers: Record<string, string>): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const tools = 'sh sed awk head tail tr cat mkdir rmdir rm cmp dirname basename sleep cp mv id'.split(' ')
  for (const tool of tools)
    symlinkSync(execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(bin, tool))
  for (const [name, version] of Object.entries(servers)) script(bin, name, `echo ${name} ${version}`)
  return bin
}

function setUp(clone: string, env: Record<string, string>, args: string[] = []): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['scripts/setup.sh', ...args], {
    cwd: clone,
    env,
    encoding: 'utf8',
  })
  return { code: status, said: stdout + stderr }
}
