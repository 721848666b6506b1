import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runVariable } from '../../../adapters/process/program-family.ts'
import { ownerVariable } from '../../../adapters/process/program-owner.ts'
import { createPrograms } from '../../../adapters/process/programs.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { startMark } from '../../../adapters/servers/process-mark.ts'
import { redact } from '../../../core/redact.ts'
import type { ProgramOutcome, ProgramRun } from '../../../ports/program.ts'
import { cloneFolder, run as runProcess, temporaryFolder, until } from '../../support/process.ts'

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

const never = new AbortController().signal

function run(
  argv: string[],
  changes: Partial<ProgramRun> = {},
  signal = never,
  host = process.env,
): Promise<ProgramOutcome> {
  const programs = createPrograms({ redact, clock: systemClock, hostEnvironment: host, house: folder.path })
  const program = { argv, cwd: folder.path, env: {}, input: '', timeLimitMs: 20_000, mark: randomUUID(), ...changes }
  return programs.run(program, signal)
}

const shell = (script: string, ...rest: [Partial<ProgramRun>?, AbortSignal?]) => run(['sh', '-c', script], ...rest)
const node = (script: string, ...rest: [Partial<ProgramRun>?, AbortSignal?]) =>
  run([process.execPath, '-e', script], ...rest)

/** A file that programs write the numbers of their processes to, one a line. */
function pidFile() {
  const path = join(folder.path, randomUUID())
  const pids = () => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').map(Number) : [])
  return { path, pids, alive: () => pids().filter((pid) => startMark(pid) !== null) }
}

test('a program reads its input, and is known by its exit code, what it printed in that order, and the hash of it', async () => {
  const script = 'cat; echo out; echo err >&2; echo again; exit 3'
  const outcome = await shell(script, { input: 'what was asked\n' })
  const printed = 'what was asked\nout\nerr\nagain\n'
  expect(outcome).toEqual({
    exitCode: 3,
    ended: null,
    durationMs: expect.any(Number),
    outputTail: printed.trimEnd(),
    outputSha256: createHash('sha256').update(printed).digest('hex'),
  })
  expect(outcome.durationMs).toBeGreaterThan(0)
})

test('a program can open its streams again by name', async () => {
  const { exitCode, outputTail } = await shell('cat /dev/stdin; echo err > /dev/stderr', { input: 'in\n' })
  expect({ exitCode, outputTail }).toEqual({ exitCode: 0, outputTail: 'in\nerr' })
})

test('S6: there is no shell: what means something to one is an argument like any other', async () => {
  const args = ['$(id)', '`id`', '; id', '| id', '&& id', '> out', '*', '$HOME', '-e', '\n', '"', "'"]
  const { outputTail } = await run([
    process.execPath,
    '-e',
    'console.log(JSON.stringify(process.argv.slice(1)))',
    '--',
    ...args,
  ])
  expect(JSON.parse(outputTail)).toEqual(args)
  expect(await run(['echo hi'])).toMatchObject({ exitCode: null, ended: 'echo hi is not there' })
})

test('S6: a listed name is never a program that lies where a role can write', async () => {
  writeFileSync(join(folder.path, 'planted'), '#!/bin/sh\necho planted\n', { mode: 0o755 })
  const host = { PATH: `.::${process.env.PATH}:bin` }
  expect(await run(['planted'], {}, never, host)).toMatchObject({ ended: 'planted is not there' })
  expect((await run(['env'], {}, never, host)).outputTail).toContain(`PATH=${process.env.PATH}\n`)
})

test('S21: a program that prints its whole environment shows nothing of ours', async () => {
  const secrets = { BREAKROOM_TEST_TOKEN: 'swordfish-1', NODE_OPTIONS: '--no-warnings', LIBERA_PASSWORD: 'swordfish-2' }
  const host = { ...process.env, ...secrets, LANG: 'C.UTF-8', SHELL: '/bin/swordfish', LD_PRELOAD: '', TZ: 'UTC' }
  const { outputTail } = await run(['env'], { env: { TASK: 't-1' }, mark: 'mark-1' }, never, host)
  const names = outputTail.split('\n').map((line) => line.split('=')[0])
  const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'].filter((name) => name in host)
  const ours = [runVariable, ...(process.platform === 'linux' ? [ownerVariable] : [])]
  expect(names.sort()).toEqual([...passed, 'TASK', ...ours].sort())
  expect(outputTail).toContain('\nTASK=t-1\nBREAKROOM_RUN=mark-1 ')
  expect(outputTail).not.toContain('swordfish')
})

