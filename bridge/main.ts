import { join } from 'node:path'
import { createDiskMarks } from '../adapters/disk/marks.ts'
import { createDiskSpool } from '../adapters/disk/spool.ts'
import { createIrcNetwork } from '../adapters/irc/network.ts'
import { whenUp } from '../adapters/nats/when-up.ts'
import { connectPart } from '../adapters/process/connect-part.ts'
import type { PartContext } from '../adapters/process/part-context.ts'
import type { SlackNetwork } from '../adapters/slack/network.ts'
import { sentenceOf } from '../core/errors.ts'
import { embeddedNetwork, type Platform } from '../core/fleet.ts'
import { answersQuestions } from '../core/role.ts'
import { orgSubjects, roomFilter } from '../core/subject.ts'
import { canaryRoom } from '../core/sweep/settings.ts'
import { taskWorld } from '../core/task/world.ts'
import type { ChatHandlers, ChatNetwork } from '../ports/chat.ts'
import type { RunningPart } from '../ports/part.ts'
import { createAcceptor } from './accept.ts'
import { createCanaries } from './canaries.ts'
import { keepCards } from './cards.ts'
import { createDownVoices, degradations } from './degraded.ts'
import { createHeardCursors } from './heard-cursors.ts'
import { homeOf } from './home.ts'
import { createIdNotes, type Shown } from './id-notes.ts'
import type { Origin } from './ids.ts'
import { createInward } from './inward.ts'
import { ircOptions } from './irc-options.ts'
import { createLogins } from './logins.ts'
import { deliverPrivately, mirrorRoom } from './outward.ts'
import { sayDegraded } from './say-degraded.ts'
import { watchSeats } from './seats.ts'
import { serveSlack } from './slack-door.ts'
import { slackOptions } from './slack-options.ts'
import { createThreads, type Thread } from './threads.ts'

/** How long networks with threads wait for what is known of those. */
const threadsWithinMs = 2_000

