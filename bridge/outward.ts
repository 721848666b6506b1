import { setTimeout as pause } from 'node:timers/promises'
import type { ChatEnvelope } from '../core/envelope.ts'
import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import type { RecordName, RecordReader } from '../ports/bus.ts'
import type { OutgoingLine, Posted } from '../ports/chat.ts'
import type { KeyedState } from '../ports/keyed-state.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Canaries } from './canaries.ts'
import { createCursor } from './cursor.ts'
import type { IdNotes } from './id-notes.ts'
import { type OutgoingParts, outgoing, threadShown } from './outgoing.ts'
import { readableLine } from './readable.ts'
import { relayed } from './relayed.ts'
import { createSpeakingOrder } from './speaking-order.ts'

export interface OutwardParts extends Omit<OutgoingParts, 'shownAs' | 'rest' | 'cards'> {
  bus: RecordReader
  cursors: KeyedState<number>
  notes: IdNotes
  canaries: Pick<Canaries, 'room' | 'isStale' | 'posted'>
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Posts every line of one room to one network, in stream order, each once, except those that were said there. */
export function mirrorRoom(parts: OutwardParts, room: string, record: RecordName, filter: string): Promise<void> {
  const cursor = `outward ${parts.network.name} ${room}`
  const { canaries } = parts
  // Handed to a network that is away, they would all be shown when it is back.
  const oneByOne = room === canaries.room
  return follow(parts, { record, filter, cursor, where: room, oneByOne }, (line) => {
    if (line.data.origin?.network === parts.network.name || line.data.to !== undefined) return null
    if (oneByOne && canaries.isStale(line)) return null
    return { room }
  })
}

/** Delivers private lines to the people of one network, and to nobody else. */
export function deliverPrivately(parts: OutwardParts, filter: string): Promise<void> {
  const cursor = `outward ${parts.network.name} (private)`
  return follow(parts, { record: 'private', filter, cursor, where: '(private)', oneByOne: false }, (line) => {
    const { to } = line.data
    if (to === undefined || to.network !== parts.network.name) return null
    const { nick, account, aside } = to
    return { nick, account, ...(aside === undefined ? {} : { aside }) }
  })
}

async function follow(
  parts: OutwardParts,
  source: { record: RecordName; filter: string; cursor: string; where: string; oneByOne: boolean },
  targetOf: (line: ChatEnvelope) => OutgoingLine['target'] | null,
): Promise<void> {
  const { bus, network, log, metrics, signal } = parts
  const rest = (ms: number) => pause(ms, undefined, { signal }).catch(() => {})
  const saying: OutgoingParts = {
    ...parts,
    shownAs: (id) => parts.notes.firstIdOf(`${parts.network.name} ${id}`),
    rest,
    cards: { missedAt: null, now: () => performance.now() },
  }
  const labels = { network: network.name, room: source.where }
  const cursor = await createCursor({ ...parts, name: source.cursor, record: source.record })
  const order = createSpeakingOrder({
    now: () => performance.now(),
    rest: (ms, ending) => pause(ms, undefined, { signal: ending }),
  })
  for await (const entry of bus.read({
    record: source.record,
    filters: [source.filter],
    after: cursor.start,
    signal,
  })) {
    const line = readableLine(entry, { reader: source.cursor, log, metrics })
    const target = line && targetOf(line)
    if (!target) {
      cursor.passed(entry.seq)
      continue
    }
    const post = await outgoing(saying, line, target)
    await order.turnOf(post)
    const done = cursor.begin(entry.seq)
    const shown = deliver(post, line).then((delivered) => {
      if (delivered) done()
    })
    order.posted(post, shown)
    void shown.then(() => metrics.gauge('breakroom_outward_lag', order.size, labels))
    if (source.oneByOne) await shown
  }
  await order.settled()
  await cursor.close()

  /** True when the line needs no further attempt. */
  async function deliver(wanted: OutgoingLine, line: ChatEnvelope): Promise<boolean> {
    let post = wanted
    while (!signal.aborted) {
      try {
        const posted = await network.post(post)
        note(post, posted)
        parts.canaries.posted(line, post.as, network)
        const thread = threadShown(saying, post, line)
        if (thread !== null) parts.threads.spoke(thread)
        return true
      } catch (error) {
        if (isBreakroomError(error, 'closed')) return false
        if (isBreakroomError(error, 'voiceless') && post.as.kind === 'role') {
          post = throughEar(post, line)
          continue
        }
        if (isBreakroomError(error, 'undeliverable') || isBreakroomError(error, 'voiceless')) {
          metrics.count('breakroom_undeliverable_total', { network: network.name })
          log.warn({ id: post.id, network: network.name, cause: error.message }, 'a line was refused for good')
          return true
        }
        metrics.count('breakroom_retries_total', { what: 'post' })
        log.warn({ id: post.id, network: network.name, cause: sentenceOf(error) }, 'a line is posted again')
        await pause(1_000, undefined, { signal }).catch(() => {})
      }
    }
    return false
  }

  function note(post: OutgoingLine, posted: Posted): void {
    if (posted.how !== 'seen') metrics.count('breakroom_posted_total', { network: network.name })
    if (posted.how === 'ambiguous') metrics.count('breakroom_ambiguous_total', { network: network.name })
    if (posted.ids.length > 0) parts.notes.note(`${network.name} ${post.id}`, { ids: posted.ids })
  }
}

/** A role's line as the ear says it, on a network that does not let the role itself speak. */
function throughEar(post: OutgoingLine, { data }: ChatEnvelope): OutgoingLine {
  return { ...post, as: { kind: 'ear' }, ...relayed({ ...data, text: post.text }, () => false) }
}
