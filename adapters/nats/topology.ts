import { orgSubjects, subjectToken } from '../../core/subject.ts'
import type { RecordName, WorkQueue } from '../../ports/bus.ts'
import { type BucketName, buckets } from '../../ports/keyed-state.ts'

/** The oldest nats-server that is safe to put in front of untrusted users (advisories of 2026). */
export const serverFloor = '2.12.7'

/** How long a repeated id is recognised. Longer than a day, so that yesterday's redelivery is still one message. */
const duplicateWindowMs = 26 * 3_600_000

/** The role that the house itself plays: it has an inbox like the others. */
export const deskRole = 'breakroom'

export const streamOf: Record<RecordName, string> = { events: 'EVENTS', private: 'PRIVATE' }
export const workStream = 'WORK'
export const ledgerStream = 'LEDGER'
export const deadLetterStream = 'DEADLETTER'

/** On an item that comes from a dead letter: the letter's id. */
export const retryOfHeader = 'Breakroom-Retry-Of'

/** The durable consumer through which the processes of one role share a queue. */
export function consumerOf(queue: WorkQueue, role: string): string {
  return `${queue}-${subjectToken(role)}`
}

/** The stream in which NATS keeps a bucket (fixed by NATS, ADR-8). */
export function bucketStream(bucket: BucketName): string {
  return `KV_${bucket}`
}

/** The subject of a bucket's entry (fixed by NATS, ADR-8). `encodedKey` is a key in the alphabet of subjects, or a wildcard. */
export function bucketSubject(bucket: BucketName, encodedKey: string): string {
  return `$KV.${bucket}.${encodedKey}`
}

/** Bytes that each stream may take on disk. */
export interface StreamLimits {
  events: number
  private: number
  ledger: number
  work: number
  broadcasts: number
  deadletter: number
  bucket: number
}

/** Together they stay well under what a small disk has: the server reserves them and refuses a stream that would not fit. */
export const defaultLimits: StreamLimits = {
  events: 1024 ** 3,
  private: 256 * 1024 ** 2,
  ledger: 512 * 1024 ** 2,
  work: 128 * 1024 ** 2,
  broadcasts: 32 * 1024 ** 2,
  deadletter: 64 * 1024 ** 2,
  bucket: 64 * 1024 ** 2,
}

/** One stream as the server is to hold it. Durations in ms. */
export interface StreamPlan {
  name: string
  subjects: string[]
  retention: 'limits' | 'workqueue'
  /** What gives way when the stream is full: the oldest entry, or the new one (the publisher hears of it). */
  discard: 'old' | 'new'
  maxBytes: number
  maxAgeMs: number
  maxPerSubject: number
  duplicateWindowMs: number
  /** True for records: nobody may delete or purge, not even the administrator. */
  immutable: boolean
  rollup: boolean
}

/** Every stream and bucket of an organisation. */
export function planStreams(org: string, limits: StreamLimits = defaultLimits): StreamPlan[] {
  const subjects = orgSubjects(org)
  const base = { retention: 'limits', maxAgeMs: 0, maxPerSubject: -1, duplicateWindowMs, rollup: false } as const
  // A full record refuses the new entry: the publisher's spool keeps it, where dropping the oldest would lose it unseen.
  const record = { ...base, discard: 'new', immutable: true } as const
  return [
    { ...record, name: streamOf.events, subjects: ['events.>'], maxBytes: limits.events },
    { ...record, name: streamOf.private, subjects: [`${org}.private.>`], maxBytes: limits.private },
    { ...record, name: ledgerStream, subjects: [subjects.anyLedger], maxBytes: limits.ledger },
    {
      ...base,
      name: workStream,
      subjects: [`${org}.agents.*.inbox`, `${org}.agents.*.tasks`],
      // Done work leaves the stream, so a consumer that was deleted and made again finds exactly what is not done.
      retention: 'workqueue',
      discard: 'new',
      immutable: false,
      maxBytes: limits.work,
    },
    { ...record, name: 'BROADCASTS', subjects: [subjects.broadcasts], maxBytes: limits.broadcasts },
    {
      ...base,
      name: deadLetterStream,
      // The second has the writer as its last token, which the server proves; the first is that of older writers.
      subjects: [subjects.deadletter, subjects.anyDeadletter],
      discard: 'new',
      immutable: false,
      maxBytes: limits.deadletter,
    },
    ...(Object.keys(buckets) as BucketName[]).map((bucket) => planBucket(bucket, limits.bucket)),
  ]
}

function planBucket(bucket: BucketName, maxBytes: number): StreamPlan {
  const { ttlMs } = buckets[bucket]
  return {
    name: bucketStream(bucket),
    subjects: [bucketSubject(bucket, '>')],
    retention: 'limits',
    discard: 'new',
    maxBytes,
    maxAgeMs: ttlMs ?? 0,
    maxPerSubject: 1,
    // The server takes none that is longer than the entries live.
    duplicateWindowMs: Math.min(120_000, ttlMs ?? Number.POSITIVE_INFINITY),
    immutable: false,
    rollup: true,
  }
}
