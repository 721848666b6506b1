import { createDiskSpool } from '../adapters/disk/spool.ts'
import { createIrcNetwork } from '../adapters/irc/network.ts'
import { createNats } from '../adapters/nats/nats.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import { BreakroomError } from '../core/errors.ts'
import type { Platform } from '../core/fleet.ts'
import { desk } from '../core/route.ts'
import { orgSubjects, roomFilter } from '../core/subject.ts'
import type { ChatNetwork } from '../ports/chat.ts'
import type { RunningPart } from '../ports/part.ts'
import { createAcceptor } from './accept.ts'
import { createHeardCursors } from './heard-cursors.ts'
import { createInward } from './inward.ts'
import { createLogins } from './logins.ts'
import { deliverPrivately, mirrorRoom } from './outward.ts'
import { sayWhenBusIsAway } from './said-aloud.ts'
import { watchSeats } from './seats.ts'

/** The bridge: every connection to every network, both ways onto the bus. */
export async function startBridge(context: PartContext): Promise<RunningPart> {
  const { fleet, clock, log, metrics, random } = context
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  let stopping = false
  const { signal } = ending
  const { bus, keyed } = createNats({
    servers: [context.natsUrl],
    seed: context.seed('bridge'),
    user: 'bridge',
    log,
    metrics,
  })
  const spool = await createDiskSpool(context.spoolFolder, log)
  const acceptor = createAcceptor({ bus, spool, log, metrics, random })
  const cursors = createHeardCursors({ state: keyed('cursors'), spool, now: clock.now, log, signal })
  const networks = new Map(fleet.platforms.map((platform) => [platform.name, network(platform)]))
  const fold = (name: string, word: string) => networks.get(name)?.fold(word) ?? word.toLowerCase()
  const logins = createLogins({ verify: context.verifyLogin, fold, clock })
  const visibility = (room: string) => fleet.rooms[room]?.visibility ?? 'private'

  const inward = createInward({
    subjects,
    acceptor,
    cursors,
    logins,
    metrics,
    people: fleet.people,
    doorRules: (name, room) => ({ fold: (word) => fold(name, word), unlinkedTier: strangersOf(name, room) }),
    visibility,
    lineChars: fleet.limits.line_chars,
    newId: context.newId,
    now: clock.now,
  })
  for (const chat of networks.values()) {
    chat.start({
      onLine: inward.heard,
      onGap: inward.gap,
      onSessionEnd: logins.end,
      onConnection: ({ network, voice, up, reason }) => {
        const who = voice.kind === 'role' ? voice.role : 'ear'
        metrics.gauge('breakroom_connected', up ? 1 : 0, { network, voice: who })
        if (!up && !stopping) log.warn({ network, voice: who, reason }, 'a connection is down')
      },
    })
  }
  sayWhenBusIsAway({ bus, networks: shownRooms(), waiting: () => acceptor.waiting, clock, signal })
  watchSeats({
    bus,
    subjects,
    clock,
    signal,
    onChange: ({ role }, here) => {
      for (const chat of networks.values()) chat.showPresence(role, here)
    },
  })
  const mirrors = fleet.platforms.flatMap(mirror)
  const status = {
    subject: subjects.service('bridge', 'status'),
    handler: async () => ({ part: 'bridge', troubles: troubles() }),
  }
  void bus.serve('bridge', { status }, signal)

  return {
    name: 'bridge',
    async ready(timeoutMs) {
      await Promise.all([...networks.values()].map((chat) => chat.ready(timeoutMs)))
    },
    troubles,
    async stop() {
      stopping = true
      // Intake first: what was heard is accepted before the bus is let go.
      await Promise.all([...networks.values()].map((chat) => chat.stop()))
      await acceptor.close()
      if (bus.connected) await cursors.flush()
      ending.abort()
      await Promise.allSettled(mirrors)
      await spool.close()
      await bus.close()
    },
  }

  /** Whoever reaches the embedded network sits at this machine; elsewhere the room says what a stranger is. */
  function strangersOf(name: string, room: string | null): 'guest' | 'member' {
    if (fleet.platforms.some((platform) => platform.name === name && platform.embedded)) return 'member'
    return (room === null ? undefined : fleet.rooms[room]?.guests) ?? 'guest'
  }

  function troubles(): string[] {
    const down = [...networks.values()].flatMap((chat) => {
      const { up, expected } = chat.status()
      return up < expected ? [`${expected - up} of ${expected} connections to ${chat.name} are down`] : []
    })
    const away = bus.connected ? [] : ['the bus is away']
    const kept = acceptor.waiting > 0 ? [`${acceptor.waiting} lines wait on disk`] : []
    return [...away, ...kept, ...down]
  }

  function network(platform: Platform): ChatNetwork {
    const rooms = new Map(Object.entries(platform.rooms))
    const account = (name: string) => accountOn(platform, name)
    return createIrcNetwork({
      name: platform.name,
      ...(platform.embedded
        ? { host: context.embeddedIrc.host, port: context.embeddedIrc.port, tls: false, pace: null }
        : {
            host: platform.host,
            port: platform.port,
            tls: platform.tls,
            pace: { burst: platform.pace.burst, perSecond: platform.pace.per_second },
            ...secretOf(platform.server_password_env),
          }),
      ear: { nick: platform.embedded ? desk : platform.nick, ...account(desk) },
      voices: context.roles.map((role) => ({
        role: role.name,
        nick: role.nick,
        rooms: role.rooms.filter((room) => rooms.has(room)),
        ...account(role.name),
      })),
      rooms,
      heardUpTo:
        platform.embedded && context.embeddedIrc.nothingMissed
          ? cursors.sinceNow(platform.name)
          : cursors.upTo(platform.name),
      stampKey: context.stampKey,
      clock,
      random,
      log,
      metrics,
    })
  }

  function accountOn(platform: Platform, name: string) {
    if (platform.embedded) {
      const account = context.ircAccount(name)
      return account === null ? {} : { account }
    }
    const entry = platform.accounts[name]
    if (entry === undefined) return {}
    const password = context.secret(entry.password_env)
    if (password === undefined) throw missingSecret(entry.password_env, `the account of ${name} on ${platform.name}`)
    return { account: { name: entry.account, password } }
  }

  function secretOf(variable: string | undefined) {
    if (variable === undefined) return {}
    const serverPassword = context.secret(variable)
    if (serverPassword === undefined) throw missingSecret(variable, 'the password of a server')
    return { serverPassword }
  }

  /** One reader per network and room: a network that is away holds up nobody else. */
  function mirror(platform: Platform): Promise<void>[] {
    const chat = networks.get(platform.name)
    if (chat === undefined) return []
    const parts = {
      bus,
      cursors: keyed<number>('cursors'),
      ids: keyed<{ ids: string[] }>('ids'),
      network: chat,
      speaks: (name: string, room: string) =>
        context.roles.some((role) => role.name === name && role.rooms.includes(room)),
      hasVoice: (name: string) => context.roles.some((role) => role.name === name),
      log,
      metrics,
      signal,
    }
    const publicRooms = Object.keys(platform.rooms).filter((room) => visibility(room) === 'public')
    return [
      ...publicRooms.map((room) => mirrorRoom(parts, room, roomFilter(room))),
      deliverPrivately(parts, subjects.anyPrivate),
    ]
  }

  function shownRooms() {
    return fleet.platforms.flatMap(({ name, rooms }) => {
      const chat = networks.get(name)
      return chat === undefined ? [] : [{ network: chat, rooms: Object.keys(rooms) }]
    })
  }
}

function missingSecret(variable: string, what: string): BreakroomError {
  return new BreakroomError('config_invalid', `${variable} is not set; breakroom.yaml names it as ${what}.`, {
    detail: { variable },
  })
}
