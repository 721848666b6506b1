import type { FileHandle } from 'node:fs/promises'
import { extname } from 'node:path'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { ParsedDocument } from '../../core/knowledge/document.ts'
import type { DocumentReader } from '../../ports/document-reader.ts'
import { formatOf, readableEndings } from './formats.ts'
import { openDocument } from './open-document.ts'
import { type ParserAnswer, type ParserJob, type ParserProcess, startParser } from './parser-process.ts'
import { Refusal, unreadable } from './refusal.ts'

export interface DocumentReaderOptions {
  /** How long one file may take. */
  timeLimitSeconds?: number
  /** Bytes of a file; a larger one is not opened. */
  sizeLimit?: number
  /** Characters of text that are kept of a file. */
  textLimit?: number
  /** What the process that takes files apart may hold, beside which nothing is held here. */
  memoryLimitMb?: number
  /** After how long without a file that process is ended. */
  idleSeconds?: number
}

/**
 * Reads Markdown, HTML, text, PDF and Word documents, one at a time, in a process of its own that has no rights and is
 * started when a file comes. The error's `detail` has `file`, `reason` (a `RefusalReason`) and `why`, the sentence
 * without the file's name. Rejects with `closed` after `close`, and with `unavailable` when that process cannot be
 * started.
 */
export function createDocumentReader({
  timeLimitSeconds = 20,
  sizeLimit = 50_000_000,
  textLimit = 5_000_000,
  memoryLimitMb = 768,
  idleSeconds = 60,
}: DocumentReaderOptions = {}): DocumentReader {
  let parser: ParserProcess | null = null
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  async function readNow(file: string): Promise<ParsedDocument> {
    const format = formatOf(file)
    if (format === null) {
      const ending = extname(file)
      const what = ending === '' ? 'its name has no ending' : `nothing here reads ${ending.slice(0, 20)}`
      throw new Refusal('kind', `${what}; what can be read is ${readableEndings}`)
    }
    const { handle, size } = await openDocument(file, sizeLimit)
    try {
      clearTimeout(idle)
      if (closed) throw closedError()
      const answer = await parsed({ format, size, textLimit }, handle)
      // What a large file leaves behind would count against the next one.
      if (answer.heldBytes > (memoryLimitMb * 1024 * 1024) / 2) await parser?.end()
      if ('document' in answer) return answer.document
      throw new Refusal(answer.refused.reason, answer.refused.message)
    } finally {
      await handle.close()
      if (parser?.usable) idle = setTimeout(() => void parser?.end(), idleSeconds * 1_000)
    }
  }

  /**
   * That a process ended which had read other files before says nothing about this one: somebody may have ended it, or it held too much
   * already. What a fresh one does counts.
   */
  async function parsed(job: ParserJob, file: FileHandle): Promise<ParserAnswer> {
    const used = parser?.usable === true ? parser : null
    try {
      if (used !== null) return await used.parse(job, file, timeLimitSeconds)
    } catch (error) {
      const hasEnded = error instanceof Refusal ? error.reason === 'memory' : isBreakroomError(error, 'unavailable')
      if (!hasEnded || closed) throw error
    }
    parser = startParser(memoryLimitMb)
    return parser.parse(job, file, timeLimitSeconds)
  }

  async function readInTurn(file: string): Promise<ParsedDocument> {
    try {
      if (closed) throw closedError()
      return await readNow(file)
    } catch (error) {
      if (closed) throw closedError()
      throw error instanceof Refusal ? unreadable(file, error) : error
    }
  }

  return {
    reads: (path) => formatOf(path) !== null,
    read(file) {
      const turn = last.then(() => readInTurn(file))
      last = turn.catch(() => {})
      return turn
    },
    async close() {
      closed = true
      await parser?.end()
      await last
      clearTimeout(idle)
    },
  }
}

function closedError(): BreakroomError {
  return new BreakroomError('closed', 'The document reader was closed.')
}
