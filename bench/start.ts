import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { type Ready, readReady } from '../cli/ready-file.ts'
import { startErgo } from '../test/support/ergo.ts'
import { cloneFolder, temporaryFolder, until } from '../test/support/process.ts'
import { atMost, type Figure, none, type Size } from './figure.ts'
import { residentMb } from './memory.ts'
import { startProgram } from './program.ts'
import { median } from './quantile.ts'
import { rawClient } from './raw-client.ts'

const idleMs = 10_000

/**
 * Set-up where nothing is left to do; `npm start` as a person types it, to everybody in the room, in a home that is new and in
 * one that was used; and what the fleet weighs when nothing happens. The floor is one bot that answers ping and nothing else, on a
 * server that runs already.
 *
 * For comparison, measured elsewhere with a local model that answers at once: OpenClaw 2026.9 needs 13.5 s to bring one agent
 * to a channel and 830 MB when idle.
 */
export async function start(size: Size): Promise<Figure[]> {
  // The figure is that of an installed clone; what set-up may have to install is not in it.
  setUp()
  const setUps = Array.from({ length: 5 }, setUp)
  const fresh: Run[] = []
  const again: Run[] = []
  const floor: Run[] = []
  for (let round = 0; round < (size === 'short' ? 1 : 3); round++) {
    using home = temporaryFolder()
    floor.push(await runFloor())
    fresh.push(await runFleet(home.path, 0))
    again.push(await runFleet(home.path, idleMs))
  }
  const middle = (runs: Run[], what: keyof Run) => median(runs.map((run) => run[what]))
  const worstMissing = Math.max(...[...fresh, ...again].map(({ missing }) => missing))
  const row = (runs: Run[], what: keyof Run) => ({ value: middle(runs, what), floor: middle(floor, what) })
  return [
    { name: 'scripts/setup.sh when all is there', value: median(setUps), unit: 's', target: atMost(0.3) },
    { name: 'npm start to all in the room, new home', ...row(fresh, 'seconds'), unit: 's', target: atMost(4) },
    { name: 'npm start to all in the room, second start', ...row(again, 'seconds'), unit: 's', target: atMost(4) },
    { name: '  roles not in the room, worst', value: worstMissing, unit: 'roles', target: none },
    { name: 'memory of the fleet process after 10 s', ...row(again, 'mb'), unit: 'MB', target: atMost(200) },
    { name: '  memory of its servers', value: middle(again, 'serversMb'), unit: 'MB' },
    { name: 'Ctrl-C to the end of everything', value: middle(again, 'stopSeconds'), unit: 's', target: atMost(10) },
  ]
}

interface Run {
  seconds: number
  missing: number
  mb: number
  serversMb: number
  stopSeconds: number
}

/** Runs the set-up of this clone and gives the seconds that it took. */
function setUp(): number {
  const begun = performance.now()
  execFileSync('sh', ['scripts/setup.sh'], { cwd: cloneFolder })
  return (performance.now() - begun) / 1_000
}

async function runFleet(home: string, restMs: number): Promise<Run> {
  const { roles } = loadFleet(cloneFolder)
  const env = { ...process.env, BREAKROOM_HOME: home, BREAKROOM_IRC_PORT: '0', BREAKROOM_HTTP_PORT: '0' }
  const begun = performance.now()
  // A group of its own, so that Ctrl-C reaches npm and the fleet alike, as in a terminal.
  const child = spawn('npm', ['start'], { cwd: cloneFolder, env, stdio: 'ignore', detached: true })
  const ended = once(child, 'exit')
  try {
    const ready = await until('the fleet is ready', () => readyOf(home, child.exitCode), 60_000)
    const { irc, pids } = ready
    if (irc === null) throw new Error('The fleet has no network of its own.')
    using person = await rawClient(irc.port, 'visitor')
    await person.join(irc.room)
    const names = await person.names(irc.room)
    const seconds = (performance.now() - begun) / 1_000
    await pause(restMs)
    const { breakroom = 0, ...servers } = pids
    const [mb, serversMb] = [
      residentMb(breakroom),
      Object.values(servers).reduce((sum, pid) => sum + residentMb(pid), 0),
    ]
    const stopBegun = performance.now()
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await ended
    await until('all that it started has ended', () => Object.values(pids).every((pid) => !runs(pid)), 20_000)
    const stopSeconds = (performance.now() - stopBegun) / 1_000
    return { seconds, missing: roles.filter(({ nick }) => !names.includes(nick)).length, mb, serversMb, stopSeconds }
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      process.kill(-(child.pid ?? 0), 'SIGINT')
      await ended
    }
  }
}

function readyOf(home: string, exitCode: number | null): Ready | null {
  if (exitCode !== null) throw new Error(`npm start ended with ${exitCode}; see ${join(home, 'logs')}`)
  return readReady(home)
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function runFloor(): Promise<Run> {
  await using irc = await startErgo()
  await using bot = await startProgram('floor/echo-bot.ts', [`${irc.port}`, '#floor'])
  return { seconds: bot.startedInMs / 1_000, missing: 0, mb: residentMb(bot.pid), serversMb: 0, stopSeconds: 0 }
}
