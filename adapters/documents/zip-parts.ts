import type { Readable } from 'node:stream'
import { fromBufferPromise } from 'yauzl'
import { sentenceOf } from '../../core/errors.ts'
import { Refusal } from './refusal.ts'

/** More than any document that people write has. */
const entryLimit = 10_000
/** Bytes of all parts together, unpacked. */
const totalLimit = 64 * 1024 * 1024

/**
 * The XML parts of a Word document by name. Only they are unpacked, while it is counted what really comes out of them,
 * so a zip bomb is refused with little done; pictures, sounds and embedded files are not even looked at. Rejects with a
 * `Refusal` or with whatever yauzl finds wrong, such as names that lead out of the archive.
 */
export async function zipParts(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    strictFileNames: true,
    validateEntrySizes: true,
    lazyEntries: true,
  })
  if (zip.entryCount > entryLimit) throw bomb(`${zip.entryCount.toLocaleString('en')} parts`)
  const parts = new Map<string, Buffer>()
  let total = 0
  for await (const entry of zip.eachEntry()) {
    if (!/\.(?:xml|rels)$/i.test(entry.fileName)) continue
    if (parts.has(entry.fileName))
      throw new Refusal('hostile', `it has two parts named ${entry.fileName.slice(0, 60)}; save it again`)
    if (total + entry.uncompressedSize > totalLimit) throw bomb('parts far larger than a document has')
    const part = await unpacked(await zip.openReadStreamPromise(entry), totalLimit - total)
    total += part.length
    parts.set(entry.fileName, part)
  }
  return parts
}

async function unpacked(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > limit) throw bomb('parts far larger than a document has')
      chunks.push(chunk)
    }
  } catch (error) {
    // yauzl counts too, and compares with what the archive says.
    throw /too many bytes/.test(sentenceOf(error)) ? bomb('parts far larger than they say') : error
  }
  return Buffer.concat(chunks)
}

function bomb(what: string): Refusal {
  return new Refusal('hostile', `it would unpack to ${what} (a zip bomb); if it is a document, save it again in parts`)
}
