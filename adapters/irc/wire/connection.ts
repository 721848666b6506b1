import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Account, Timing } from '../options.ts'
import { createBarriers } from './barriers.ts'
import { createBatches, type OpenBatch } from './batches.ts'
import { createIdentity } from './identity.ts'
import { type IrcLine, parseLine } from './line.ts'
import { nickLadder } from './nick-ladder.ts'
import type { Pace } from './pace.ts'
import { createRegistration } from './registration.ts'
import { concernsVoice } from './relevance.ts'
import { createSendQueue, type Sayable, type SendQueue } from './send-queue.ts'
import { watchSilence } from './silence.ts'
import { createTransport } from './transport.ts'

/** One connection's life, from the first attempt to its close. A new attempt is a new connection: nothing of a server's ways carries over. */
export interface Connection<Item extends Sayable> {
  /** As the server knows us now. */
  readonly nick: string
  /** Our `user@host` as others see it, null until the server has shown it. */
  readonly host: string | null
  readonly registered: boolean
  readonly open: boolean
  /** When anything last came from the server, by the wall clock. */
  readonly lastHeard: Date
  readonly queue: SendQueue<Item>
  has(capability: string): boolean
  /** What the server said of itself in ISUPPORT; `true` for a token without value. */
  supports(token: string): string | true | undefined
  /** Resolves true when the server has answered everything sent before; false when the connection ended first. */
  barrier(): Promise<boolean>
  /** A label that no other request on this connection has. */
  nextLabel(): string
  /** Says goodbye and resolves when closed, at the latest after `withinMs`. */
  quit(reason: string, withinMs: number): Promise<void>
  /** Ends it at once; nothing that is still under way arrives later. */
  abort(reason: string): void
}

export interface ConnectionOptions<Item extends Sayable> {
  host: string
  port: number
  tls: boolean
  serverPassword?: string | undefined
  wantedNick: string
  account?: Account | undefined
  capabilities: string[]
  /** True for one that wants every line of its rooms. */
  listens: boolean
  pace: Pace | null
  timing: Timing
  clock: Clock
  log: Log
  say(items: Item[]): string | null
  /** The server has let us in, with our account when we have one. */
  onRegistered(): void
  /** Every line after that which is not the connection's own business. May throw; it is logged. */
  onLine(line: IrcLine, batch: OpenBatch | null): void
  /** Our nick or host has changed. */
  onIdentity(): void
  /** Called once. `banned` when the server said that we are not to come back soon. */
  onClosed(reason: string, banned: boolean): void
}

const banWords = /\b([kgzd]|ak)[- ]?lined?\b|\bbanned\b|\bautokill|not welcome/i

/** Opens a connection: dials at once and reports through the callbacks, never from within this call. */
export function openConnection<Item extends Sayable>(options: ConnectionOptions<Item>): Connection<Item> {
  const { clock, timing } = options
  const batches = createBatches()
  const nicks = nickLadder(options.wantedNick)
  const identity = createIdentity(nicks.next().value)
  const ending = { closed: false, banned: false, reason: null as string | null }
  let labels = 0
  /** What comes between the welcome and the end of what the server tells of itself: a private line, perhaps. */
  const early: IrcLine[] = []

  /** A line that the server malformed, or a handler's fault: neither may end the process. */
  const guarded = (handle: () => void) => {
    try {
      handle()
    } catch (error) {
      options.log.error({ error: String(error) }, 'a line from the server could not be handled')
    }
  }

  const transport = createTransport({
    host: options.host,
    port: options.port,
    tls: options.tls,
    connectTimeoutMs: timing.connect,
    concerns: options.listens ? () => true : (bytes, start, end) => concernsVoice(bytes, start, end, identity.bytes),
    onData: () => silence.heard(),
    onLine: (raw) => guarded(() => takeLine(raw)),
  })
  const queue = createSendQueue<Item>({
    pace: options.pace,
    clock,
    write: (line) => transport.writeLine(line),
    say: (items) => {
      const line = options.say(items)
      if (line !== null) transport.writeLine(line)
    },
  })
  const send = (line: string) => queue.control(line)
  const barriers = createBarriers(send)
  const silence = watchSilence({
    clock,
    pingAfter: timing.pingAfter,
    pingTimeout: timing.pingTimeout,
    ask: () => registration.done && send('PING :silence'),
    giveUp: () => connection.abort('the server does not answer'),
  })
  const registration = createRegistration({
    wantedNick: options.wantedNick,
    nicks,
    identity,
    account: options.account,
    serverPassword: options.serverPassword,
    capabilities: options.capabilities,
    transport,
    withinMs: timing.register,
    send,
    barrier: barriers.ask,
    abort: (why) => connection.abort(why),
    onDone: () =>
      guarded(() => {
        options.onRegistered()
        for (const said of early.splice(0)) options.onLine(said, null)
      }),
  })

  const takeLine = (raw: string) => {
    const line = parseLine(raw)
    if (line === null) return
    const last = line.params.at(-1) ?? ''
    if (line.command === 'PING') return send(`PONG :${last}`)
    if (line.command === 'PONG') return barriers.answered(last)
    if (line.command === 'ERROR') return refuse(last || 'ERROR')
    if (line.command === '465') ending.banned = true
    if (registration.takes(raw, line)) return
    if (identity.learn(line)) options.onIdentity()
    if (!registration.done) return void early.push(line)
    if (line.command !== 'BATCH') return options.onLine(line, batches.of(line))
    const change = batches.follow(line)
    if (change !== null) options.onLine(line, change.batch)
  }

  const refuse = (why: string) => {
    ending.reason ??= why
    ending.banned ||= banWords.test(why)
  }

  const end = () => {
    if (ending.closed) return
    ending.closed = true
    silence.stop()
    queue.close()
    registration.stop()
    barriers.end()
    options.onClosed(ending.reason ?? transport.problem ?? 'the server closed the connection', ending.banned)
  }

  const connection: Connection<Item> = {
    get nick() {
      return identity.nick
    },
    get host() {
      return identity.host
    },
    get registered() {
      return registration.done
    },
    get open() {
      return !ending.closed
    },
    get lastHeard() {
      return silence.lastHeard
    },
    queue,
    has: registration.has,
    supports: registration.supports,
    barrier: () => (ending.closed ? Promise.resolve(false) : barriers.ask()),
    nextLabel: () => (++labels).toString(36),
    async quit(why, withinMs) {
      if (ending.closed) return
      ending.reason ??= why
      send(`QUIT :${why}`)
      const late = setTimeout(() => connection.abort(why), withinMs)
      await new Promise<void>((done) => transport.once('close', () => done()))
      clearTimeout(late)
    },
    abort(why) {
      if (ending.closed) return
      ending.reason ??= why
      transport.close(true)
      end()
    },
  }

  transport.once('close', end)
  registration.start()
  return connection
}
