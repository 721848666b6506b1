import { setTimeout as pause } from 'node:timers/promises'
import { authorize } from '../../core/authority.ts'
import { asChatLine, type ChatEnvelope, traceCode } from '../../core/envelope.ts'
import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { inboxEnvelope } from '../../core/handover.ts'
import { backTo, houseLine, subjectOfLine } from '../../core/house-line.ts'
import { type DirectoryEntry, nearMiss } from '../../core/mention.ts'
import { isPerson } from '../../core/person.ts'
import {
  emptyTurns,
  type Handover,
  type Routed,
  route,
  type TurnLimits,
  type TurnState,
  turnMemoryMs,
} from '../../core/route.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import type { Publisher, RecordName, RecordReader } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createCursor } from '../cursor.ts'
import { patiently } from '../patiently.ts'
import { readableLine } from '../readable.ts'
import { readLine } from './reading.ts'
import { createPassedOverNotice } from './say-passed-over.ts'

export interface RouterParts {
  bus: RecordReader & Publisher
  cursors: KeyedState<number>
  subjects: OrgSubjects
  directory: DirectoryEntry[]
  /** The fleet's rooms, by name. */
  rooms: ReadonlySet<string>
  limits: TurnLimits
  log: Log
  metrics: Metrics
  clock: Clock
  /** Where the router says what it had to pass over. */
  homeRoom: string | null
  signal: AbortSignal
}

/**
 * The only one who decides who is addressed. Reads a record in stream order from a stored cursor and puts each line into the
 * inboxes it is for, before it goes on; a failure is tried again in place, so nobody is skipped and order is kept.
 */
export async function routeRecord(parts: RouterParts, record: RecordName, filter: string): Promise<void> {
  const { bus, metrics, log, signal } = parts
  const name = `router ${record}`
  const firstAfter = new Date(parts.clock.now().getTime() - 10 * 60_000)
  const cursor = await createCursor({ ...parts, name, record, firstAfter })
  const sayPassedOver = createPassedOverNotice({ bus, room: parts.homeRoom, clock: parts.clock })
  const state = await rememberTurns(parts, record, filter, cursor.start)
  for await (const entry of bus.read({ record, filters: [filter], after: cursor.start, signal })) {
    const line = readableLine(entry, { reader: name, log, metrics })
    if (record === 'events') sayPassedOver(entry)
    if (line !== null) await handOver(line, decide(parts, state, line))
    if (signal.aborted) break
    cursor.passed(entry.seq)
  }
  await cursor.close()

  async function handOver(line: ChatEnvelope, { handovers, heldBack, notWoken }: Routed): Promise<void> {
    await Promise.all(handovers.map((handover) => insist(() => deliver(line, handover))))
    if (heldBack !== null) await insist(() => sayHeldBack(line, heldBack))
    if (notWoken.length > 0) await insist(() => sayNotWoken(line, notWoken))
    if (handovers.length === 0 && isPerson(line.actor) && line.data.tier !== 'none')
      await insist(() => sayNearMiss(line))
  }

  async function deliver(line: ChatEnvelope, handover: Handover): Promise<void> {
    const action = handover.kind === 'command' ? 'mention' : handover.kind
    const verdict = authorize({ action, requester: { actor: handover.authority.requester, tier: handover.tier } })
    if (!verdict.allowed && isPerson(line.actor)) {
      metrics.count('breakroom_denied_total', { rule: verdict.rule })
      return
    }
    const envelope = inboxEnvelope(line, handover, handover.kind, 'bridge/router')
    await bus.publish(parts.subjects.inbox(handover.to), envelope)
  }

  async function sayHeldBack(line: ChatEnvelope, heldBack: NonNullable<Routed['heldBack']>): Promise<void> {
    metrics.count('breakroom_suppressed_total', { rule: heldBack.rule })
    const text =
      heldBack.rule === 'trigger'
        ? `Bots have answered each other ${heldBack.turns} times; I hold the rest back until a person speaks. · ${traceCode(line.trace)}`
        : `Bots have woken each other ${heldBack.turns} times in ten minutes here; I hold the rest back for now. · ${traceCode(line.trace)}`
    await say(line, 'held-back', text)
  }

  async function sayNotWoken(line: ChatEnvelope, notWoken: string[]): Promise<void> {
    const text = `${line.data.speaker}: one line wakes three roles at most. Not woken: ${notWoken.join(', ')}.`
    await say(line, 'not-woken', text)
  }

  async function sayNearMiss(line: ChatEnvelope): Promise<void> {
    const miss = nearMiss(line.data.text, parts.directory)
    if (miss === null) return
    await say(line, 'near-miss', `${line.data.speaker}: there is no ${miss.said} here. Did you mean ${miss.meant}?`)
  }

  /** Says something about a line where it was said. */
  async function say(about: ChatEnvelope, what: string, text: string): Promise<void> {
    const { room } = about
    const id = `${what}:${about.id}`
    const more = backTo(about)
    const notice = houseLine({ id, source: 'bridge/router', at: parts.clock.now(), room, text, about, more })
    await bus.publish(subjectOfLine(parts.subjects, notice), notice)
  }

  /** Tries until it is done: what is published has an id of its own, so a repeat is harmless. */
  async function insist(effect: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        return await effect()
      } catch (error) {
        if (isBreakroomError(error, 'usage') || isBreakroomError(error, 'denied')) {
          // The bus will never take it; everybody behind it must not wait for that.
          metrics.count('breakroom_undeliverable_total', {})
          log.error({ cause: sentenceOf(error) }, 'a handover was refused for good')
          return
        }
        metrics.count('breakroom_retries_total', { what: 'route' })
        log.warn({ cause: sentenceOf(error) }, 'a handover is tried again')
        await pause(200, undefined, { signal }).catch(() => {})
      }
    }
  }
}

function decide(parts: RouterParts, turns: TurnState, line: ChatEnvelope): Routed {
  // A role may publish on a subject with any room in it; a budget by room is one only for rooms that there are.
  if (!isPerson(line.actor) && !parts.rooms.has(line.room.name)) return nobody
  return route(turns, line, readLine(line, parts.directory), parts.limits)
}

const nobody: Routed = { handovers: [], expects: [], heldBack: null, notWoken: [] }

/** Counts the turns of the last hour again from the record, so that a restart of the router gives nobody a fresh budget. */
async function rememberTurns(parts: RouterParts, record: RecordName, filter: string, upTo: number): Promise<TurnState> {
  const { bus, signal } = parts
  const state = emptyTurns()
  const from = new Date(parts.clock.now().getTime() - turnMemoryMs)
  const after = await patiently(signal, () => bus.seqBefore(record, from))
  if (after >= upTo) return state
  for await (const entry of bus.read({ record, filters: [filter], after, signal })) {
    if (entry.seq > upTo) break
    const line = entry.envelope instanceof BreakroomError ? null : asChatLine(entry.envelope)
    if (line !== null) decide(parts, state, line)
    if (entry.seq === upTo || entry.caughtUp) break
  }
  return state
}
