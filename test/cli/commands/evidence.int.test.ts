import { execFile, execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createWorkTree } from '../../../adapters/git/work-tree.ts'
import { evidenceKey } from '../../../adapters/servers/evidence-key.ts'
import { evidence } from '../../../cli/commands/evidence.ts'
import { evidenceCheck } from '../../../cli/commands/evidence-check.ts'
import { evidenceHook } from '../../../cli/commands/evidence-hook.ts'
import { keepRun } from '../../../cli/evidence/kept-runs.ts'
import { nearestHouse } from '../../../cli/evidence/nearest-house.ts'
import type { Settings } from '../../../cli/settings.ts'
import { type EvidenceRun, signRun } from '../../../core/evidence/run.ts'
import { commandLineHome, keptOutput, standInForTasks } from '../../support/command-line.ts'
import { madeUpRun } from '../../support/evidence-house.ts'
import { roleText } from '../../support/fleet-folder.ts'
import { createGitRepository, type GitRepository } from '../../support/git-repository.ts'
import { type NatsServer, startNats } from '../../support/nats.ts'

const files = {
  'breakroom.yaml': `rooms:
  breakroom: {}
platforms:
  - { name: local, kind: irc, embedded: true, rooms: { breakroom: "#breakroom" } }
people:
  grace: { name: Grace, tier: founder }
checks:
  npm test: [npm, test]
  lint: [npm, run, lint]
`,
  'roles/devops.yaml': roleText('devops'),
}

let nats: NatsServer
let serving: AbortController
let home: Settings & Disposable
let repository: GitRepository
beforeAll(async () => {
  nats = await startNats()
})
afterAll(() => nats?.[Symbol.asyncDispose]())
beforeEach(() => {
  serving = new AbortController()
  home = commandLineHome(nats, files)
  home.env = { PATH: process.env.PATH, HOME: home.folder }
  evidenceKey(home.home)
  repository = createGitRepository(join(home.home, 'workspaces/cto'))
  repository.write('src/gateway.js', 'export const limit = 100\n')
  repository.commit()
})
afterEach(() => {
  serving.abort()
  home[Symbol.dispose]()
})

/** The name of the files that are there. */
async function treeNow(): Promise<string> {
  const workTree = createWorkTree({ hostEnvironment: home.env })
  return (await workTree.snapshot(repository.path, new AbortController().signal))?.tree ?? ''
}

const npmTest = ['npm', 'test']

/** A run of the house, kept where the command keeps it. */
async function passed(changes: Partial<EvidenceRun> = {}, key = evidenceKey(home.home).private): Promise<void> {
  const signed = signRun(madeUpRun({ tree: await treeNow(), argv: npmTest, ...changes }), key)
  keepRun({ gitFolder: join(repository.path, '.git') }, signed)
}

async function check(staged = false, program: readonly string[] = []) {
  const { output, printed, talked } = keptOutput()
  const code = await evidenceCheck(home, output, repository.path, { staged, program, role: undefined })
  return { code, text: `${printed()}${talked()}` }
}

