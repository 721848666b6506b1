import { BreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import { createEntry, cutIntoParts, type Entry, type Part, partsShownBy } from './part.ts'

/** A target that can be spoken to now, over one live connection. */
export interface OpenTarget {
  /** Bytes of text that fit in one line. */
  budget: number
  /** Grows each time a span of the room is lost to us; a part sent under a lower number may have been posted unseen. */
  coverage: number
  /** Must set the part `sent`, with the coverage of that moment, when it is written. */
  send(part: Part): void
}

/** Everything one voice is still to say, over however many connections that takes. Order holds for each target. */
export interface Outbox {
  /** `target` is the key under which parts keep their order. */
  post(target: string, line: OutgoingLine): Promise<Posted>
  /** Sends what waits for a target, and whatever is posted to it from now on. Suspects that were not seen are sent again. */
  open(target: string, to: OpenTarget): void
  /** What is posted to the target from now on waits until it is opened again. */
  pause(target: string): void
  /** The connection ended: what it did not send waits, what it sent is suspect. */
  closeAll(): void
  isOpen(target: string): boolean
  hasSuspects(target: string): boolean
  /** Targets that have something to say and are not open. */
  closedTargets(): string[]
  confirm(part: Part, id: string | null): void
  /** The record shows a line of this text from us: what we did not know the fate of was posted. For networks without stamps. */
  sawText(target: string, text: string, id: string | null): void
  /** The network refused it for good: `undeliverable`, or `voiceless` when somebody else may say it and none of it is shown. */
  refuse(part: Part, reason: string, mayBeSaidByOthers: boolean): void
  /** Nothing may be said to the target: rejects all that waits for it. */
  refuseTarget(target: string, reason: string): void
  /** Rejects with `voiceless` what waits for a target and was never sent, not even in part. */
  giveBack(target: string): void
  /** The network refused it for now: it waits until its target is opened again. */
  postpone(part: Part): void
  /** Lines not confirmed yet. */
  readonly size: number
  /** Rejects everything with `closed`. */
  end(): void
}

/** `seen` gives the message id under which a part is on the network already (null without id), undefined when it is not known to be. */
export function createOutbox(seen: (target: string, id: string, part: number) => string | null | undefined): Outbox {
  const streams = new Map<string, Map<string, Entry>>()
  const open = new Map<string, OpenTarget>()
  let size = 0

  const admit = (entry: Entry, to: OpenTarget) => {
    const parts = cutIntoParts(entry, to.budget)
    if (parts.length === 0) return finish(entry)
    for (const part of parts) {
      if (part.state !== 'waiting' && part.state !== 'suspect') continue
      const id = seen(entry.target, entry.line.id, part.index)
      if (id !== undefined) {
        settle(part, id)
        continue
      }
      if (part.state === 'suspect' && part.coverage !== to.coverage) entry.ambiguous = true
      part.state = 'queued'
      entry.sent = true
      to.send(part)
    }
  }

  const settle = (part: Part, id: string | null) => {
    if (part.state === 'done') return
    const { entry } = part
    part.state = 'done'
    entry.ids[part.index] = id
    if (--entry.left === 0) finish(entry)
  }

  const finish = (entry: Entry) => {
    forget(entry)
    const ids = entry.ids.filter((id) => id !== null)
    entry.resolve({ ids, how: entry.ambiguous ? 'ambiguous' : entry.sent || entry.left < 0 ? 'confirmed' : 'seen' })
  }

  const forget = (entry: Entry) => {
    const entries = streams.get(entry.target)
    if (!entries?.delete(entry.line.id)) return
    size--
    if (entries.size === 0) streams.delete(entry.target)
  }

  const partsIn = function* (target: string) {
    for (const entry of streams.get(target)?.values() ?? []) yield* entry.parts ?? []
  }

  const outbox: Outbox = {
    post(target, line) {
      const entries = streams.get(target) ?? new Map<string, Entry>()
      const same = entries.get(line.id)
      if (same !== undefined) return same.posted.then((posted) => ({ ...posted, how: 'seen' }))
      const entry = createEntry(target, line)
      streams.set(target, entries.set(line.id, entry))
      size++
      const to = open.get(target)
      if (to !== undefined) admit(entry, to)
      return entry.posted
    },
    open(target, to) {
      open.set(target, to)
      for (const entry of [...(streams.get(target)?.values() ?? [])]) admit(entry, to)
    },
    pause: (target) => void open.delete(target),
    closeAll() {
      open.clear()
      for (const target of streams.keys()) {
        for (const part of partsIn(target)) {
          if (part.state === 'queued') part.state = 'waiting'
          if (part.state === 'sent') part.state = 'suspect'
        }
      }
    },
    isOpen: (target) => open.has(target),
    hasSuspects: (target) => [...partsIn(target)].some((part) => part.state === 'suspect'),
    closedTargets: () => [...streams.keys()].filter((target) => !open.has(target)),
    confirm: settle,
    sawText(target, text, id) {
      const suspects = [...partsIn(target)].filter((part) => part.state === 'suspect')
      for (const part of partsShownBy(suspects, text)) settle(part, id)
    },
    refuse(part, reason, mayBeSaidByOthers) {
      const { entry } = part
      // A line that is there in part would be there twice if somebody else said it again.
      const untouched = !entry.parts?.some(({ state }) => state === 'done')
      for (const other of entry.parts ?? []) other.state = 'done'
      forget(entry)
      const code = mayBeSaidByOthers && untouched ? 'voiceless' : 'undeliverable'
      entry.reject(new BreakroomError(code, reason, { detail: { target: entry.target } }))
    },
    refuseTarget(target, reason) {
      for (const entry of streams.get(target)?.values() ?? []) {
        entry.reject(new BreakroomError('undeliverable', reason, { detail: { target } }))
        size--
      }
      streams.delete(target)
    },
    giveBack(target) {
      for (const entry of [...(streams.get(target)?.values() ?? [])]) {
        // What comes after one that may be on the network already must not overtake it.
        if (entry.parts?.some((part) => part.state !== 'waiting')) return
        forget(entry)
        entry.reject(
          new BreakroomError('voiceless', `Nothing can be said to ${target} for now.`, { detail: { target } }),
        )
      }
    },
    postpone(part) {
      if (part.state !== 'done') part.state = 'waiting'
      // The network has told us that it did not take it.
      if (part.entry.parts?.every(({ state }) => state === 'waiting')) part.entry.sent = false
      open.delete(part.entry.target)
    },
    get size() {
      return size
    },
    end() {
      const error = new BreakroomError('closed', 'The network was stopped before the line was posted.')
      for (const entries of streams.values()) for (const entry of entries.values()) entry.reject(error)
      streams.clear()
      open.clear()
      size = 0
    },
  }
  return outbox
}
