import { createReadStream } from 'node:fs'
import { BreakroomError } from '../core/errors.ts'

const lineFeed = 0x0a
/** More than anything that is kept takes. */
const longestLine = 4_000_000

/**
 * The lines of a file, without their line feeds; nothing else ends a line, so what JSON leaves in a text stays in it. Throws `usage` for a file that
 * cannot be read and for a line that is far too long.
 */
export async function* readLines(file: string): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let [number, bytes] = [1, 0]
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8')
        ;[rest, bytes, from] = [[], 0, end + 1]
        number += 1
      }
      rest.push(chunk.subarray(from))
      bytes += chunk.length - from
      if (bytes > longestLine) {
        throw new BreakroomError('usage', `${file}:${number}:1: This line is longer than anything in an export.`)
      }
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  if (bytes > 0) yield Buffer.concat(rest).toString('utf8')
}

function unreadable(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return new BreakroomError('usage', `There is no file ${file}.`, { cause: error })
  if (code === 'EISDIR') return new BreakroomError('usage', `${file} is a folder.`, { cause: error })
  if (code === 'EACCES') return new BreakroomError('usage', `${file} may not be read.`, { cause: error })
  return error
}
