import { BreakroomError } from '../../../core/errors.ts'
import type { ChatHandlers, OutgoingLine, Posted, Voice } from '../../../ports/chat.ts'
import type { Ear } from '../ear/ear.ts'
import type { Members } from '../ear/members.ts'
import type { Account, IrcNetworkOptions, Timing } from '../options.ts'
import type { OwnSessions } from '../ours/own-sessions.ts'
import type { SeenPosts } from '../ours/seen-posts.ts'
import type { Stamps } from '../ours/stamps.ts'
import { earCapabilities, voiceCapabilities } from '../wire/capabilities.ts'
import type { Connection } from '../wire/connection.ts'
import { createDirectHearing } from './direct-hearing.ts'
import { createLineReader } from './line-reader.ts'
import { closeLink, type Link, openLink } from './link.ts'
import type { Part } from './part.ts'
import { createSpeech } from './speech.ts'
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

/** Makes a voice's session. Nothing connects before `start`, nothing is sent twice for one line, and `stop` says goodbye. */
export function createSession(options: SessionOptions): Session {
  const { network, timing, voice, fold, own, members } = options
  const { clock, log } = network
  const isEar = voice.kind === 'ear'
  const voiceName = isEar ? 'ear' : voice.role
  const labels = { network: network.name, voice: voiceName }

  let link: Link | null = null
  let connections = 0
  let registeredAt: number | null = null
  let reported: string | null = null
  let lastNick: string | null = null
  let here = true
  let stopped = false

  const speech = createSpeech({
    ...options,
    name: voiceName,
    isEar,
    wantedNick: options.nick,
    link: () => link,
    connections: () => connections,
    lastNick: () => lastNick,
    roomOf: (channel) => options.ear().room(channel),
  })
  const readLine = createLineReader({
    fold,
    listen: (line, batch) => isEar && options.ear().onLine(line, batch),
    hearDirect: createDirectHearing(options),
    onJoined(to, channel) {
      to.joins.joined(channel)
      if (isEar && to.joins.all) markAsBot(to.connection)
      speech.joined(channel)
      options.onChange()
    },
    onLeft(to, channel) {
      to.joins.lost(channel)
      speech.left(channel)
      options.onChange()
    },
  })
  const supervisor = createSupervisor({ timing, random: network.random, connect })

  function connect() {
    link = openLink({
      ...options,
      wantedNick: options.nick,
      capabilities: isEar ? earCapabilities : voiceCapabilities,
      listens: isEar,
      outbox: speech.outbox,
      confirm: speech.confirm,
      coverage: speech.coverageOf,
      onPostponed: (to, target) => void speech.reopenLater(to, target),
      onRegistered: welcome,
      onLine: readLine,
      onIdentity: (to) => to.connection.registered && identify(to),
      onClosed: closed,
    })
  }

  const welcome = (to: Link) => {
    const { connection } = to
    connections++
    if (connections > 1) network.metrics.count('breakroom_reconnects_total', labels)
    options.onWelcome(connection)
    registeredAt = clock.monotonic()
    reported = null
    if (!isEar) markAsBot(connection)
    if (!here) sayAway(connection, here)
    to.joins.joinAll()
    identify(to)
    speech.resume()
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
    own.claim(to.connection)
    to.regain.check(to.connection.supports('MONITOR') !== undefined)
  }

  const closed = (from: Link, reason: string, banned: boolean) => {
    if (link !== from) return
    const wasUp = registeredAt !== null
    const livedMs = registeredAt === null ? 0 : clock.monotonic() - registeredAt
    registeredAt = null
    link = null
    if (wasUp) lastNick = from.connection.nick
    closeLink(from)
    speech.outbox.closeAll()
    if (isEar) options.ear().onClosed(from.connection.lastHeard)
    if (!members.anywhere(from.connection.nick)) own.prune()
    if (!stopped) log.warn({ ...labels, reason, banned }, 'a connection ended')
    if (wasUp || reason !== reported) tell(false, reason)
    reported = reason
    options.onChange()
    if (!stopped) supervisor.ended({ reason, banned, livedMs })
  }

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
      return speech.outbox.size
    },
    start: (firstWaitMs) => supervisor.start(firstWaitMs),
    post(line) {
      if (stopped) return Promise.reject(new BreakroomError('closed', `${network.name} was stopped.`))
      return speech.post(line)
    },
    showPresence(now) {
      if (here === now) return
      here = now
      if (link?.connection.registered) sayAway(link.connection, here)
    },
    sawText(channel, text, id) {
      link?.deliveries.sawText(channel, text, id)
      speech.sawText(channel, text, id)
    },
    forgetAccount: (nick) => link?.accounts.forget(nick),
    async stop() {
      stopped = true
      supervisor.stop()
      speech.end()
      const connection = link?.connection
      if (connection?.registered) await connection.quit('goodbye', timing.goodbye)
      else connection?.abort('stopped')
    },
  }
}

function markAsBot(connection: Connection<Part>): void {
  const mode = connection.supports('BOT')
  if (typeof mode === 'string') connection.queue.control(`MODE ${connection.nick} +${mode}`)
}

function sayAway(connection: Connection<Part>, here: boolean): void {
  connection.queue.control(here ? 'AWAY' : 'AWAY :not here')
}
