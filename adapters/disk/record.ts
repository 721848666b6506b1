import { crc32 } from 'node:zlib'

/** A record as a line of its own: `<crc32 of the JSON, 8 hex digits> <bytes of the JSON> <JSON>\n`. */
export function encodeRecord(value: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(value), 'utf8')
  const head = `${crc32(json).toString(16).padStart(8, '0')} ${json.length} `
  return Buffer.concat([Buffer.from(head, 'latin1'), json, newline])
}

const newline = Buffer.from('\n')

/** Where a whole record lies in a file. */
export interface Span {
  start: number
  end: number
}

/** Where the records of a file lie; `end` is where the last whole one ends, `damaged` how many lines before that are no record. */
export function findRecords(bytes: Buffer): { spans: Span[]; end: number; damaged: number } {
  const spans: Span[] = []
  let end = 0
  let damaged = 0
  let suspects = 0
  for (let start = 0; start < bytes.length; ) {
    const stop = bytes.indexOf(10, start)
    const next = stop === -1 ? bytes.length : stop + 1
    if (stop !== -1 && jsonOf(bytes.subarray(start, stop)) !== null) {
      spans.push({ start, end: next })
      damaged += suspects
      suspects = 0
      end = next
    } else suspects += 1
    start = next
  }
  return { spans, end, damaged }
}

/** The value of one record, newline included. Throws when it is none. */
export function decodeRecord(bytes: Buffer): unknown {
  const json = jsonOf(bytes.subarray(0, -1))
  if (json === null) throw new Error('a record on disk was changed after it was written')
  return JSON.parse(json.toString('utf8'))
}

function jsonOf(line: Buffer): Buffer | null {
  const head = /^([0-9a-f]{8}) (\d{1,9}) /.exec(line.subarray(0, 19).toString('latin1'))
  if (head === null) return null
  const json = line.subarray(head[0].length)
  return json.length === Number(head[2]) && crc32(json) === Number.parseInt(head[1] ?? '', 16) ? json : null
}
