import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../../ports/clock.ts'
import type { EarRoom } from '../ear/ear-room.ts'
import type { Members } from '../ear/members.ts'
import type { Connection } from '../wire/connection.ts'
import type { Link } from './link.ts'
import type { Outbox } from './outbox.ts'
import type { Part } from './part.ts'

/**
 * Opens rooms to a voice: not before the ear knows the room's past, so that nothing is said that was said already. `target` is
 * the channel as the configuration writes it.
 */
export interface RoomGate {
  open(target: string): Promise<void>
}

/**
 * Somebody in the room has our nick when we first come: the ghost of a process that was killed, whose last lines are still to
 * come, or a stranger, for whom we do not wait long. Milliseconds.
 */
const formerSelfMs = 5_000

/** Opens each room at most once at a time, and only over the link of the moment; calls for a room that is open do nothing. */
export function createRoomGate(options: {
  outbox: Outbox
  link(): Link | null
  room(target: string): EarRoom | undefined
  members: Members
  earConnection(): Connection<Part> | null
  /** The nick of the connection before this one; null when there was none in this process. */
  lastNick(): string | null
  wantedNick: string
  ghostMs: number
  clock: Clock
  admit(to: Link, target: string, coverage: number): void
}): RoomGate {
  const { outbox, link, members, clock } = options
  const opening = new Set<string>()
  const opened = new Set<string>()

  const open = async (target: string) => {
    const to = link()
    if (to === null || opening.has(target) || outbox.isOpen(target)) return
    opening.add(target)
    const usable = () => link() === to && to.connection.registered && to.joins.isJoined(target)
    while (usable()) {
      const room = options.room(target)
      if (room === undefined) break
      if (!(await room.whenLive())) continue
      if (!opened.has(target) && !(await lastWordsKnown(to, target, options.wantedNick, formerSelfMs))) continue
      if (outbox.hasSuspects(target) && !(await lastWordsKnown(to, target, options.lastNick(), options.ghostMs)))
        continue
      if (!usable() || !room.live) continue
      opened.add(target)
      options.admit(to, target, room.coverage)
      break
    }
    opening.delete(target)
    // Joined again, over another connection perhaps, while this attempt was giving up.
    if (!usable() && link()?.joins.isJoined(target)) void open(target)
  }

  /** Waits until a former connection is over for the server too, and the ear has seen all that it said. */
  const lastWordsKnown = async (
    to: Link,
    target: string,
    ghost: string | null,
    patienceMs: number,
  ): Promise<boolean> => {
    if (ghost === to.connection.nick && !outbox.hasSuspects(target)) return true
    const since = clock.monotonic()
    while (ghost !== null && ghost !== to.connection.nick && members.has(target, ghost)) {
      if (link() !== to || clock.monotonic() - since > patienceMs) break
      await pause(50)
    }
    const ear = options.earConnection()
    if (ear !== null && (await ear.barrier())) return true
    // The ear is between two connections; its room says when to look again.
    await pause(50)
    return false
  }

  return { open }
}
