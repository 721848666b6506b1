import { BreakroomError } from '../../core/errors.ts'
import type { ChatHandlers, ChatNetwork, Voice } from '../../ports/chat.ts'
import { createEar } from './ear/ear.ts'
import { createMembers } from './ear/members.ts'
import { type IrcNetworkOptions, timingFor } from './options.ts'
import { createOwnSessions } from './ours/own-sessions.ts'
import { createSeenPosts } from './ours/seen-posts.ts'
import { createStamps } from './ours/stamps.ts'
import { createSession, type Session } from './voice/session.ts'
import { foldName } from './wire/casemapping.ts'
import type { IrcLine } from './wire/line.ts'
import { tagOf } from './wire/line.ts'
import { ladderSuffix } from './wire/nick-ladder.ts'
import { isChannelTarget, isNickTarget } from './wire/write-guard.ts'

/**
 * One IRC network: the ear's connection, which is in every room and hears, and one connection for each role, which speaks and
 * hears what is said to it alone. Nothing connects before `start`. Throws `config_invalid` for a nick or channel that cannot be one.
 */
export function createIrcNetwork(options: IrcNetworkOptions): ChatNetwork {
  const { name, rooms } = options
  const nicks = [options.ear.nick, ...options.voices.map((voice) => voice.nick)]
  const wrong =
    nicks.find((nick) => !isNickTarget(nick)) ?? [...rooms.values()].find((channel) => !isChannelTarget(channel))
  if (wrong !== undefined) {
    throw new BreakroomError('config_invalid', `"${wrong}" can be no name on ${name}.`, { detail: { network: name } })
  }
  const timing = timingFor(options)
  let handlers: ChatHandlers | null = null
  let casemapping = 'rfc1459'
  let stopping: Promise<void> | null = null
  const watchers = new Set<() => void>()

  const fold = (text: string) => foldName(text, casemapping)
  const listeners = (): ChatHandlers => {
    if (handlers === null) throw new BreakroomError('usage', `${name} was not started.`)
    return {
      ...handlers,
      onSessionEnd(session) {
        for (const voice of all) voice.forgetAccount(session.nick)
        handlers?.onSessionEnd(session)
      },
    }
  }
  const stamps = createStamps(name, options.stampKey)
  const members = createMembers(fold)
  const own = createOwnSessions(fold)
  const wantedNicks = new Set(nicks)
  const accounts = new Set([options.ear, ...options.voices].flatMap(({ account }) => (account ? [account.name] : [])))
  const isPossible = (nick: string) => wantedNicks.has(nick) || wantedNicks.has(nick.replace(ladderSuffix, ''))
  const seen = createSeenPosts(stamps)

  const ear = createEar({
    network: options,
    connection: () => earSession.connection,
    fold,
    handlers: listeners,
    members,
    own,
    seen,
    isOursOfOld(line: IrcLine) {
      const account = tagOf(line, 'account')
      if (account !== null && accounts.has(account)) return true
      return !carriesStamps() && isPossible(line.nick)
    },
    onOwnText(nick, channel, text, id) {
      const names = [nick, nick.replace(ladderSuffix, '')]
      all.find((session) => names.includes(session.wantedNick))?.sawText(channel, text, id)
    },
  })

  const carriesStamps = () => {
    const connection = earSession.connection
    if (!connection?.has('message-tags')) return false
    const denied = String(connection.supports('CLIENTTAGDENY') ?? '').split(',')
    return !denied.includes('breakroom.dev/id') && (!denied.includes('*') || denied.includes('-breakroom.dev/id'))
  }

  const onChange = () => {
    for (const watcher of watchers) watcher()
  }

  const session = (
    voice: Voice,
    who: { nick: string; account?: IrcNetworkOptions['ear']['account'] },
    fleetRooms: string[],
  ) =>
    createSession({
      network: options,
      timing,
      voice,
      nick: who.nick,
      account: who.account,
      channels: fleetRooms.flatMap((room) => rooms.get(room) ?? []),
      handlers: listeners,
      ear: () => ear,
      earConnection: () => earSession.connection,
      fold,
      own,
      seen,
      stamps,
      members,
      onWelcome(connection) {
        const known = connection.supports('CASEMAPPING')
        if (typeof known === 'string') casemapping = known
      },
      onChange,
    })
  const earSession: Session = session({ kind: 'ear' }, options.ear, [...rooms.keys()])
  const roles = new Map(
    options.voices.map((voice) => [voice.role, session({ kind: 'role', role: voice.role }, voice, voice.rooms)]),
  )
  const all = [earSession, ...roles.values()]

  const isReady = () => all.every((one) => one.settled) && ear.live
  const sessionOf = (voice: Voice) => (voice.kind === 'ear' ? earSession : roles.get(voice.role))

  return {
    name,
    fold,
    start(given) {
      handlers = given
      for (const [index, one] of all.entries()) one.start(index * timing.stagger)
    },
    post(line) {
      const voice = sessionOf(line.as)
      if (voice === undefined) {
        const role = line.as.kind === 'role' ? line.as.role : 'ear'
        return Promise.reject(new BreakroomError('undeliverable', `${role} has no voice on ${name}.`))
      }
      return voice.post(line)
    },
    showPresence: (role, here) => roles.get(role)?.showPresence(here),
    isHere(room, nick) {
      const channel = rooms.get(room)
      return channel !== undefined && members.has(channel, nick)
    },
    async ready(timeoutMs) {
      if (isReady()) return
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const watcher = () => isReady() && resolve()
      // The ear's rooms become live a little after it joined them, which is no change of a connection.
      const look = setInterval(watcher, 10)
      const late = setTimeout(() => {
        const lacking = all.filter((one) => !one.settled).map((one) => one.lacks)
        const who = lacking.length > 0 ? lacking.join(', ') : 'the ear (the past of its rooms is not read)'
        reject(new BreakroomError('unavailable', `Not everybody is on ${name}: ${who}.`, { detail: { lacking } }))
      }, timeoutMs)
      watchers.add(watcher)
      try {
        await promise
      } finally {
        clearInterval(look)
        clearTimeout(late)
        watchers.delete(watcher)
      }
    },
    status: () => ({
      up: all.filter((one) => one.connection !== null).length,
      expected: all.length,
      queued: all.reduce((sum, one) => sum + one.queued, 0),
    }),
    stop() {
      stopping ??= Promise.all(all.map((one) => one.stop())).then(() => undefined)
      return stopping
    },
  }
}