describe('breakroom evidence', () => {
  /** Runs the command in a folder, against a service that answers with this run. */
  async function run(changes: Partial<EvidenceRun>, options: { role?: string; here?: string; json?: boolean } = {}) {
    const signed = signRun(madeUpRun(changes), evidenceKey(home.home).private)
    const answers = [{ state: 'running' }, { state: 'running' }, { state: 'done', run: signed }]
    const asked = await standInForTasks(nats, { evidence: () => answers.shift() }, serving.signal)
    const { output, printed, talked } = keptOutput(options.json)
    const { here = join(repository.path, 'src'), role } = options
    const code = await evidence(home, output, here, { program: ['npm', 'test'], role })
    return { code, asked, signed, printed: printed(), talked: talked() }
  }

  test('asks with one id until the run is over, says what it came to, and keeps it beside the history', async () => {
    const tree = await treeNow()
    const { code, asked, signed, printed, talked } = await run({ tree, duration_ms: 12_340, doubts: ['Look at this.'] })
    expect(code).toBe(0)
    expect(asked.map(({ request }) => request.args)).toEqual(Array(3).fill({ check: 'npm test', role: 'cto' }))
    expect(new Set(asked.map(({ request }) => request.id)).size).toBe(1)
    const [file = ''] = printed.match(/\S+\.json/) ?? []
    expect(printed.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^`npm test` \(.*--test\), in the workspace of cto, passed\.$/),
      `12.3 s, 2 passed, 0 failed, 0 skipped, files ${tree.slice(0, 8)}`,
      'A person has to look: Look at this.',
    ])
    expect(file).toContain(join(repository.path, '.git/breakroom/evidence', tree))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(signed)
    expect(talked).toBe('`npm test` runs in the workspace of cto. Ctrl-C leaves it to run on.\n')
    expect((await check()).code).toBe(0)
  })

  test('of a run that did not pass shows the end of what it printed, and ends with 1', async () => {
    const { code, printed } = await run({ exit_code: 3, output_tail: 'expected 429', tests: null })
    expect(code).toBe(1)
    expect(printed).toContain('did not pass: it ended with 3.')
    expect(printed).toContain('no tests counted, of no certain files')
    expect(printed).toContain('\nexpected 429\n')
  })

  test('--json prints the run as it was signed', async () => {
    const { printed, signed } = await run({ tree: await treeNow() }, { json: true, role: 'cto', here: home.folder })
    expect(JSON.parse(printed)).toMatchObject({ passed: true, run: signed.run, signature: signed.signature })
  })

  test.each([
    [
      [],
      {},
      'evidence takes a check after "--". There are "npm test", "npm run lint"; others are added under checks: in breakroom.yaml.',
    ],
    [
      ['npm', 'test', '--force'],
      {},
      '"npm test --force" is no check. There are "npm test", "npm run lint"; others are added under checks: in breakroom.yaml.',
    ],
    [['npm', 'test'], { role: 'backend' }, 'There is no role backend. Roles: cto, devops.'],
    [['npm', 'test'], { here: '/' }, 'No role works in this folder; say whose workspace is meant: --role <name>.'],
  ])(
    '%j %j is refused in one sentence',
    async (program, { role, here = repository.path }: { role?: string; here?: string }, message) => {
      await expect(evidence(home, keptOutput().output, here, { program, role })).rejects.toMatchObject({
        code: 'usage',
        message,
      })
    },
  )
})

describe('breakroom evidence check', () => {
  test('says that a check passed on just these files, and on no others', async () => {
    expect((await check()).code).toBe(1)
    await passed()
    expect(await check()).toMatchObject({ code: 0, text: expect.stringMatching(/^`npm test` passed on these files/) })
    repository.write('src/gateway.js', 'export const limit = 0\n')
    const after = await check()
    expect(after.code).toBe(1)
    expect(after.text).toMatch(/^breakroom: No check has passed on these files \([0-9a-f]{8}\)\. Have one run: /)
  })

  test.each([
    ['signed with another key', async () => passed({}, newKey())],
    ['that did not pass', async () => passed({ exit_code: 1 })],
    [
      'whose words were changed',
      async () => {
        await passed({ exit_code: 1 })
        const [file = ''] = execFileSync('find', [join(repository.path, '.git/breakroom'), '-name', '*.json'], {
          encoding: 'utf8',
        }).split('\n')
        writeFileSync(file, readFileSync(file, 'utf8').replace('"exit_code": 1', '"exit_code": 0'))
      },
    ],
    [
      'of other files under the name of these',
      async () =>
        passed({ tree: 'a'.repeat(40) }).then(async () => {
          const folder = join(repository.path, '.git/breakroom/evidence')
          const [name = ''] = execFileSync('ls', [folder], { encoding: 'utf8' }).split('\n')
          writeFileSync(join(folder, name.replace('a'.repeat(40), await treeNow())), readFileSync(join(folder, name)))
        }),
    ],
  ])('S31: takes no run %s', async (_, given) => {
    await given()
    expect((await check()).code).toBe(1)
  })

  test('--staged is about what a commit would have in it', async () => {
    repository.write('src/gateway.js', 'export const limit = 10\n')
    repository.write('src/new.js', 'export {}\n')
    await passed()
    repository.git('add', 'src/gateway.js')
    const part = await check(true)
    expect(part.code).toBe(1)
    expect(part.text).toContain('One has on all the files that are here: stage the rest')
    repository.git('add', '--all')
    expect((await check(true)).code).toBe(0)
  })

  test('says what is missing where no house ever signed, and where there is no repository', async () => {
    const elsewhere = { ...home, home: join(home.folder, 'nowhere') }
    const ask = (settings: Settings, here: string) =>
      evidenceCheck(settings, keptOutput().output, here, { staged: false, program: [], role: undefined })
    await expect(ask(elsewhere, repository.path)).rejects.toMatchObject({ code: 'unavailable' })
    await expect(ask(home, home.folder)).rejects.toMatchObject({
      code: 'usage',
      message: `${home.folder} is in no git repository.`,
    })
  })
})