test('S21: secrets that a program prints are taken out', async () => {
  const { outputTail } = await shell("echo 'GITHUB_TOKEN=ghp_0123456789abcdefghijABCDEFGHIJ012345'")
  expect(outputTail).toMatch(/^GITHUB_TOKEN=\u00abredacted:github-token:[0-9a-f]{4}\u00bb$/)
})

test('S33: a program that prints a gigabyte costs no memory, and all of it is in the hash', async () => {
  const before = process.memoryUsage().rss
  let highest = 0
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss)
  }, 20)
  const { outputTail, outputSha256 } = await shell('head -c 1000000000 /dev/zero; echo; echo the end', {
    timeLimitMs: 60_000,
  })
  clearInterval(watch)
  const hash = createHash('sha256')
  for (let at = 0; at < 1_000; at++) hash.update(Buffer.alloc(1_000_000))
  expect(outputSha256).toBe(hash.update('\nthe end\n').digest('hex'))
  expect(outputTail.endsWith('the end') || outputTail === '').toBe(true)
  expect(highest - before).toBeLessThan(150_000_000)
}, 60_000)

test('a program that does not read its input ends as well, however much there is', async () => {
  expect(await run(['true'], { input: 'x'.repeat(10_000_000) })).toMatchObject({ exitCode: 0, ended: null })
})

test.each<[title: string, argv: string[], changes: Partial<ProgramRun>, says: RegExp]>([
  ['a program that is not there', ['no-such-program'], {}, /^no-such-program is not there$/],
  ['a path that is not there', ['./no-such'], {}, /^\.\/no-such is not there$/],
  ['a file that is no program', ['/etc/passwd'], {}, /^\/etc\/passwd may not be run$/],
  ['a folder', ['/'], {}, /^\/ may not be run$/],
  ['no program', [], {}, /^no program is named$/],
  ['a NUL in an argument', ['echo', 'a\0b'], {}, /^echo could not be started: .*null bytes/],
  ['too long arguments', ['echo', 'x'.repeat(10_000_000)], {}, /^echo could not be started: .*E2BIG/],
  ['a folder that is not there', ['true'], { cwd: '/no/such' }, /^the folder \/no\/such is not there$/],
  ['a folder that is a file', ['true'], { cwd: '/etc/passwd' }, /^the folder \/etc\/passwd is not there$/],
])('%s is told in a sentence, and nothing is thrown', async (_, argv, changes, says) => {
  expect(await run(argv, changes)).toMatchObject({ exitCode: null, ended: expect.stringMatching(says), outputTail: '' })
})

test('F54: a program that crashes is told by the signal that ended it', async () => {
  expect(await shell('echo last words; kill -SEGV $$')).toMatchObject({
    exitCode: null,
    ended: 'killed by SIGSEGV',
    outputTail: 'last words',
  })
})

test('F54: a program that hangs is killed when its time is up, with all it started, wherever that hides', async () => {
  const { path, alive, pids } = pidFile()
  // One in the group, one in a session of its own, one of them without our mark, and all deaf to SIGTERM.
  const deaf = `trap "" TERM; echo $$ >> ${path}; while :; do sleep 0.1; done`
  const script = `sh -c '${deaf}' & setsid sh -c '${deaf}' & env -i PATH="$PATH" setsid sh -c '${deaf}' & ${deaf}`
  const outcome = await shell(script, { timeLimitMs: 700 })
  expect(outcome).toMatchObject({ exitCode: null, ended: 'killed after 0.7 s' })
  expect(outcome.durationMs).toBeGreaterThanOrEqual(1_700)
  expect(outcome.durationMs).toBeLessThan(4_000)
  expect(pids()).toHaveLength(4)
  expect(alive()).toEqual([])
})

test('F54: a program that says it succeeded after its time was up did not', async () => {
  const outcome = await shell('trap "exit 0" TERM; while :; do sleep 0.05; done', { timeLimitMs: 300 })
  expect(outcome).toMatchObject({ exitCode: null, ended: 'killed after 0.3 s' })
  expect(outcome.durationMs).toBeLessThan(1_200)
})

test('F54: a child that keeps the output open does not keep us, and does not stay', async () => {
  const { path, alive, pids } = pidFile()
  const deaf = `trap "" TERM; echo $$ >> ${path}; while :; do sleep 0.1; done`
  const outcome = await shell(`setsid sh -c '${deaf}' & until [ -s ${path} ]; do sleep 0.01; done; echo done; exit 4`)
  expect(outcome).toMatchObject({ exitCode: 4, ended: null, outputTail: 'done' })
  expect(outcome.durationMs).toBeLessThan(5_000)
  expect(pids()).toHaveLength(1)
  expect(alive()).toEqual([])
})

