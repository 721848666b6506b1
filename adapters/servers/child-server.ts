import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { BreakroomError } from '../../core/errors.ts'
import { keepText, readJson } from './kept-files.ts'
import { portBusy } from './port-busy.ts'
import { anyFreePort, isFreeWithin, isPortFree, listenerOn } from './ports.ts'
import { endProcess, isRunning, type MarkedProcess, send, startMark } from './process-mark.ts'
import type { FoundServer } from './versions.ts'

/** What to start, and how to know it again. */
export interface ChildServerOptions {
  home: string
  /** Names its record (`run/<name>.json`) and its log (`logs/<name>.log`). */
  name: string
  server: FoundServer
  /** Our own environment; the server gets PATH of it and nothing else. */
  env: NodeJS.ProcessEnv
  host: string
  /** The port that it must have, or `any` free one, which is then kept for the next start. */
  port: number | 'any'
  /** The environment variable that chooses the port, for the sentence when it is taken. */
  portVariable?: string
  /** Writes the configuration for a port; a running server with another `fingerprint` is replaced, not adopted. */
  prepare(port: number): { args: string[]; fingerprint: string }
  /** True when the server on this port takes the credentials that only ours knows. Must not throw, nor take longer than 1 s. */
  answers(port: number): Promise<boolean>
  readyWithinMs?: number
}

/** A server that runs beside us and outlives us, unless it is stopped. */
export interface ChildServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly version: string
  /** True when it was running already, left behind by a start that was killed. */
  readonly adopted: boolean
  /** Where what it prints goes. */
  readonly logFile: string
  /** Resolves when it ends, whoever ended it. */
  readonly exited: Promise<void>
  /** Sends it a signal; does nothing when it is gone. */
  signal(name: NodeJS.Signals): void
  /** Ends it politely, and after 5 s for good. Idempotent; resolves when it is gone. */
  stop(): Promise<void>
}

interface ServerRecord extends Partial<MarkedProcess> {
  port: number
  version: string
  fingerprint: string
}

/**
 * Starts a server that survives our own death, or adopts the one that an earlier start left behind. Resolves when it answers.
 * Rejects with `port_busy` when the port is somebody else's, `unavailable` when it does not come up; then nothing was left running.
 */
export async function startChildServer(options: ChildServerOptions, tries = 3): Promise<ChildServer> {
  const { home, name, server, host } = options
  for (const folder of ['run', 'logs', name]) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 })
  const recordFile = join(home, 'run', `${name}.json`)
  const record = readJson<ServerRecord>(recordFile)
  const left = await findLeftBehind(options, record)
  const port = await choosePort(options, record, left)
  const prepared = options.prepare(port)
  const settings = { port, version: server.version, fingerprint: sha256(prepared.fingerprint) }
  const keepRecord = (process?: MarkedProcess) =>
    keepText(recordFile, JSON.stringify({ pid: process?.pid, mark: process?.mark, ...settings }))
  /** The port stays on record; a server that has taken the place of this one does too. */
  const forget = ({ mark }: MarkedProcess) => {
    if (readJson<ServerRecord>(recordFile)?.mark === mark) keepRecord()
  }

  if (left !== null) {
    const same = record !== null && left.port === port && isDeepStrictEqual(settingsOf(record), settings)
    const answers = await options.answers(left.port)
    if (same && answers) {
      keepRecord(left)
      return describe(options, left, { port, adopted: true, exited: gone(left), forget })
    }
    await endProcess(left, answers ? 5_000 : 1_000)
  }
  // The threads of a process that was ended may hold its port a moment longer.
  if (!(await isFreeWithin(host, port, left === null ? 0 : 2_000)))
    throw await portBusy(host, port, options.portVariable)

  // The port is on disk before the process is there: should we die in between, the next start finds it by its port.
  keepRecord()
  const started = launch(options, prepared.args)
  keepRecord(started)
  const running = describe(options, started, {
    port,
    adopted: false,
    exited: started.exited,
    forget,
  })
  try {
    await untilItAnswers(options, started, running)
  } catch (error) {
    await running.stop()
    // Somebody took the port between our look and the server's.
    const lostRace = options.port === 'any' && !(await isPortFree(host, port))
    if (lostRace && tries > 1) return startChildServer(options, tries - 1)
    throw error
  }
  return running
}

