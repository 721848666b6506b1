import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { oneLine } from '../../core/clean-text.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ProgramOutcome, ProgramRun, Programs } from '../../ports/program.ts'
import { programEnvironment } from './program-environment.ts'
import { endFamily, runValue, runVariable } from './program-family.ts'
import { createFolderWatch } from './program-files.ts'
import { createProgramLines } from './program-lines.ts'
import { createProgramOutput, type ProgramOutput } from './program-output.ts'
import { ownerEnvironment } from './program-owner.ts'
import { createProcessorMeter } from './program-processor.ts'
import { openProgramStreams } from './program-streams.ts'

/** How long a program has after SIGTERM, and what it left running has for its last words after its own end, in ms. */
const graceMs = 1_000

export interface ProgramsOptions {
  /** Takes secrets out of what programs print. */
  redact(text: string): { text: string }
  clock: Clock
  /** Our own environment; programs get the few variables of it that they need. */
  hostEnvironment: Readonly<Record<string, string | undefined>>
  /** Names the house whose programs these are among those of this machine: the folder in which it keeps what it keeps. */
  house: string
}

/** Runs programs as children of this process, without a shell. */
export function createPrograms({ redact, clock, hostEnvironment, house }: ProgramsOptions): Programs {
  const host = { ...programEnvironment(hostEnvironment), ...ownerEnvironment(house) }
  return {
    async run(program, signal) {
      const start = clock.monotonic()
      const output = createProgramOutput(program.count !== undefined)
      const end = await runToItsEnd(program, { host, output, signal }).catch((error) => couldNotStart(program, error))
      program.count?.(output.end())
      return {
        exitCode: end.exitCode,
        ended: end.ended === null ? null : redact(oneLine(end.ended, 300)).text,
        durationMs: clock.monotonic() - start,
        outputTail: output.tail(redact),
        outputSha256: output.sha256(),
      }
    },
  }
}

type End = Pick<ProgramOutcome, 'exitCode' | 'ended'>

async function runToItsEnd(
  program: ProgramRun,
  { host, output, signal }: { host: Record<string, string>; output: ProgramOutput; signal: AbortSignal },
): Promise<End> {
  const { argv, cwd, mark, timeLimitMs } = program
  const [name = '', ...args] = argv
  const id = randomUUID()
  if (name === '') return unfinished('no program is named')
  if (!(await isFolder(cwd))) return unfinished(`the folder ${cwd} is not there`)
  // Two at once on the same work could each undo what the other does.
  if (!(await endFamily({ mark, id: null, group: null }, 0)))
    return unfinished('what an earlier run left could not be killed')
  if (signal.aborted) return unfinished('stopped')

  const streams = await openProgramStreams(program.input, host.PATH)
  const cut = Promise.withResolvers<string>()
  const stop = () => cut.resolve('stopped')
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const timer = setTimeout(() => cut.resolve(`killed after ${timeLimitMs / 1_000} s`), timeLimitMs)
  try {
    // A group of its own, so that all of it can be ended at once, and so that Ctrl-C in our terminal does not end it behind our back.
    const child = spawn(name, args, {
      cwd,
      env: { ...host, ...program.env, [runVariable]: runValue(mark, id) },
      stdio: streams.stdio,
      detached: true,
    })
    const exited = exitOf(child)
    streams.handOver()
    const group = child.pid ?? null
    if (group !== null) {
      program.observer?.began({
        processorMs: createProcessorMeter({ mark, id, group }),
        changedAt: createFolderWatch(cwd),
      })
    }
    const printed = streams.read(whatComes(program, output))
    const end = await Promise.race([exited, cut.promise.then(unfinished)])
    // It is over when the program is, whoever else holds its output; what comes within a moment still counts.
    if (end.ended === null) await Promise.race([printed, cut.promise, pause(graceMs, undefined, { ref: false })])
    await endFamily({ mark, id, group }, graceMs)
    await Promise.race([printed, pause(graceMs, undefined, { ref: false })])
    return end
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    streams.close()
  }
}

function whatComes({ observer }: ProgramRun, output: ProgramOutput): (chunk: Buffer) => void {
  if (observer === undefined) return output.add
  const lines = createProgramLines()
  return (chunk) => {
    output.add(chunk)
    observer.printed(lines.add(chunk))
  }
}

/** Rejects when the program cannot be started. */
function exitOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => {
      resolve(exitCode === null ? unfinished(`killed by ${signal}`) : { exitCode, ended: null })
    })
  })
}

function couldNotStart({ argv: [name = ''] }: ProgramRun, error: NodeJS.ErrnoException): End {
  if (error.syscall?.startsWith('spawn') && error.code === 'ENOENT') return unfinished(`${name} is not there`)
  if (error.syscall?.startsWith('spawn') && error.code === 'EACCES') return unfinished(`${name} may not be run`)
  return unfinished(`${name} could not be started: ${error.message}`)
}

function unfinished(why: string): End {
  return { exitCode: null, ended: why }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
