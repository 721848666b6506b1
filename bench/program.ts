import { join } from 'node:path'
import { type Running, run, until } from '../test/support/process.ts'

/** A program of this folder that said it is ready. */
export interface Program extends Running {
  /** Milliseconds from the start to `ready`. */
  readonly startedInMs: number
}

/**
 * Starts a program of this folder under the Node that runs us; resolves when it has written `ready`. With BENCH_PROFILE naming a
 * folder it leaves a CPU profile there when it ends by SIGTERM.
 */
export async function startProgram(file: string, args: string[]): Promise<Program> {
  const folder = process.env.BENCH_PROFILE
  const profile = folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : []
  const begun = performance.now()
  const running = run(process.execPath, [...profile, join(import.meta.dirname, file), ...args])
  let code: number | null | undefined
  void running.exited.then((ended) => {
    code = ended
  })
  await until(
    `${file} is ready`,
    () => {
      if (/^ready$/m.test(running.output)) return true
      if (code !== undefined) throw new Error(`ended with ${code}: ${running.output.slice(-2_000)}`)
      return false
    },
    60_000,
  ).catch(async (error) => {
    await running[Symbol.asyncDispose]()
    throw error
  })
  const startedInMs = performance.now() - begun
  return Object.defineProperties(running as Program, { startedInMs: { value: startedInMs } })
}

/** Ends a program as a service manager would; at once when it does not end in 10 s. */
export async function stopProgram(program: Program): Promise<void> {
  const late = setTimeout(() => void program.kill('SIGKILL'), 10_000)
  await program.kill('SIGTERM')
  clearTimeout(late)
}