test('what a child prints right after its parent ended still counts', async () => {
  const outcome = await shell('(sleep 0.2; echo late) & echo early')
  expect(outcome).toMatchObject({ exitCode: 0, outputTail: 'early\nlate' })
  expect(outcome.durationMs).toBeLessThan(1_000)
})

test('stop ends a program within two seconds, though it ignores being asked', async () => {
  const { path, alive, pids } = pidFile()
  const stopping = new AbortController()
  const running = shell(`trap "" TERM; echo $$ >> ${path}; while :; do sleep 0.1; done`, {}, stopping.signal)
  await until('it runs', () => alive().length === 1)
  const start = performance.now()
  stopping.abort()
  expect(await running).toMatchObject({ exitCode: null, ended: 'stopped' })
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(pids()).toHaveLength(1)
  expect(alive()).toEqual([])
})

test('a program is not begun after the stop', async () => {
  const { path, pids } = pidFile()
  expect(await shell(`echo $$ >> ${path}`, {}, AbortSignal.abort())).toMatchObject({ ended: 'stopped' })
  expect(pids()).toEqual([])
})

test('what a process that was killed left running is killed before the same work is begun again, and nothing else', async () => {
  const [left, other] = [pidFile(), pidFile()]
  const [mark, otherMark] = [randomUUID(), randomUUID()]
  const harness = (its: string, path: string) =>
    runProcess(process.execPath, [
      join(cloneFolder, 'test/fixtures/run-program.ts'),
      ...[folder.path, its, 'sh', '-c', `trap "" TERM; echo $$ >> ${path}; setsid sleep 60 & echo $! >> ${path}; wait`],
    ])
  await using ended = new AsyncDisposableStack()
  for (const its of [mark, otherMark]) ended.defer(async () => void (await run(['true'], { mark: its })))
  const [killed, living] = [ended.use(harness(mark, left.path)), ended.use(harness(otherMark, other.path))]
  await until('both run', () => left.alive().length === 2 && other.alive().length === 2)
  await killed.kill('SIGKILL')
  expect(left.alive()).toHaveLength(2)

  // A zombie, which nobody has buried yet, does nothing any more.
  const look = `case "$(ps -o stat= -p $pid)" in ""|Z*) echo gone;; *) echo alive;; esac`
  const { outputTail } = await shell(`for pid in $(cat ${left.path}); do ${look}; done`, { mark })
  expect(outputTail).toBe('gone\ngone')
  expect(left.alive()).toEqual([])
  expect(other.alive()).toHaveLength(2)
  expect(living.output).toBe('')
})

test('a run whose work another has taken over ends with what is its own, and leaves the other alone', async () => {
  const mark = randomUUID()
  const { path, pids } = pidFile()
  const older = shell(`echo $$ >> ${path}; sleep 60`, { mark })
  await until('it runs', () => pids().length === 1)
  const newer = shell('sleep 1; echo finished', { mark })
  expect(await older).toMatchObject({ exitCode: null, ended: 'killed by SIGKILL' })
  expect(await newer).toMatchObject({ exitCode: 0, outputTail: 'finished' })
})

test.each(['', ' b'])('a run ends what carries its own mark, which ends in %j, and no other', async (ending) => {
  const work = randomUUID()
  const mark = `${work}${ending}`
  const others = [work, `${work} b`, `${work} b c`, `a ${work}`, `a ${work} b`, work.slice(1)].filter(
    (one) => one !== mark,
  )
  const running = pidFile()
  const stopping = new AbortController()
  const ends = others.map((other) => shell(`echo $$ >> ${running.path}; sleep 60`, { mark: other }, stopping.signal))
  await until('all run', () => running.alive().length === others.length)
  expect(await run(['true'], { mark })).toMatchObject({ exitCode: 0 })
  expect(running.alive()).toHaveLength(others.length)
  stopping.abort()
  for (const end of ends) expect(await end).toMatchObject({ ended: 'stopped' })
})

test('runs do not disturb each other', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, index) => node(`setTimeout(() => console.log(${index}), 50)`)),
  )
  expect(outcomes.map(({ exitCode, outputTail }) => [exitCode, outputTail])).toEqual(
    outcomes.map((_, index) => [0, String(index)]),
  )
})
