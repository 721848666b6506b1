import { Worker } from 'node:worker_threads'

interface Watch {
  limitBytes: number
  parent: number
}

/**
 * Ends this process at once (SIGKILL) when it holds more than `limitMb`, or when the process that started it is gone.
 * From a thread, because nothing else runs while a file keeps the event loop busy; and because V8's own limit is about
 * its heap, while what a file unpacks to is beside it.
 */
export function guardMemory(limitMb: number): void {
  // From its source, because a file of its own would have to be read and stripped of types a second time.
  new Worker(`(${watch})()`, {
    eval: true,
    workerData: { limitBytes: limitMb * 1024 * 1024, parent: process.ppid } satisfies Watch,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 1 },
  }).unref()
}

/** Runs in the thread, where nothing from outside of its body exists. */
function watch(): void {
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { limitBytes, parent } = workerData as Watch
  setInterval(() => {
    if (process.memoryUsage.rss() > limitBytes || process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }, 25)
}
