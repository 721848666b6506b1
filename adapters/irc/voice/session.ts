import { setTimeout as pause } from 'node:timers/promises'
import { BreakroomError } from '../../../core/errors.ts'
import type { ChatHandlers, OutgoingLine, Posted, Voice } from '../../../ports/chat.ts'
import type { Ear } from '../ear/ear.ts'
import type { Members } from '../ear/members.ts'
import type { Account, IrcNetworkOptions, Timing } from '../options.ts'
import type { OwnSessions } from '../ours/own-sessions.ts'
import type { SeenPosts } from '../ours/seen-posts.ts'
import type { Stamps } from '../ours/stamps.ts'
import type { OpenBatch } from '../wire/batches.ts'
import { earCapabilities, voiceCapabilities } from '../wire/capabilities.ts'
import type { Connection } from '../wire/connection.ts'
import { type IrcLine, tagOf } from '../wire/line.ts'
import { isNickTarget } from '../wire/write-guard.ts'
import { createDirectHearing } from './direct-hearing.ts'
import { createDirectSpeech, isDirectTarget } from './direct-speech.ts'
import { type Link, openLink, openTarget } from './link.ts'
import { createOutbox, type Part } from './outbox.ts'
import { createRoomGate } from './room-gate.ts'
import { joinRefusals } from './room-joins.ts'
import { createSupervisor } from './supervisor.ts'

/** One voice on the network over all its connections: stays connected, stays in its rooms, says what it is given. */
export interface Session {
  readonly wantedNick: string
  readonly connection: Connection<Part> | null
  /** Connected and in all its rooms. */
  readonly settled: boolean
  /** What it lacks, in words. */
  readonly lacks: string
  readonly queued: number
  start(firstWaitMs: number): void
  post(line: OutgoingLine): Promise<Posted>
  showPresence(here: boolean): void
  sawText(channel: string, text: string, id: string | null): void
  forgetAccount(nick: string): void
  stop(): Promise<void>
}

export interface SessionOptions {
  network: IrcNetworkOptions
  timing: Timing
  voice: Voice
  nick: string
  account: Account | undefined
  channels: string[]
  handlers(): ChatHandlers
  ear(): Ear
  earConnection(): Connection<Part> | null
  fold(name: string): string
  own: OwnSessions
  seen: SeenPosts
  stamps: Stamps
  members: Members
  /** A connection is registered: what it says of the network holds from now on. */
  onWelcome(connection: Connection<Part>): void
  /** Something about connections or rooms has changed. */
  onChange(): void
}

