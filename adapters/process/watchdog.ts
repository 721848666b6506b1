import { url as debuggerUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'

export interface WatchdogOptions {
  /** How long the event loop may stand still. */
  limitSeconds: number
  log: Log
}

/** What the thread is given; `signs` are a count that the loop raises, and whether a debugger may be holding it. */
interface Watch {
  signs: Int32Array
  tickMs: number
  ticks: number
  limitSeconds: number
}

/** Into how many ticks the limit is divided. */
const ticks = 30

/**
 * Ends this process when its event loop has stood still for the limit, with one line on stderr that says why, so that whatever
 * supervises it starts it again: a process that hangs is worse than one that is gone. Time in which the whole process was stopped
 * (SIGSTOP, a laptop that sleeps) does not count, nor does time in a debugger. Does not keep the process alive.
 */
export function startWatchdog({ limitSeconds, log }: WatchdogOptions): Disposable {
  const signs = new Int32Array(new SharedArrayBuffer(8))
  const tickMs = (limitSeconds * 1_000) / ticks
  const giveSign = () => {
    Atomics.add(signs, 0, 1)
    Atomics.store(signs, 1, debuggerUrl() === undefined ? 0 : 1)
  }
  const beat = setInterval(giveSign, tickMs).unref()
  // From its source, because a file of its own would have to be read and stripped of types a second time.
  const thread = new Worker(`(${watch})()`, {
    eval: true,
    workerData: { signs, tickMs, ticks, limitSeconds } satisfies Watch,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 1 },
  })
  thread.on('error', (error) => log.error({ cause: sentenceOf(error) }, 'nobody watches the event loop any more'))
  thread.unref()
  return {
    [Symbol.dispose]() {
      clearInterval(beat)
      void thread.terminate()
    },
  }
}

/** Runs in the thread, where nothing from outside of its body exists. */
function watch(): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { write } = process.getBuiltinModule('node:fs')
  const { signs, tickMs, ticks, limitSeconds } = workerData as Watch
  let last = -1
  let silent = 0
  // Ticks and not the time on the clock: they stop when the process is stopped.
  const ticking = setInterval(() => {
    const now = Atomics.load(signs, 0)
    silent = now === last && Atomics.load(signs, 1) === 0 ? silent + 1 : 0
    last = now
    if (silent < ticks) return
    clearInterval(ticking)
    const end = () => process.kill(process.pid, 'SIGKILL')
    const msg = `the event loop stood still for ${limitSeconds} s; this process ends itself, to be started again`
    const line = { level: 60, time: new Date().toISOString(), limit_seconds: limitSeconds, msg }
    // A full stderr that nobody reads may be the very thing that the loop waits for.
    write(2, `${JSON.stringify(line)}\n`, end)
    setTimeout(end, 1_000)
  }, tickMs)
}
