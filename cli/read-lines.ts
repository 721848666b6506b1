import { type FileHandle, open, stat } from 'node:fs/promises'
import { BreakroomError } from '../core/errors.ts'

const lineFeed = 0x0a
/** More than anything that is kept takes. */
const longestLine = 4_000_000

/** A file that is open. */
export interface OpenLines extends AsyncDisposable {
  /**
   * Its lines, without their line feeds; nothing else ends a line, so what JSON leaves in a text stays in it. They are the same ones each time: of
   * the file as it was opened, whatever takes its place or is written behind it. Throws `usage` for a line that is far too long.
   */
  lines(): AsyncGenerator<string>
}

/** Opens a file to be read line by line. Rejects with `usage` when that cannot be, as for a pipe, which can be read only once. */
export async function openLines(file: string): Promise<OpenLines> {
  const handle = await opened(file)
  const { size } = await handle.stat()
  return {
    lines: () => linesIn(file, handle, size),
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

async function opened(file: string): Promise<FileHandle> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new BreakroomError('usage', `${file} is a folder.`)
    if (!found.isFile()) throw new BreakroomError('usage', `${file} is no file, and it has to be read twice.`)
    return await open(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

async function* linesIn(file: string, handle: FileHandle, size: number): AsyncGenerator<string> {
  if (size === 0) return
  let rest: Buffer[] = []
  let [number, bytes] = [1, 0]
  const stream = handle.createReadStream({ start: 0, end: size - 1, autoClose: false })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
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
  if (bytes > 0) yield Buffer.concat(rest).toString('utf8')
}

function unreadable(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return new BreakroomError('usage', `There is no file ${file}.`, { cause: error })
  if (code === 'EACCES') return new BreakroomError('usage', `${file} may not be read.`, { cause: error })
  return error
}
