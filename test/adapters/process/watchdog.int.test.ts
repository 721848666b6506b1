import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cloneFolder, run, until } from '../../support/process.ts'

const fixture = join(cloneFolder, 'test/fixtures/watched-process.ts')
// Each has a process of its own, and mostly waits for it: they do it side by side.
const watched = (limitSeconds: number, does: string) => run(process.execPath, [fixture, String(limitSeconds), does])

test.concurrent('F9: a process whose event loop stands still ends itself, and says why in one line', async () => {
  await using blocked = watched(0.6, 'blocks')
  const start = performance.now()
  expect(await blocked.exited).toBe(null)
  expect(performance.now() - start).toBeLessThan(10_000)
  const [first, ...rest] = blocked.output.trim().split('\n')
  expect(first).toBe('watched')
  expect(rest).toHaveLength(1)
  expect(JSON.parse(rest[0] ?? '')).toEqual({
    level: 60,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    limit_seconds: 0.6,
    msg: 'the event loop stood still for 0.6 s; this process ends itself, to be started again',
  })
})

test.concurrent('F9: a loop that stands still because nobody reads stderr is ended as well', async () => {
  const child = spawn(process.execPath, [fixture, '0.6', 'fills stderr'], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    expect(await signalOf(child)).toBe('SIGKILL')
  } finally {
    child.kill('SIGKILL')
  }
})

test.concurrent('F9: a process that only pauses, again and again, lives', async () => {
  await using pausing = watched(2, 'pauses')
  // For longer than the limit, all together.
  await until('it went on ten times', () => pausing.output.split('went on').length > 10, 20_000)
})

test.concurrent('F9: a process that was stopped for longer than the limit goes on when it is continued', async () => {
  await using stopped = watched(2, 'beats')
  await until('it beats', () => stopped.output.includes('...'))
  process.kill(stopped.pid, 'SIGSTOP')
  // The stop itself has to last; nothing can be seen of it from outside.
  await pause(4_000)
  const before = stopped.output.length
  process.kill(stopped.pid, 'SIGCONT')
  // For longer than the limit, so that what was missed meanwhile would have been noticed by then.
  await until('it has gone on for more than the limit', () => stopped.output.length > before + 150, 20_000)
  expect(stopped.output).not.toContain('stood still')
})

test.concurrent('a watchdog does not keep a process that has nothing more to do', async () => {
  await using done = watched(30, 'nothing')
  expect(await done.exited).toBe(0)
  expect(done.output).toBe('watched\n')
})

test.concurrent('a watchdog that was disposed of ends nobody', async () => {
  await using free = watched(0.3, 'disposes')
  expect(await free.exited).toBe(0)
  expect(free.output).toBe('watched\nwent on\n')
})

test.runIf(process.platform === 'linux').concurrent('a watchdog costs next to no time of the processor', async () => {
  await using idle = watched(30, 'idles')
  await until('it is up', () => idle.output.includes('watched'))
  await pause(1_000)
  const before = processorMs(idle.pid)
  await pause(3_000)
  // A clock of a hundredth of a second: less than one percent.
  expect(processorMs(idle.pid) - before).toBeLessThanOrEqual(20)
})

function signalOf(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((done) => child.once('exit', (_, signal) => done(signal)))
}

/** Time of the processor that a process has used. */
function processorMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
