import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { appendFile, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Log } from '../../ports/log.ts'
import type { Spool, Spooled } from '../../ports/spool.ts'
import { lockFolder } from './folder-lock.ts'
import { decodeRecord, encodeRecord, type Span } from './record.ts'
import { openSegment, type Segment, segmentFile } from './segment.ts'

/** A file this large is left, so that what was dropped can be deleted. Bytes. */
const segmentLimit = 4 * 1024 * 1024

interface Place extends Span {
  segment: Segment
}

interface Waiting {
  records: Buffer[]
  resolve(): void
  reject(error: BreakroomError): void
}

/**
 * Opens the spool in `folder` for this process alone: what was appended before and not dropped is there, in order. Rejects
 * with `unavailable` when another process has it. After a crash a few dropped items may be there again; none is missing.
 */
export async function createDiskSpool(folder: string, log: Log): Promise<Spool> {
  mkdirSync(folder, { recursive: true })
  const unlock = lockFolder(folder)
  const { segments, places } = await load(folder, log).catch((error: unknown) => {
    unlock()
    throw diskError('opened', error)
  })
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined
  let closed = false

  /** Writes whatever waits in one go, so that concurrent appends share an fsync. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0)
      try {
        const records = group.flatMap((call) => call.records)
        const segment = await roomySegment()
        let start = await segment.append(Buffer.concat(records))
        for (const record of records) {
          places.push({ segment, start, end: start + record.length })
          start += record.length
        }
        for (const call of group) call.resolve()
      } catch (error) {
        for (const call of group) call.reject(diskError('written', error))
      }
    }
    writing = undefined
  }

  async function roomySegment(): Promise<Segment> {
    const last = segments.at(-1)
    if (last !== undefined && last.size < segmentLimit) return last
    const { segment } = await openSegment(folder, (last?.number ?? 0) + 1)
    await syncFolder(folder)
    segments.push(segment)
    return segment
  }

  return {
    setAside: (item) => appendFile(join(folder, 'set-aside.jsonl'), `${JSON.stringify(item)}\n`, { mode: 0o600 }),
    get depth() {
      return places.length
    },
    append(items) {
      if (closed) return Promise.reject(new BreakroomError('closed', 'The spool was closed.'))
      if (items.length === 0) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.push({ records: items.map(encodeRecord), resolve, reject })
        writing ??= writeAll()
      })
    },
    async peek(limit) {
      try {
        return await Promise.all(places.slice(0, limit).map(readItem))
      } catch (error) {
        throw diskError('read', error)
      }
    },
    async drop(count) {
      const last = places[Math.min(count, places.length) - 1]
      if (last === undefined) return
      places.splice(0, count)
      const oldest = places[0]?.segment ?? last.segment
      while (segments[0] !== undefined && segments[0].number < oldest.number) {
        const emptied = segments.shift() as Segment
        await emptied.close()
        await rm(segmentFile(folder, emptied.number), { force: true })
      }
      // On a full disk the mark cannot move; then some are published again after a restart, which is safe.
      await keepMark(folder, { segment: last.segment.number, offset: last.end }).catch((error: unknown) =>
        log.warn({ folder, error: sentenceOf(error) }, 'spool: could not note what was dropped'),
      )
    },
    async close() {
      if (closed) return
      closed = true
      await writing
      await Promise.all(segments.map((segment) => segment.close()))
      unlock()
    },
  }
}

async function readItem({ segment, start, end }: Place): Promise<Spooled> {
  return decodeRecord(await segment.read({ start, end })) as Spooled
}

async function load(folder: string, log: Log): Promise<{ segments: Segment[]; places: Place[] }> {
  const mark = readMark(folder)
  const numbers = readdirSync(folder)
    .filter((name) => /^\d{10}\.log$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .toSorted((a, b) => a - b)
  const segments: Segment[] = []
  const places: Place[] = []
  for (const number of numbers) {
    if (number < mark.segment) {
      await rm(segmentFile(folder, number), { force: true })
      continue
    }
    const { segment, spans, damaged } = await openSegment(folder, number)
    if (damaged > 0)
      log.error({ file: segmentFile(folder, number), damaged }, 'spool: lines on disk were damaged and are lost')
    segments.push(segment)
    const from = number === mark.segment ? mark.offset : 0
    places.push(...spans.filter(({ start }) => start >= from).map((span) => ({ ...span, segment })))
  }
  if (segments.length === 0) segments.push((await openSegment(folder, mark.segment + 1)).segment)
  await syncFolder(folder)
  return { segments, places }
}

/** How far was dropped. */
interface Mark {
  segment: number
  offset: number
}

function markFile(folder: string): string {
  return join(folder, 'dropped.json')
}

function readMark(folder: string): Mark {
  try {
    return JSON.parse(readFileSync(markFile(folder), 'utf8')) as Mark
  } catch {
    // None yet, or the power went while it was written: what was dropped is published again, which is safe.
    return { segment: 0, offset: 0 }
  }
}

async function keepMark(folder: string, mark: Mark): Promise<void> {
  const fresh = `${markFile(folder)}.new`
  // Synced before it takes the old one's place: an empty mark after a power cut would publish everything in the segment again.
  await writeFile(fresh, JSON.stringify(mark), { flush: true })
  await rename(fresh, markFile(folder))
}

/** Makes the names of new files survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  for (const path of [folder, dirname(resolve(folder))]) {
    const handle = await open(path, 'r')
    await handle.sync().finally(() => handle.close())
  }
}

function diskError(what: string, error: unknown): BreakroomError {
  if (error instanceof BreakroomError) return error
  return new BreakroomError('unavailable', `The spool cannot be ${what}: ${sentenceOf(error)}`, { cause: error })
}