export function createSession(options: SessionOptions): Session {
  const { network, timing, voice, fold, own, seen, members } = options
  const { clock, log, metrics } = network
  const isEar = voice.kind === 'ear'
  const voiceName = isEar ? 'ear' : voice.role
  const labels = { network: network.name, voice: voiceName }
  const hearDirect = createDirectHearing({ network, voice, own, handlers: options.handlers })

  let link: Link | null = null
  let connections = 0
  let registeredAt: number | null = null
  let reported: string | null = null
  let lastNick: string | null = null
  let here = true
  let stopped = false

  const outbox = createOutbox((target, id, part) => seen.find(target, id, part))
  const gate = createRoomGate({
    outbox,
    link: () => link,
    room: (target) => options.ear().room(target),
    members,
    earConnection: options.earConnection,
    lastNick: () => lastNick,
    wantedNick: options.nick,
    ghostMs: timing.ghost,
    clock,
    admit: (to, target, coverage) => outbox.open(target, openTarget(to, target, options.nick, coverage)),
  })
  const direct = createDirectSpeech({
    network: network.name,
    outbox,
    link: () => (link?.connection.registered ? link : null),
    fold,
    admit: (to, target, nick) => outbox.open(target, openTarget(to, nick, options.nick, connections)),
  })
  const supervisor = createSupervisor({ timing, random: network.random, connect })

  function connect() {
    link = openLink({
      network,
      timing,
      wantedNick: options.nick,
      account: options.account,
      capabilities: isEar ? earCapabilities : voiceCapabilities,
      listens: isEar,
      channels: options.channels,
      fold,
      members,
      outbox,
      stamps: options.stamps,
      confirm: confirmPart,
      coverage: coverageOf,
      onPostponed: (to, target) => void reopenLater(to, target),
      onRegistered: welcome,
      onLine,
      onIdentity: identify,
      onClosed: closed,
    })
  }

  const welcome = (to: Link) => {
    const { connection } = to
    connections++
    if (connections > 1) metrics.count('breakroom_reconnects_total', labels)
    options.onWelcome(connection)
    registeredAt = clock.monotonic()
    reported = null
    if (!isEar) markAsBot(connection)
    if (!here) sayAway(connection)
    own.claim(connection)
    to.joins.joinAll()
    to.regain.check(connection.supports('MONITOR') !== undefined)
    direct.resume()
    tell(true)
    options.onChange()
  }

  const tell = (up: boolean, reason?: string) => {
    try {
      options.handlers().onConnection({ network: network.name, voice, up, ...(reason === undefined ? {} : { reason }) })
    } catch (error) {
      log.error({ ...labels, error: String(error) }, 'a handler threw')
    }
  }

  const identify = (to: Link) => {
    if (!to.connection.registered) return
    own.claim(to.connection)
    to.regain.check(to.connection.supports('MONITOR') !== undefined)
  }

  const closed = (from: Link, reason: string, banned: boolean) => {
    if (link !== from) return
    const livedMs = registeredAt === null ? 0 : clock.monotonic() - registeredAt
    const wasUp = registeredAt !== null
    registeredAt = null
    link = null
    if (wasUp) lastNick = from.connection.nick
    from.joins.stop()
    from.regain.stop()
    from.accounts.end()
    outbox.closeAll()
    if (isEar) options.ear().onClosed(from.connection.lastHeard)
    if (!members.anywhere(from.connection.nick)) own.prune()
    if (!stopped) log.warn({ ...labels, reason, banned }, 'a connection ended')
    if (wasUp || reason !== reported) tell(false, reason)
    reported = reason
    options.onChange()
    if (!stopped) supervisor.ended({ reason, banned, livedMs })
  }

  const onLine = (to: Link, line: IrcLine, batch: OpenBatch | null) => {
    const { connection } = to
    const label = line.tags === '' ? batch?.label : (tagOf(line, 'label') ?? batch?.label)
    if (label) {
      if (line.command !== 'BATCH') to.deliveries.answered(label, line)
      else if (line.params[0]?.startsWith('-')) to.deliveries.answered(label, null)
    }
    if (isEar) options.ear().onLine(line, batch)
    const [first = '', second = ''] = line.params
    switch (line.command) {
      case 'PRIVMSG':
        if (line.nick === connection.nick) {
          if (!label && batch?.type !== 'chathistory') to.deliveries.echoed(line)
        } else if (fold(first) === fold(connection.nick)) {
          const answer = hearDirect(line)
          if (answer !== null) connection.queue.courtesy(answer)
        }
        return
      case 'JOIN':
        if (line.nick === connection.nick) joinedRoom(to, first)
        return
      case 'KICK':
        if (second === connection.nick) lostRoom(to, first)
        return
      case 'PART':
        if (line.nick === connection.nick) lostRoom(to, first)
        return
      default:
        if (!label) to.deliveries.refused(line)
        if (joinRefusals.has(line.command) && !to.joins.isJoined(second)) to.joins.lost(second)
        to.regain.onLine(line)
        to.accounts.onLine(line)
    }
  }

  const joinedRoom = (to: Link, channel: string) => {
    to.joins.joined(channel)
    if (isEar && to.joins.all) markAsBot(to.connection)
    void gate.open(channelOf(channel))
    options.onChange()
  }

  const lostRoom = (to: Link, channel: string) => {
    to.joins.lost(channel)
    outbox.pause(channelOf(channel))
    options.onChange()
  }

  const reopenLater = async (to: Link, target: string) => {
    await pause(1_000)
    if (link !== to || outbox.isOpen(target)) return
    await (isDirectTarget(target) ? direct.reopen(target) : gate.open(target))
  }

  /** A channel as the configuration writes it, which is its name in our own books. */
  const channelOf = (shown: string) => options.channels.find((channel) => fold(channel) === fold(shown)) ?? shown

  const coverageOf = (part: Part) =>
    'nick' in part.entry.line.target ? connections : (options.ear().room(part.entry.target)?.coverage ?? 0)

  const confirmPart = (part: Part, id: string | null) => {
    seen.note(part.entry.target, part.entry.line.id, part.index, id)
    outbox.confirm(part, id)
  }

  const markAsBot = (connection: Connection<Part>) => {
    const mode = connection.supports('BOT')
    if (typeof mode === 'string') connection.queue.control(`MODE ${connection.nick} +${mode}`)
  }

  const sayAway = (connection: Connection<Part>) => connection.queue.control(here ? 'AWAY' : 'AWAY :not here')

  return {
    wantedNick: options.nick,
    get connection() {
      return link?.connection.registered ? link.connection : null
    },
    get settled() {
      return (link?.connection.registered && link.joins.all) ?? false
    },
    get lacks() {
      if (link === null || !link.connection.registered) return `${voiceName} (not connected)`
      return `${voiceName} (not in ${link.joins.missing.join(', ')})`
    },
    get queued() {
      return outbox.size
    },
    start: (firstWaitMs) => supervisor.start(firstWaitMs),
    post(line) {
      if (stopped) return Promise.reject(new BreakroomError('closed', `${network.name} was stopped.`))
      if ('nick' in line.target) {
        const { nick, account } = line.target
        return isNickTarget(nick) ? direct.post(line, nick, account) : refused(line, `"${nick}" cannot be a nick.`)
      }
      const channel = network.rooms.get(line.target.room)
      if (channel === undefined || !options.channels.includes(channel)) {
        return refused(line, `${voiceName} is not in ${line.target.room} on ${network.name}.`)
      }
      return outbox.post(channel, line)
    },
    showPresence(now) {
      if (here === now) return
      here = now
      if (link?.connection.registered) sayAway(link.connection)
    },
    sawText(channel, text, id) {
      link?.deliveries.sawText(channel, text, id)
      outbox.sawText(channel, text.replace(/^\x01ACTION (.*)\x01$/, '$1'), id)
    },
    forgetAccount: (nick) => link?.accounts.forget(nick),
    async stop() {
      stopped = true
      supervisor.stop()
      outbox.end()
      direct.end()
      const connection = link?.connection
      if (connection?.registered) await connection.quit('goodbye', timing.goodbye)
      else connection?.abort('stopped')
    },
  }
}

function refused(line: OutgoingLine, reason: string): Promise<never> {
  const target = 'nick' in line.target ? line.target.nick : line.target.room
  return Promise.reject(new BreakroomError('undeliverable', reason, { detail: { target } }))
}
