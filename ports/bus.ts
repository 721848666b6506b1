import type { Envelope } from '../core/envelope.ts'
import type { BreakroomError } from '../core/errors.ts'

/** The two durable records of what was said: EVENTS (public) and PRIVATE (DMs and private rooms). */
export type RecordName = 'events' | 'private'

/** Puts envelopes on durable subjects. */
export interface Publisher {
  /**
   * Resolves when the envelope is stored, with its sequence in the stream; `duplicate` when its id was stored before (26 h).
   * Calls made without waiting are stored in call order. Rejects with `unavailable` when no acknowledgement came: it may or
   * may not be stored, and publishing it again is safe.
   */
  publish(subject: string, envelope: Envelope): Promise<{ seq: number; duplicate: boolean }>
}

/**
 * One entry of a record, in stream order. `envelope` is the error instead when the bytes cannot be read (`unreadable`), or when
 * its actor or room is not the one that the subject belongs to (`denied`).
 */
export interface Recorded {
  seq: number
  subject: string
  envelope: Envelope | BreakroomError
  bytes: Uint8Array
  /** By the server's clock; what the envelope says of its time is its writer's word. */
  storedAt: Date
  /** True when nothing newer was waiting at the time it was handed over. */
  caughtUp: boolean
}

/** Reads a record in stream order. */
export interface RecordReader {
  /**
   * Yields entries whose subject matches one of `filters` (NATS wildcards; all when empty) after sequence `after`, in stream
   * order, without end, each once per call. Survives disconnects and restarts of the server by itself. Ends when `signal` aborts.
   */
  read(options: { record: RecordName; filters?: string[]; after: number; signal: AbortSignal }): AsyncIterable<Recorded>
  /** The sequence of the newest entry, 0 for an empty record. */
  lastSeq(record: RecordName): Promise<number>
  /** The sequence after which everything is newer than `time`. For rebuilding what is derived from a recent span. */
  seqBefore(record: RecordName, time: Date): Promise<number>
}

/** A piece of work handed to one worker. */
export interface WorkItem {
  envelope: Envelope | BreakroomError
  bytes: Uint8Array
  /** 1 for the first delivery. */
  delivery: number
  /** The id of the dead letter that it was taken from for another try. */
  retryOf?: string
  /** Done: never delivered again. Resolves when the server has confirmed it. */
  ack(): Promise<void>
  /** Not now: deliver again, after `delayMs`. */
  later(delayMs: number): void
  /** Still at it: keeps the lease for another ack_wait. */
  working(): void
  /** Never again: for what was copied to the dead letters. */
  giveUp(reason: string): void
}

/**
 * The two queues of a role: what is said to it, taken by one process at a time in order; and doorbells for its tasks, which several
 * processes take side by side.
 */
export type WorkQueue = 'inbox' | 'tasks'

/**
 * How long an item belongs to who took it, without a sign of work. A seat that was killed holding one of its inbox stands still for
 * as long after its restart, because those come one at a time. That of tasks is what ships; the configuration may say another.
 */
export const leaseMs: Record<WorkQueue, number> = { inbox: 10_000, tasks: 40_000 }

/** Takes work from one role's queues. */
export interface Inbox {
  /** Hands items over one at a time per `take` call, oldest first; unacked ones return after ack_wait. Ends when `signal` aborts. */
  take(role: string, signal: AbortSignal, queue?: WorkQueue): AsyncIterable<WorkItem>
}

/** Fire and forget: heartbeats and system events. Nothing is kept. */
export interface Signals {
  /** Sends; silently lost while disconnected. */
  send(subject: string, data: unknown): void
  /** Calls `handler` with every parsed JSON message until `signal` aborts; unreadable ones are skipped. */
  listen(subject: string, handler: (data: unknown, subject: string) => void, signal: AbortSignal): void
}

/** Request and reply between parts. */
export interface Services {
  /** Rejects with `unavailable` when nobody answers within `timeoutMs`, or with the error that the service raised. */
  request(subject: string, data: unknown, timeoutMs: number): Promise<unknown>
  /**
   * Serves each subject as an endpoint of a NATS micro service until `signal` aborts; what the handler throws becomes the
   * reply's error. Resolves when requests will find it. A request that wants its answer anywhere but in an inbox is left alone:
   * the answer would be written with the rights of the service. Where several processes serve, each request goes to one of them, or
   * to all of them when it is not `shared`, and the first answer counts: where only one acts at a time, another that hangs must not
   * swallow a part of the requests.
   */
  serve(
    service: string,
    endpoints: Record<string, Endpoint>,
    signal: AbortSignal,
    options?: { shared: boolean },
  ): Promise<void>
}

/** What one subject is answered with. */
export interface Endpoint {
  /** May have `*` for a token. */
  subject: string
  /** `subject` is the one that the request came on. */
  handler(data: unknown, subject: string): Promise<unknown>
}

/** Whether the bus is there, for those who must say so. */
export interface BusHealth {
  readonly connected: boolean
  /** Called at each change until `signal` aborts. */
  onChange(handler: (connected: boolean) => void, signal: AbortSignal): void
}

/** One connection to the bus, as one user with that user's rights. */
export interface Bus extends Publisher, RecordReader, Inbox, Signals, Services, BusHealth {
  close(): Promise<void>
}
