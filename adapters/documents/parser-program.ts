import { readSync } from 'node:fs'
import { guardMemory } from './memory-guard.ts'
import { parseDocument } from './parse-document.ts'
import type { ParserAnswer, ParserJob } from './parser-process.ts'
import { Refusal } from './refusal.ts'

// The process that takes files apart. It is started by parser-process.ts, with rights to nothing: it sees the bytes of
// a file that somebody else opened, through a pipe, and answers with its text.

guardMemory(Number(process.argv[2]))
process.on('message', (job: ParserJob) => void answer(job))
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function answer({ format, size, textLimit }: ParserJob): Promise<void> {
  const heldBytes = () => process.memoryUsage.rss()
  try {
    const document = await parseDocument(readBytes(size), format, textLimit)
    process.send?.({ document, heldBytes: heldBytes() } satisfies ParserAnswer)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { reason, message } = error
    process.send?.({ refused: { reason, message }, heldBytes: heldBytes() } satisfies ParserAnswer)
  }
}

/** All of a file, which comes in through descriptor 3. Waits for it: there is nothing else to do. */
function readBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; ) {
    const read = readSync(3, bytes, at, size - at, null)
    if (read === 0) process.exit()
    at += read
  }
  return bytes
}
