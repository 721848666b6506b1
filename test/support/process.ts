import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findServer } from '../../adapters/servers/find-server.ts'
import { anyFreePort } from '../../adapters/servers/ports.ts'

export const cloneFolder = resolve(import.meta.dirname, '../..')

/** The program of a server that set-up provided; a test that needs one it could not get fails with this sentence. */
export function serverProgram(name: string): string {
  const path = findServer(name, process.env, cloneFolder)
  if (path === null) throw new Error(`${name} is not installed: run "sh scripts/setup.sh --test"`)
  return path
}

/** A port on loopback that was free a moment ago, and stays free while a server that listens there is started again. */
export function freePort(): Promise<number> {
  return anyFreePort('127.0.0.1')
}

/** Whether somebody takes connections at a port of loopback. */
export function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

/** A folder that is gone after `using`. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'breakroom-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Resolves with the first truthy answer of `probe`; fails with `what` and the last thing seen after `timeoutMs`. */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  timeoutMs = 10_000,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const end = performance.now() + timeoutMs
  let last: unknown
  while (performance.now() < end) {
    try {
      const answer = await probe()
      if (answer) return answer as Exclude<T, false | null | undefined | 0 | ''>
      last = answer
    } catch (error) {
      last = error
    }
    await pause(5)
  }
  throw new Error(
    `Still waiting after ${timeoutMs} ms until ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  )
}

export interface Running extends AsyncDisposable {
  readonly pid: number
  readonly output: string
  readonly exited: Promise<number | null>
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Runs a program until disposed; its output is kept for the failure message. */
export function run(program: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): Running {
  const child: ChildProcess = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-200_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const exited = new Promise<number | null>((done) => {
    child.once('exit', (code) => done(code))
    child.once('error', () => done(-1))
  })
  return {
    pid: child.pid ?? -1,
    get output() {
      return output
    },
    exited,
    async kill(signal) {
      child.kill(signal)
      await exited
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
