import { type FileHandle, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findRecords, type Span } from './record.ts'

/** One append-only file of the spool. */
export interface Segment {
  readonly number: number
  /** Bytes of whole records. */
  readonly size: number
  /** Resolves when `bytes` are on the disk (fsync), with where they begin. When it rejects nothing of them is kept. */
  append(bytes: Buffer): Promise<number>
  read(span: Span): Promise<Buffer>
  close(): Promise<void>
}

/** The path of a segment; by name, files sort in the order they were begun. */
export function segmentFile(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(10, '0')}.log`)
}

/** Opens a segment, cuts what a crash left half written, and says where its records lie. */
export async function openSegment(
  folder: string,
  number: number,
): Promise<{ segment: Segment; spans: Span[]; damaged: number }> {
  const path = segmentFile(folder, number)
  const file = await open(path, 'a+')
  const { spans, end, damaged } = findRecords(await readFile(path))
  await file.truncate(end)
  await file.datasync()
  return { segment: createSegment(file, number, end), spans, damaged }
}

function createSegment(file: FileHandle, number: number, end: number): Segment {
  let size = end
  return {
    number,
    get size() {
      return size
    },
    async append(bytes) {
      const start = size
      try {
        await file.appendFile(bytes)
        await file.datasync()
      } catch (error) {
        await file.truncate(start)
        throw error
      }
      size += bytes.length
      return start
    },
    async read({ start, end }) {
      const bytes = Buffer.alloc(end - start)
      await file.read(bytes, 0, bytes.length, start)
      return bytes
    },
    close: () => file.close(),
  }
}
