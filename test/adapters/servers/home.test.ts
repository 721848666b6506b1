import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evidenceKey, evidencePublicFile } from '../../../adapters/servers/evidence-key.ts'
import { areFounderWords, firstFounderWords, replaceFounderWords } from '../../../adapters/servers/founder-login.ts'
import { holdHome, holdPart } from '../../../adapters/servers/home-lock.ts'
import { keptSecret } from '../../../adapters/servers/kept-files.ts'
import { startMark } from '../../../adapters/servers/process-mark.ts'
import { floors, isOlder, versionIn } from '../../../adapters/servers/versions.ts'
import { cloneFolder, run, temporaryFolder } from '../../support/process.ts'

test("the founder's words are shown once, and only their hash is kept", async () => {
  using home = temporaryFolder()
  expect(await areFounderWords(home.path, 'before there are any')).toBe(false)
  const words = (await firstFounderWords(home.path)) ?? ''
  expect(words).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4}){3}$/)
  expect(readFileSync(join(home.path, 'keys/founder.json'), 'utf8')).not.toContain(words)

  expect(await firstFounderWords(home.path)).toBeNull()
  expect(await areFounderWords(home.path, ` ${words.toUpperCase()}\n`)).toBe(true)
  for (const wrong of ['', 'guess', words.slice(0, -1), 'x'.repeat(1_000_000)])
    expect(await areFounderWords(home.path, wrong)).toBe(false)

  const others = await replaceFounderWords(home.path)
  expect(await areFounderWords(home.path, words)).toBe(false)
  expect(await areFounderWords(home.path, others)).toBe(true)
})

test('secrets are readable by their owner only, also when somebody loosened them', () => {
  using home = temporaryFolder()
  const file = join(home.path, 'keys/secret')
  const made = keptSecret(file, () => 'first')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(home.path, 'keys')).mode & 0o777).toBe(0o700)
  writeFileSync(file, made, { mode: 0o644 })
  expect(keptSecret(file, () => 'second')).toBe('first')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(home.path, 'keys'))).toEqual(['secret'])
})

test.each([
  [
    'a folder',
    (file: string) => mkdirSync(file, { recursive: true }),
    /evidence\.key cannot be read \(EISDIR.*\); it has to be/,
  ],
  ['no key', (file: string) => keptSecret(file, () => 'words'), /evidence\.key is no Ed25519 key; delete it/],
  ['another kind of key', (file: string) => keptSecret(file, rsaKey), /evidence\.key is no Ed25519 key; delete it/],
])('a key of the house that is %s is refused in one sentence', (_, given, message) => {
  using home = temporaryFolder()
  given(join(home.path, 'keys/evidence.key'))
  expect(() => evidenceKey(home.path)).toThrow(
    expect.objectContaining({ code: 'config_invalid', message: expect.stringMatching(message) }),
  )
})

test('the public key of the house is put right when somebody replaced it', () => {
  using home = temporaryFolder()
  const key = evidenceKey(home.path)
  writeFileSync(evidencePublicFile(home.path), 'another')
  expect(evidenceKey(home.path)).toEqual(key)
  expect(readFileSync(evidencePublicFile(home.path), 'utf8')).toBe(key.public)
})

test('an emptied secret is refused with the way out', () => {
  using home = temporaryFolder()
  const file = join(home.path, 'secret')
  writeFileSync(file, '\n')
  expect(() => keptSecret(file, () => 'new')).toThrow(/is empty; delete it/)
})

test('a home is held by one process at a time', () => {
  using home = temporaryFolder()
  {
    using _held = holdHome(home.path)
    expect(() => holdHome(home.path)).toThrow(new RegExp(`running in .* already \\(pid ${process.pid}\\)`))
  }
  using _again = holdHome(home.path)
})

test('a part is held by one process at a time, unless there may be many', () => {
  using home = temporaryFolder()
  using _bridge = holdPart(home.path, 'bridge')
  using _router = holdPart(home.path, 'router')
  expect(() => holdPart(home.path, 'bridge')).toThrow(
    new RegExp(`The bridge of .* runs already \\(pid ${process.pid}\\)\\. Stop it, or .*BREAKROOM_HOME=`),
  )
  using _bots = holdPart(home.path, 'bots', { many: true })
  using _more = holdPart(home.path, 'bots', { many: true })
})

test.each([
  ['fleet', /Breakroom runs here already \(pid \d+\), with its bots\./],
  ['servers', null],
] as const)('beside a process that runs the %s of a home, a part is held or refused', async (runs, refusal) => {
  using home = temporaryFolder()
  await using other = run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  mkdirSync(join(home.path, 'run'))
  writeFileSync(join(home.path, 'run/up.json'), JSON.stringify({ pid: other.pid, mark: startMark(other.pid), runs }))
  const hold = () => holdPart(home.path, 'bots', { many: true })[Symbol.dispose]()
  if (refusal === null) hold()
  else expect(hold).toThrow(refusal)
  await other.kill('SIGKILL')
  hold()
})

test('the lock of a process that is gone does not count', () => {
  using home = temporaryFolder()
  holdHome(home.path)[Symbol.dispose]()
  writeFileSync(join(home.path, 'run/up.json'), JSON.stringify({ pid: process.pid, mark: 'another start' }))
  using _held = holdHome(home.path)
})

test.each([
  ['nats-server: v2.15.1', '2.15.1'],
  ['ergo-2.18.0', '2.18.0'],
  ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', '7.0.15'],
  ['InspIRCd-3.15.0-debian', '3.15.0'],
  ['usage: something', null],
])('the version in %j is %j', (text, version) => {
  expect(versionIn(text)).toBe(version)
})

test.each([
  ['2.12.6', '2.12.7', true],
  ['2.12.7', '2.12.7', false],
  ['2.9.10', '2.12.7', true],
  ['2.15', '2.12.7', false],
  ['3.0.0', '2.12.7', false],
])('%s against the floor %s: too old is %s', (version, floor, older) => {
  expect(isOlder(version, floor)).toBe(older)
})

test('set-up has the same floors as the servers that are started', () => {
  const text = readFileSync(join(cloneFolder, 'scripts/setup.sh'), 'utf8')
  const floorIn = (name: string) => new RegExp(`^${name}_floor=(.+)$`, 'm').exec(text)?.[1]
  expect({
    'nats-server': floorIn('nats'),
    ergochat: floorIn('ergo'),
    'redis-server': floorIn('redis'),
    inspircd: floorIn('inspircd'),
  }).toEqual(floors)
})

function rsaKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