/** The server that an earlier start left running: by its record, or, where that was lost, as the owner of its port. */
async function findLeftBehind(
  options: ChildServerOptions,
  record: ServerRecord | null,
): Promise<(MarkedProcess & { port: number }) | null> {
  if (record === null) return null
  const { pid, mark, port } = record
  if (pid !== undefined && mark !== undefined && isRunning({ pid, mark })) return { pid, mark, port }
  if ((await isPortFree(options.host, port)) || !(await options.answers(port))) return null
  const owner = listenerOn(port)
  const ownersMark = owner && startMark(owner.pid)
  return owner && ownersMark ? { pid: owner.pid, mark: ownersMark, port } : null
}

async function choosePort(
  { host, port }: ChildServerOptions,
  record: ServerRecord | null,
  left: { port: number } | null,
): Promise<number> {
  if (port !== 'any') return port
  if (left !== null) return left.port
  if (record !== null && (await isPortFree(host, record.port))) return record.port
  return anyFreePort(host)
}

function launch(
  { home, name, server, env }: ChildServerOptions,
  args: string[],
): MarkedProcess & { exited: Promise<void> } {
  const log = openSync(join(home, 'logs', `${name}.log`), 'a', 0o600)
  try {
    // A session of its own, so that Ctrl-C in the terminal reaches us and not the server: it must outlive our draining. Of our
    // environment, which may hold secrets, it gets nothing but PATH.
    const child = spawn(server.program, args, {
      cwd: join(home, name),
      detached: true,
      stdio: ['ignore', log, log],
      env: { PATH: env.PATH },
    })
    child.unref()
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    return { ...marked(child), exited }
  } finally {
    closeSync(log)
  }
}

/** A program that could not be run, or has ended already, has no mark; the wait for its answer reports why. */
function marked({ pid }: ChildProcess): MarkedProcess {
  return pid === undefined ? { pid: -1, mark: 'never started' } : { pid, mark: startMark(pid) ?? 'ended' }
}

async function untilItAnswers(options: ChildServerOptions, process: MarkedProcess, { port, logFile }: ChildServer) {
  const { server, readyWithinMs = 10_000 } = options
  const end = performance.now() + readyWithinMs
  while (!(await options.answers(port))) {
    if (!isRunning(process)) {
      throw new BreakroomError(
        'unavailable',
        `${server.name} stopped at once: ${lastLine(logFile)} (log: ${logFile})`,
        {
          detail: { name: server.name, log: logFile },
        },
      )
    }
    if (performance.now() > end) {
      const waited = `${Math.round(readyWithinMs / 1000)} s`
      throw new BreakroomError(
        'unavailable',
        `${server.name} did not answer within ${waited}: ${lastLine(logFile)} (log: ${logFile})`,
        {
          detail: { name: server.name, log: logFile },
        },
      )
    }
    await pause(4)
  }
}

function describe(
  { home, name, host, server }: ChildServerOptions,
  { pid, mark }: MarkedProcess,
  {
    port,
    adopted,
    exited,
    forget,
  }: Pick<ChildServer, 'port' | 'adopted' | 'exited'> & { forget(gone: MarkedProcess): void },
): ChildServer {
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= endProcess({ pid, mark }, 5_000).then(() => forget({ pid, mark }))
    return stopping
  }
  return {
    host,
    port,
    pid,
    version: server.version,
    adopted,
    logFile: join(home, 'logs', `${name}.log`),
    exited,
    signal: (signal) => send({ pid, mark }, signal),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function settingsOf({ port, version, fingerprint }: ServerRecord) {
  return { port, version, fingerprint }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Of a process that is not our child the system tells us nothing by itself. */
async function gone(process: MarkedProcess): Promise<void> {
  while (isRunning(process)) await pause(500, undefined, { ref: false })
}

function lastLine(logFile: string): string {
  const log = openSync(logFile, 'r')
  try {
    const tail = Buffer.alloc(Math.min(fstatSync(log).size, 4_096))
    readSync(log, tail, 0, tail.length, fstatSync(log).size - tail.length)
    return tail.toString('utf8').trim().split('\n').at(-1) || 'it printed nothing'
  } finally {
    closeSync(log)
  }
}
