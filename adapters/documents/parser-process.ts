import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { ParsedDocument } from '../../core/knowledge/document.ts'
import type { DocumentFormat } from './formats.ts'
import { Refusal, type RefusalReason } from './refusal.ts'

/** What the process is asked to do with the bytes that it is given. */
export interface ParserJob {
  format: DocumentFormat
  size: number
  textLimit: number
}

/** What it answers; `heldBytes` is the memory that it holds then. */
export type ParserAnswer = ({ document: ParsedDocument } | { refused: { reason: RefusalReason; message: string } }) & {
  heldBytes: number
}

/** A process that takes one file after the other apart. */
export interface ParserProcess {
  /**
   * Gives it a file and waits for the answer. Rejects with a `Refusal` when that takes longer than the limit or more
   * memory, or when the file became shorter; then the process is gone, and so it is after a file that made it large.
   */
  parse(job: ParserJob, file: FileHandle, timeLimitSeconds: number): Promise<ParserAnswer>
  /** False when it is gone, or about to be. */
  readonly usable: boolean
  /** Ends it. Idempotent; resolves when it is gone. */
  end(): Promise<void>
}

const program = fileURLToPath(new URL('./parser-program.ts', import.meta.url))
const house = resolve(import.meta.dirname, '../..')
/** All that it may read: the code that it is made of. */
const readable = ['package.json', 'adapters/*', 'core/*', 'ports/*', 'node_modules/*'].map((path) => join(house, path))

/** On a busy machine a start takes a second. */
const startLimitSeconds = 30

/**
 * Starts the process. Not a thread: V8 ends the whole process when a thread asks for one large piece of memory over its
 * limit, and parsers do that. It has no environment, may read nothing but its own code, write and start nothing, and
 * ends with whoever started it.
 */
export function startParser(memoryLimitMb: number): ParserProcess {
  const flags = ['--permission', ...readable.map((path) => `--allow-fs-read=${path}`), '--allow-worker']
  // A small nursery: half the memory at the same speed; with half of this, pages of HTML take three times as long.
  const memory = [`--max-old-space-size=${memoryLimitMb}`, '--max-semi-space-size=8']
  const args = [...flags, ...memory, program, String(memoryLimitMb)]
  // A group of its own, so that Ctrl+C in a terminal is for whoever started it.
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: {},
    detached: true,
  })
  const pipe = child.stdio[3] as Writable
  // What it breaks of is said by the end of the process.
  pipe.on('error', () => {})

  const gone = Promise.withResolvers<void>()
  /** What comes next from it: that it is ready, later the answer to a job. */
  let next = Promise.withResolvers<unknown>()
  let state: 'starting' | 'running' | 'ending' = 'starting'
  let whyEnded: Error | null = null
  const end = (why: Error | null) => {
    state = 'ending'
    whyEnded ??= why
    child.kill('SIGKILL')
  }
  const ended = (why: Error) => {
    state = 'ending'
    whyEnded ??= why
    next.promise.catch(() => {})
    next.reject(whyEnded)
    gone.resolve()
  }
  child.on('message', (message) => next.resolve(message))
  child.on('error', ({ message }) => ended(notStarted(message)))
  child.once('exit', (code, signal) => {
    ended(state === 'starting' ? notStarted(`it ended with ${signal ?? code}`) : endedBy(signal, code, memoryLimitMb))
  })

  const slow = setTimeout(
    () => end(notStarted(`it was not ready within ${startLimitSeconds} s`)),
    startLimitSeconds * 1_000,
  )
  const ready = next.promise
    .then(() => {
      if (state === 'starting') state = 'running'
    })
    .finally(() => clearTimeout(slow))
  ready.catch(() => {})

  const feed = async (file: FileHandle, size: number) => {
    if (size === 0) return
    const source = file.createReadStream({ start: 0, end: size - 1, autoClose: false })
    try {
      for await (const chunk of source) {
        if (state === 'ending') return
        if (!pipe.write(chunk)) await Promise.race([once(pipe, 'drain'), gone.promise])
      }
      if (source.bytesRead < size) end(new Refusal('changed', 'it became shorter while it was read; try again'))
    } catch (error) {
      end(new Refusal('no-file', `it cannot be read (${sentenceOf(error)}); check the disk`))
    }
  }

  return {
    get usable() {
      return state !== 'ending'
    },
    async parse(job, file, timeLimitSeconds) {
      await ready
      if (whyEnded !== null) throw whyEnded
      next = Promise.withResolvers()
      const why = `reading it took longer than ${timeLimitSeconds} s; split it, or save it in a simpler form`
      const timer = setTimeout(() => end(new Refusal('time', why)), timeLimitSeconds * 1_000)
      try {
        const answered = next.promise as Promise<ParserAnswer>
        child.send(job)
        const [answer] = await Promise.all([answered, feed(file, job.size)])
        return answer
      } finally {
        clearTimeout(timer)
      }
    },
    async end() {
      end(null)
      await gone.promise
    },
  }
}

/** Nobody but the guard of its memory, V8 and we end it by a signal. */
function endedBy(signal: NodeJS.Signals | null, code: number | null, memoryLimitMb: number): Refusal {
  if (signal === null)
    return new Refusal('broken', `it ends whatever reads it (code ${code}); save it again in another form`)
  return new Refusal('memory', `reading it takes more than ${memoryLimitMb} MB of memory; split it into smaller files`)
}

function notStarted(why: string): BreakroomError {
  return new BreakroomError('unavailable', `The process that reads documents cannot be started: ${why}.`)
}
