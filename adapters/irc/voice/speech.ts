import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import type { EarRoom } from '../ear/ear-room.ts'
import type { Members } from '../ear/members.ts'
import type { IrcNetworkOptions, Timing } from '../options.ts'
import type { SeenPosts } from '../ours/seen-posts.ts'
import type { Connection } from '../wire/connection.ts'
import { isNickTarget } from '../wire/write-guard.ts'
import { createDirectSpeech, isDirectTarget } from './direct-speech.ts'
import { type Link, openTarget } from './link.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { Part } from './part.ts'
import { createRoomGate } from './room-gate.ts'
import { createVoiceless } from './voiceless.ts'

/** Everything one voice says, over however many connections that takes. */
export interface Speech {
  readonly outbox: Outbox
  /** As `post` of the port promises. Rejects with `undeliverable` for a room or nick that this voice cannot speak to. */
  post(line: OutgoingLine): Promise<Posted>
  /** A connection is registered: what is meant for one person may go. */
  resume(): void
  /** We are in a channel, named as the server shows it: what waits for it may go once its past is known. */
  joined(channel: string): void
  /** We are out of it: what is for it waits. */
  left(channel: string): void
  /** The network refused a line of this link's for now: its target is tried again in a moment. */
  reopenLater(from: Link, target: string): Promise<void>
  /** The network has it. */
  confirm(part: Part, id: string | null): void
  /** How complete our knowledge of a part's target is now, as `Part.coverage` keeps it. */
  coverageOf(part: Part): number
  /** The record shows a text from our nick, on a network that carries no stamps. */
  sawText(channel: string, text: string, id: string | null): void
  /** Rejects what waits with `closed`. */
  end(): void
}

/** A refusal for now is mostly about our pace, or about a JOIN that is under way. Milliseconds. */
const reopenMs = 1_000

/** `link` gives the voice's connection of the moment, `connections` how many were registered, `lastNick` the nick of the one before. */
export function createSpeech(options: {
  network: Pick<IrcNetworkOptions, 'name' | 'rooms' | 'clock'>
  timing: Pick<Timing, 'ghost' | 'voiceless'>
  /** The ear speaks for others; nobody speaks for it. */
  isEar: boolean
  name: string
  wantedNick: string
  channels: string[]
  fold(name: string): string
  members: Members
  seen: SeenPosts
  link(): Link | null
  connections(): number
  lastNick(): string | null
  roomOf(channel: string): EarRoom | undefined
  earConnection(): Connection<Part> | null
}): Speech {
  const { network, wantedNick, channels, fold, seen, link, connections, roomOf } = options
  const outbox = createOutbox(seen.find)
  const gate = createRoomGate({
    outbox,
    link,
    room: roomOf,
    members: options.members,
    earConnection: options.earConnection,
    lastNick: options.lastNick,
    wantedNick,
    ghostMs: options.timing.ghost,
    clock: network.clock,
    admit: (to, target, coverage) => outbox.open(target, openTarget(to, target, wantedNick, coverage)),
  })
  const voiceless = createVoiceless({
    outbox,
    earIsThere: (channel) => roomOf(channel)?.live ?? false,
    afterMs: options.timing.voiceless,
    clock: network.clock,
  })
  const direct = createDirectSpeech({
    network: network.name,
    outbox,
    link: () => (link()?.connection.registered ? link() : null),
    fold,
    admit: (to, target, nick) => outbox.open(target, openTarget(to, nick, wantedNick, connections())),
  })

  /** A channel as the configuration writes it, which is its name in our own books. */
  const channelOf = (shown: string) => channels.find((channel) => fold(channel) === fold(shown)) ?? shown

  return {
    outbox,
    post(line) {
      if ('nick' in line.target) {
        const { nick, account } = line.target
        return isNickTarget(nick) ? direct.post(line, nick, account) : refused(nick, `"${nick}" cannot be a nick.`)
      }
      const { room } = line.target
      const channel = network.rooms.get(room)
      if (channel === undefined || !channels.includes(channel)) {
        return refused(room, `${options.name} is not in ${room} on ${network.name}.`)
      }
      const posted = outbox.post(channel, line)
      if (!options.isEar) voiceless.posted(channel)
      return posted
    },
    resume: direct.resume,
    joined: (channel) => void gate.open(channelOf(channel)),
    left: (channel) => outbox.pause(channelOf(channel)),
    async reopenLater(from, target) {
      await pause(reopenMs)
      if (link() !== from || outbox.isOpen(target)) return
      await (isDirectTarget(target) ? direct.reopen(target) : gate.open(target))
    },
    confirm(part, id) {
      seen.note(part.entry.target, part.entry.line.id, part.index, id)
      outbox.confirm(part, id)
    },
    coverageOf: (part) =>
      'nick' in part.entry.line.target ? connections() : (roomOf(part.entry.target)?.coverage ?? 0),
    sawText: (channel, text, id) => outbox.sawText(channel, text.replace(/^\x01ACTION (.*)\x01$/, '$1'), id),
    end() {
      voiceless.stop()
      outbox.end()
      direct.end()
    },
  }
}

function refused(target: string, reason: string): Promise<never> {
  return Promise.reject(new BreakroomError('undeliverable', reason, { detail: { target } }))
}
