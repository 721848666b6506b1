import { BreakroomError } from '../../core/errors.ts'
import type { ChatHandlers, ChatNetwork, Voice } from '../../ports/chat.ts'
import { createReadiness } from '../readiness.ts'
import { createEar } from './ear/ear.ts'
import { createMembers } from './ear/members.ts'
import { type IrcNetworkOptions, timingFor } from './options.ts'
import { createOwnSessions } from './ours/own-sessions.ts'
import { createSeenPosts } from './ours/seen-posts.ts'
import { carriesStamps, createStamps } from './ours/stamps.ts'
import type { Part } from './voice/part.ts'
import { createSession, type Session } from './voice/session.ts'
import { foldName } from './wire/casemapping.ts'
import type { Connection } from './wire/connection.ts'
import type { IrcLine } from './wire/line.ts'
import { tagOf } from './wire/line.ts'
import { wantedOf } from './wire/nick-ladder.ts'
import { isChannelTarget, isNickTarget } from './wire/write-guard.ts'

/**
 * One IRC network: the ear's connection, which is in every room and hears, and one connection for each role, which speaks and
 * hears what is said to it alone. Nothing connects before `start`. Throws `config_invalid` for a nick or channel that cannot be one.
 */
export function createIrcNetwork(options: IrcNetworkOptions): ChatNetwork {
  checkNames(options)
  const { name, rooms } = options
  let handlers: ChatHandlers | null = null
  let casemapping = 'rfc1459'
  let stopping: Promise<void> | null = null

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
  const members = createMembers(fold)
  const own = createOwnSessions(fold)
  const stamps = createStamps(name, options.stampKey)
  const seen = createSeenPosts(stamps)
  const wasOurs = rememberOwn(options)

  const ear = createEar({
    network: options,
    connection: () => earSession.connection,
    fold,
    handlers: listeners,
    members,
    own,
    seen,
    isOursOfOld: (line) => wasOurs(line, carriesStamps(earSession.connection)),
    onOwnText(nick, channel, text, id) {
      const names = [nick, wantedOf(nick)]
      all.find((session) => names.includes(session.wantedNick))?.sawText(channel, text, id)
    },
  })
  const shared = {
    network: options,
    timing: timingFor(options),
    handlers: listeners,
    ear: () => ear,
    earConnection: () => earSession.connection,
    fold,
    own,
    seen,
    stamps,
    members,
    onWelcome(connection: Connection<Part>) {
      const known = connection.supports('CASEMAPPING')
      if (typeof known === 'string') casemapping = known
    },
    onChange: () => readiness.changed(),
  }
  const session = (voice: Voice, { nick, account }: IrcNetworkOptions['ear'], fleetRooms: Iterable<string>) =>
    createSession({
      ...shared,
      voice,
      nick,
      account,
      channels: [...fleetRooms].flatMap((room) => rooms.get(room) ?? []),
    })
  const earSession: Session = session({ kind: 'ear' }, options.ear, rooms.keys())
  const roles = new Map(
    options.voices.map((voice) => [voice.role, session({ kind: 'role', role: voice.role }, voice, voice.rooms)]),
  )
  const all = [earSession, ...roles.values()]

  // The ear's rooms become live a little after it joined them, which is no change of a connection.
  const readiness = createReadiness(
    () => all.every((one) => one.settled) && ear.live,
    () => notReady(name, all),
  )

  return {
    name,
    threads: false,
    threadUnder: () => null,
    fold,
    start(given) {
      handlers = given
      for (const [index, one] of all.entries()) one.start(index * shared.timing.stagger)
    },
    post(line) {
      const voice = line.as.kind === 'ear' ? earSession : roles.get(line.as.role)
      if (voice !== undefined) return voice.post(line)
      const role = line.as.kind === 'role' ? line.as.role : 'ear'
      return Promise.reject(new BreakroomError('undeliverable', `${role} has no voice on ${name}.`))
    },
    showPresence: (role, here) => roles.get(role)?.showPresence(here),
    isHere(room, nick) {
      const channel = rooms.get(room)
      return channel !== undefined && members.has(channel, nick)
    },
    // The ear sees what others say, and what it says itself where the server echoes.
    hearsItself: (as) => as.kind === 'role' || (earSession.connection?.has('echo-message') ?? true),
    ready: readiness.wait,
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

function checkNames({ name, ear, voices, rooms }: IrcNetworkOptions): void {
  const wrong =
    [ear, ...voices].map(({ nick }) => nick).find((nick) => !isNickTarget(nick)) ??
    [...rooms.values()].find((channel) => !isChannelTarget(channel))
  if (wrong !== undefined) {
    throw new BreakroomError('config_invalid', `"${wrong}" can be no name on ${name}.`, { detail: { network: name } })
  }
}

/** Tells our own lines of the past: by their account, or by their nick where the network carries no stamps. */
function rememberOwn({ ear, voices }: IrcNetworkOptions): (line: IrcLine, stampsAreCarried: boolean) => boolean {
  const nicks = new Set([ear, ...voices].map(({ nick }) => nick))
  const accounts = new Set([ear, ...voices].flatMap(({ account }) => (account ? [account.name] : [])))
  return (line, stampsAreCarried) => {
    const account = tagOf(line, 'account')
    if (account !== null && accounts.has(account)) return true
    return !stampsAreCarried && (nicks.has(line.nick) || nicks.has(wantedOf(line.nick)))
  }
}

function notReady(network: string, all: Session[]): BreakroomError {
  const lacking = all.filter((one) => !one.settled).map((one) => one.lacks)
  const who = lacking.length > 0 ? lacking.join(', ') : 'the ear (the past of its rooms is not read)'
  return new BreakroomError('unavailable', `Not everybody is on ${network}: ${who}.`, { detail: { lacking } })
}