/** The bridge: every connection to every network, both ways onto the bus. */
export async function startBridge(context: PartContext): Promise<RunningPart> {
  const { fleet, roles, clock, log, metrics, random, stampKey } = context
  const subjects = orgSubjects(fleet.org)
  // Whatever is wrong with the configuration is wrong before anything is opened.
  const options = fleet.platforms.map((platform) =>
    platform.kind === 'irc'
      ? { kind: platform.kind, ...ircOptions(platform, context) }
      : { kind: platform.kind, ...slackOptions(platform, context) },
  )
  const ending = new AbortController()
  const { signal } = ending
  let stopping = false
  const ended: string[] = []
  const down = createDownVoices()
  const canaries = createCanaries({
    room: canaryRoom(fleet),
    platforms: fleet.platforms,
    isEarUp: down.isEarUp,
    now: clock.now,
  })

  const spool = await createDiskSpool(context.spoolFolder, log)
  const { bus, keyed } = connectPart(context, 'bridge')
  const acceptor = createAcceptor({ bus, spool, log, metrics, random })
  const marks = createDiskMarks(join(context.spoolFolder, 'marks'))
  const cursors = createHeardCursors({ state: keyed('cursors'), marks, now: clock.now, log, signal })
  const notes = createIdNotes(keyed<Shown>('ids'), log)
  const threads = createThreads({ state: keyed<Thread>('threads'), now: clock.now, log, signal })
  const world = taskWorld(roles, fleet)
  const slacks: SlackNetwork[] = []
  const networks: ChatNetwork[] = []
  for (const its of options) networks.push(await open(its))
  const originOf = (name: string) => {
    const kind = fleet.platforms.find((platform) => platform.name === name)?.kind ?? 'irc'
    return { origin: `${kind}/${name}` as Origin, threads: named(name)?.threads ?? false }
  }
  const named = (name: string) => networks.find((network) => network.name === name)
  const fold = (name: string, word: string) => named(name)?.fold(word) ?? word.toLowerCase()
  const logins = createLogins({ verify: context.verifyLogin, isSeen, fold, clock })
  const visibility = (room: string) => fleet.rooms[room]?.visibility ?? 'private'

  const inward = createInward({
    subjects,
    acceptor,
    cursors,
    threads,
    originOf,
    reactionsCount: (name) =>
      fleet.platforms.some((platform) => platform.name === name && platform.kind === 'slack' && platform.reactions),
    isRole: (word) => roles.some((role) => [role.name, role.nick.toLowerCase()].includes(word)),
    logins,
    log,
    metrics,
    people: fleet.people,
    doorRules: (name, room) => ({ fold: (word) => fold(name, word), unlinkedTier: strangersOf(name, room) }),
    visibility,
    lineChars: fleet.limits.line_chars,
    newId: context.newId,
    now: clock.now,
  })
  const handlers: ChatHandlers = {
    onLine: inward.heard,
    onGap: inward.gap,
    onSign: inward.sign,
    onOwn: canaries.heard,
    homeOf: (speaker, name) => {
      const identity = inward.identityOf({ network: name, room: null, speaker })
      return homeOf({ bus, subjects, world, clock, newId: context.newId }, identity)
    },
    onSessionEnd: logins.end,
    onConnection(state) {
      const { network: name, voice, up, reason } = state
      const who = voice.kind === 'role' ? voice.role : 'ear'
      down.note(state)
      metrics.gauge('breakroom_connected', up ? 1 : 0, { network: name, voice: who })
      if (!up && !stopping) log.warn({ network: name, voice: who, reason }, 'a connection is down')
    },
  }
  for (const network of networks) void begin(network)
  const spoken = { platforms: fleet.platforms, networks, down, bus, acceptor, quiet: canaries.room }
  sayDegraded(degradations(spoken), clock, signal)
  const onChange = ({ role }: { role: string }, here: boolean) => {
    for (const network of networks) network.showPresence(role, here)
  }
  watchSeats({ bus, subjects, clock, signal, onChange })
  const mirrors = fleet.platforms.flatMap(mirror)
  const at = (verb: string, handler: (data: unknown) => Promise<unknown>) => ({
    [verb]: { subject: subjects.service('bridge', verb), handler },
  })
  const services = {
    ...at('status', async () => ({ part: 'bridge', troubles: troubles() })),
    ...at('end-logins', async () => logins.endAll()),
    ...at('canary', async (data) => canaries.answer(data)),
    ...at('slack', serveSlack(slacks)),
  }
  void bus.serve('bridge', services, signal)

  return {
    name: 'bridge',
    async ready(timeoutMs) {
      // Our own network must be there. One that is not ours may be away for days, and nobody else waits for it.
      const own = networks.filter(({ name }) => isEmbedded(name))
      await whenUp(bus, context.natsUrl, timeoutMs)
      await Promise.all(own.map((network) => network.ready(timeoutMs)))
    },
    troubles,
    async stop() {
      stopping = true
      // Intake first: what was heard is accepted before the bus is let go.
      await Promise.allSettled(networks.map((network) => network.stop()))
      await acceptor.close()
      await cursors.flush()
      await threads.flush()
      ending.abort()
      await Promise.allSettled(mirrors)
      await notes.flush()
      await spool.close()
      await bus.close()
    },
  }

  async function open(its: (typeof options)[number]): Promise<ChatNetwork> {
    const heardUpTo = heardUpToOf(its.name)
    if (its.kind === 'irc') return createIrcNetwork({ ...its, heardUpTo, stampKey, clock, random, log, metrics })
    // Its libraries take half as much memory again; a fleet that is on IRC alone does without.
    const { createSlackNetwork } = await import('../adapters/slack/network.ts')
    const liveThreads = async (room: string) => {
      await threads.loaded
      return threads.live(its.name, room)
    }
    const { sleep, newId } = context
    const slack = createSlackNetwork({ ...its, heardUpTo, liveThreads, clock, sleep, random, newId, log, metrics })
    slacks.push(slack)
    return slack
  }

  async function begin(network: ChatNetwork): Promise<void> {
    // Its first lines may be answers in threads; while the bus is away nobody can say what those are about.
    if (network.threads) await Promise.race([threads.loaded, context.sleep(threadsWithinMs, signal)])
    if (!stopping) network.start(handlers)
  }

  function isEmbedded(name: string): boolean {
    return embeddedNetwork(fleet)?.name === name
  }

  function heardUpToOf(name: string) {
    const { quietUntil } = context.embeddedIrc
    return isEmbedded(name) && quietUntil !== undefined ? cursors.upToQuiet(name, quietUntil) : cursors.upTo(name)
  }

  /** Whether we would notice that a nick session ends: only of those who share a room with an ear. */
  function isSeen(name: string, nick: string): boolean {
    const rooms = Object.keys(fleet.platforms.find((platform) => platform.name === name)?.rooms ?? {})
    return rooms.some((room) => named(name)?.isHere(room, nick))
  }

  /** Whoever reaches the embedded network sits at this machine; elsewhere the room says what a stranger is. */
  function strangersOf(name: string, room: string | null): 'guest' | 'member' {
    if (isEmbedded(name)) return 'member'
    return (room === null ? undefined : fleet.rooms[room]?.guests) ?? 'guest'
  }

  function troubles(): string[] {
    const down = networks.flatMap((network) => {
      const { up, expected } = network.status()
      return up < expected ? [`${expected - up} of ${expected} connections to ${network.name} are down`] : []
    })
    const away = bus.connected ? [] : ['the bus is away']
    const kept = acceptor.waiting > 0 ? [`${acceptor.waiting} lines wait on disk`] : []
    return [...away, ...kept, ...down, ...ended]
  }

  /** One reader per network and room: a network that is away holds up nobody else. */
  function mirror(platform: Platform): Promise<void>[] {
    const network = named(platform.name)
    if (network === undefined) return []
    const parts = {
      bus,
      cursors: keyed<number>('cursors'),
      notes,
      threads,
      canaries,
      network,
      origin: originOf(platform.name).origin,
      links: fleet.links,
      answers: new Set(roles.filter(answersQuestions).map(({ name }) => name)),
      isRolesNick: (nick: string) => roles.some((role) => network.fold(role.nick) === network.fold(nick)),
      speaks: (name: string, room: string) => roles.some((role) => role.name === name && role.rooms.includes(room)),
      hasVoice: (name: string) => roles.some((role) => role.name === name),
      log,
      metrics,
      signal,
    }
    const readers = Object.keys(platform.rooms).map((room) =>
      visibility(room) === 'public'
        ? mirrorRoom(parts, room, 'events', roomFilter(room))
        : mirrorRoom(parts, room, 'private', subjects.privateRoom(room)),
    )
    const { showCard } = network
    const rooms = new Set(Object.keys(platform.rooms).filter((room) => visibility(room) === 'public'))
    const ids = keyed<Shown>('ids')
    const cards =
      showCard === undefined
        ? []
        : [keepCards({ ...parts, network: { ...network, showCard }, subjects, ids, rooms, world, clock })]
    return [...readers, ...cards, deliverPrivately(parts, subjects.anyPrivate)].map((reader) =>
      reader.catch(noteEnd(platform.name)),
    )
  }

  /** A reader ends when we stop. One that ends before is a fault of ours, and must be seen. */
  function noteEnd(name: string) {
    return (error: unknown) => {
      if (signal.aborted) return
      log.error({ network: name, cause: sentenceOf(error) }, 'a mirror ended')
      ended.push(`a mirror to ${name} ended: ${sentenceOf(error)}`)
    }
  }
}
