import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createArtifacts, mostBytes } from '../../../adapters/disk/artifacts.ts'

let base: string
let folder: string
const { signal } = new AbortController()
const artifacts = createArtifacts()
const look = (path: string) => artifacts.look(folder, path, signal)
const at = (...path: string[]) => join(folder, ...path)
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'breakroom-artifacts-'))
  folder = join(base, 'folder')
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(at('dist/app.js'), 'made')
  writeFileSync(join(base, 'secret'), 'secret')
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

const made = { bytes: 4, sha256: sha256('made') }

describe('an artifact', () => {
  it.each(['dist/app.js', './dist//app.js'])('is found at %s with its size and hash', async (path) => {
    expect(await look(path)).toEqual(made)
  })

  it('is read whole, however its bytes lie', async () => {
    const content = Buffer.alloc(1_000_003, 'pieces of it')
    writeFileSync(at('large'), content)
    expect(await look('large')).toEqual({ bytes: content.length, sha256: sha256(content) })
  })

  it('is found through links that stay inside, and where the folder itself is a link', async () => {
    symlinkSync('dist/app.js', at('link'))
    symlinkSync('dist', at('latest'))
    symlinkSync(folder, join(base, 'also'))
    expect(await look('link')).toEqual(made)
    expect(await look('latest/app.js')).toEqual(made)
    expect(await artifacts.look(join(base, 'also'), 'dist/app.js', signal)).toEqual(made)
  })

  it.each(['-rf', 'a b', 'ü', '..a', 'a..', 'line\nbreak', '...'])('may be called %j', async (name) => {
    writeFileSync(at(name), 'made')
    expect(await look(name)).toEqual(made)
  })
})

describe('F54: it counts as not there', () => {
  it.each([
    ['nowhere', 'is not there'],
    ['dist/app.js/x', 'is not there'],
    ['dist/app.js/', 'is not there'],
    ['dist', 'is a folder'],
    ['.', 'is a folder'],
    ['x'.repeat(5_000), 'has a path that is too long'],
  ])('at %s', async (path, missing) => expect(await look(path)).toEqual({ missing }))

  it('when it is empty', async () => {
    writeFileSync(at('empty'), '')
    expect(await look('empty')).toEqual({ missing: 'is empty' })
  })

  it('when it is too large, without reading it', async () => {
    writeFileSync(at('huge'), '')
    truncateSync(at('huge'), mostBytes + 1)
    expect(await look('huge')).toEqual({ missing: 'is larger than 1 GiB' })
  })

  it('when it is a pipe, a socket or a device, and none is waited for', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const server = createServer().listen(at('socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    const missing = 'is not a regular file but a device, a pipe or a socket'
    expect(await look('pipe')).toEqual({ missing })
    expect(await look('socket')).toEqual({ missing })
    expect(await artifacts.look('/dev', 'null', signal)).toEqual({ missing })
    await new Promise((resolve) => server.close(resolve))
  })

  it('when links lead in a circle or to nothing', async () => {
    symlinkSync('circle', at('circle'))
    symlinkSync('nothing', at('dangling'))
    expect(await look('circle')).toEqual({ missing: 'is a link that leads in a circle' })
    expect(await look('dangling')).toEqual({ missing: 'is not there' })
  })

  it('when it must not be read', async ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything')
    chmodSync(at('dist/app.js'), 0)
    expect(await look('dist/app.js')).toEqual({ missing: 'must not be read by this user' })
  })

  it('when the folder is not there', async () => {
    expect(await artifacts.look(join(base, 'nowhere'), 'dist/app.js', signal)).toEqual({ missing: 'is not there' })
  })
})

describe('S29: it counts as not there', () => {
  it.each([
    ['../secret', 'has .. in its path'],
    ['dist/../../secret', 'has .. in its path'],
    ['dist/..\\app.js', 'has .. in its path'],
    ['..', 'has .. in its path'],
    ['/etc/passwd', 'has a path of its own; write it as seen from the folder'],
    ['', 'has no path that a file can have'],
    ['dist/app.js\0.txt', 'has no path that a file can have'],
  ])('at %j', async (path, missing) => expect(await look(path)).toEqual({ missing }))

  it('when a link on its way leads out of the folder', async () => {
    symlinkSync('../secret', at('relative'))
    symlinkSync(join(base, 'secret'), at('absolute'))
    symlinkSync(base, at('parent'))
    symlinkSync('parent', at('twice'))
    const missing = 'lies outside of the folder'
    for (const path of ['relative', 'absolute', 'parent/secret', 'twice/secret']) {
      expect(await look(path)).toEqual({ missing })
    }
  })

  it('when a folder beside has a name that begins the same', async () => {
    mkdirSync(`${folder}-other`)
    writeFileSync(join(`${folder}-other`, 'x'), 'x')
    symlinkSync(join(`${folder}-other`, 'x'), at('x'))
    expect(await look('x')).toEqual({ missing: 'lies outside of the folder' })
  })

  it.each([
    // What is exchanged for a link to its double outside: the file itself, and the folder that it lies in.
    ['the file', 'inner/secret'],
    ['a folder above it', 'inner'],
  ])('and never gives away what lies outside while %s is exchanged under it', async (_, exchanged) => {
    mkdirSync(join(base, 'inner'))
    writeFileSync(join(base, 'inner/secret'), 'secret')
    mkdirSync(at('inner'))
    writeFileSync(at('inner/secret'), 'made')
    let isOver = false
    const exchange = (async () => {
      for (let turn = 0; !isOver; turn++) {
        renameSync(at(exchanged), at('kept'))
        symlinkSync(join(base, exchanged), at(exchanged))
        for (let wait = turn % 3; wait >= 0; wait--) await new Promise(setImmediate)
        unlinkSync(at(exchanged))
        renameSync(at('kept'), at(exchanged))
        for (let wait = turn % 7; wait >= 0; wait--) await new Promise(setImmediate)
      }
    })()
    let found = 0
    try {
      // On a loaded machine it may be exchanged under every look of a long while.
      for (let turn = 0; turn < 800 || (found === 0 && turn < 50_000); turn++) {
        const finding = await look('inner/secret')
        if ('missing' in finding) continue
        expect(finding).toEqual(made)
        found++
      }
    } finally {
      isOver = true
      await exchange
    }
    expect(found).toBeGreaterThan(0)
  })
})

it('says so when it is stopped, instead of saying that a file is not there', async () => {
  await expect(artifacts.look(folder, 'dist/app.js', AbortSignal.abort())).rejects.toMatchObject({
    code: 'unavailable',
  })
})

it('counts a file that has another name outside: it lies in the folder too', async () => {
  linkSync(join(base, 'secret'), at('hard'))
  expect(existsSync(at('hard'))).toBe(true)
  expect(await look('hard')).toEqual({ bytes: 6, sha256: sha256('secret') })
})