describe('the hook', () => {
  /** Commits as people do, with the hook; what git said. */
  function commit(...args: string[]): Promise<{ code: number; said: string }> {
    const env = { PATH: process.env.PATH, HOME: home.folder, GIT_CONFIG_NOSYSTEM: '1' }
    return new Promise((done) => {
      execFile(
        'git',
        ['commit', '-qm', 'A change', ...args],
        { cwd: repository.path, env },
        (error, stdout, stderr) => {
          done({ code: error === null ? 0 : 1, said: `${stdout}${stderr}` })
        },
      )
    })
  }

  async function install(program = npmTest): Promise<string> {
    const { output, printed } = keptOutput()
    await evidenceHook(home, output, repository.path, { program, role: undefined })
    return printed()
  }

  test('refuses a commit without a run of what is staged, says how to mend it, and takes it with one', async () => {
    const said = await install()
    expect(said).toContain('.git/hooks/pre-commit is there now')
    expect(said).toContain('What counts is seen by the task service before a task is done.')
    repository.write('src/gateway.js', 'export const limit = 10\n')
    repository.git('add', '--all')
    const refused = await commit()
    expect(refused.code).toBe(1)
    expect(refused.said).toMatch(
      /^breakroom: "npm test" has not passed on what is staged \([0-9a-f]{8}\)\. Have it run: breakroom evidence -- npm test\.\n$/,
    )
    await passed()
    expect(await commit()).toMatchObject({ code: 0 })
    expect(repository.git('rev-list', '--count', 'HEAD').trim()).toBe('2')
  })

  test('looks at what "git commit -a" would take, not at what was staged before', async () => {
    await install()
    await passed()
    repository.write('src/gateway.js', 'export const limit = 10\n')
    expect((await commit('-a')).code).toBe(1)
    await passed()
    expect(await commit('-a')).toMatchObject({ code: 0 })
  })

  test('is there once, and calls one that was there before', async () => {
    const own = join(repository.path, '.git/hooks/pre-commit')
    mkdirSync(join(repository.path, '.git/hooks'), { recursive: true })
    writeFileSync(own, '#!/bin/sh\ntouch called\ntest ! -e refuse\n', { mode: 0o755 })
    await passed()
    expect(await install()).toContain('pre-commit.before-breakroom')
    expect(await install()).toContain('was there already; nothing changed')
    expect(readFileSync(`${own}.before-breakroom`, 'utf8')).toContain('touch called')
    repository.write('.git/info/exclude', 'called\nrefuse\n')
    expect(await commit('--allow-empty')).toMatchObject({ code: 0 })
    expect(existsSync(join(repository.path, 'called'))).toBe(true)
    repository.write('refuse', '')
    expect((await commit('--allow-empty')).code).toBe(1)
  })

  test('S31: a pass of another check is none, and the check that shows nothing is never taken by itself', async () => {
    const yaml = (checks: string) =>
      writeFileSync(
        join(home.folder, 'breakroom.yaml'),
        `${files['breakroom.yaml'].split('checks:')[0]}checks:\n${checks}`,
      )
    const which = 'Say which check a commit needs: breakroom evidence hook -- <program>.'
    const others = 'others are added under checks: in breakroom.yaml.'
    await expect(install([])).rejects.toMatchObject({
      code: 'usage',
      message: `${which} There are "npm test", "npm run lint"; ${others}`,
    })
    yaml('  "true": ["true"]\n')
    await expect(install([])).rejects.toMatchObject({ message: `${which} There is "true"; ${others}` })
    await expect(install(['npm', 'tset'])).rejects.toMatchObject({
      message: `"npm tset" is no check. There is "true"; ${others}`,
    })
    yaml('  "true": ["true"]\n  npm test: [npm, test]\n')
    expect(await install([])).toContain('a commit needs "npm test" to have passed on what is staged')
    await passed({ check: 'true', argv: ['true'] })
    expect((await commit('--allow-empty')).code).toBe(1)
    await passed()
    expect(await commit('--allow-empty')).toMatchObject({ code: 0 })
    expect(await install(['true'])).toContain('was written anew: a commit needs "true" to have passed')
  })

  test('takes files that git keeps with other line ends, or in Git LFS, for what they are here', async () => {
    await install()
    repository.git('config', 'core.autocrlf', 'true')
    repository.write('.gitattributes', '*.psd filter=lfs\n')
    // The first line ends where a piece of it does that is read at once.
    repository.write('notes.txt', `${'x'.repeat(131_071)}\r\ntwo\r\n`)
    const layers = 'many layers'
    repository.write('a.psd', layers)
    repository.git('config', 'filter.lfs.clean', pointerTo(layers))
    repository.git('add', '--all')
    expect((await commit()).code).toBe(1)
    await passed()
    expect(await commit()).toMatchObject({ code: 0 })
    repository.write('notes.txt', 'one\r\ntwo\r\n')
    await passed()
    expect((await commit('--allow-empty')).said).toContain('stage the rest')
  })

  test('says which file a filter makes another, so that nothing can be said of it', async () => {
    await install()
    repository.write('.gitattributes', '*.up filter=upper\n')
    repository.git('config', 'filter.upper.clean', 'tr a-z A-Z')
    repository.write('a.up', 'abc')
    repository.git('add', '--all')
    await passed()
    expect((await commit()).said).toMatch(
      /^breakroom: "npm test" has not passed on what is staged \([0-9a-f]{8}\)\. "a\.up" is not kept as it lies here \("filter=upper" in \.gitattributes\), so nobody can say whether it is what is staged: [^\n]+\n$/,
    )
  })

  test('says in one sentence that the key of the house is none', async () => {
    await passed()
    writeFileSync(join(home.home, 'keys/evidence.pub'), 'no key')
    await expect(check()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('is no key; the fleet'),
    })
    writeFileSync(join(home.home, 'keys/evidence.pub'), evidenceKey(join(home.folder, 'another')).public)
    expect((await check()).code).toBe(1)
  })

  test('S30: is left out of folders of hooks that others may share', async () => {
    repository.git('config', 'core.hooksPath', '../shared')
    await expect(install()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /^core\.hooksPath names .*shared, which is left as it is\. Add to its pre-commit: /,
      ),
    })
    expect(existsSync(join(repository.path, '../shared/pre-commit'))).toBe(false)
  })

  test('works for a name of a home that a shell would read otherwise', async () => {
    const odd = join(home.folder, "it's $HOME; touch trap")
    mkdirSync(odd)
    evidenceKey(odd)
    const settings = { ...home, home: odd }
    await evidenceHook(settings, keptOutput().output, repository.path, { program: npmTest, role: undefined })
    expect((await commit('--allow-empty')).said).toMatch(/^breakroom: "npm test" has not passed/)
    expect(existsSync(join(repository.path, 'trap'))).toBe(false)
  })
})

test('the house is found from a workspace upwards, past what is worked on', () => {
  const inner = join(home.home, 'workspaces/cto')
  writeFileSync(join(inner, 'breakroom.yaml'), 'rooms: {}\n')
  expect(nearestHouse(join(inner, 'src'), { BREAKROOM_HOME: 'home' })).toBe(home.folder)
  // Where none was ever started it is the nearest.
  expect(nearestHouse(join(inner, 'src'), {})).toBe(inner)
  expect(nearestHouse('/', {})).toBe('/')
})

/** A program that prints what Git LFS keeps in the place of such a file. */
function pointerTo(content: string): string {
  const oid = createHash('sha256').update(content).digest('hex')
  return `printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:${oid}\\nsize ${content.length}\\n'`
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
