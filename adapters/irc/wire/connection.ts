import framework from 'irc-framework'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Account, Timing } from '../options.ts'
import { type Batches, createBatches, type OpenBatch } from './batches.ts'
import { narrowOffer } from './capabilities.ts'
import { createIdentity } from './identity.ts'
import { type IrcLine, parseLine } from './line.ts'
import { nickLadder } from './nick-ladder.ts'
import type { Pace } from './pace.ts'
import { concernsVoice } from './relevance.ts'
import { createSendQueue, type Sayable, type SendQueue } from './send-queue.ts'
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

const libraryCommands = new Set(['CAP', 'AUTHENTICATE', '001', '002', '005'])
const loginNumeric = /^90\d$/
const nickRefused = new Set(['432', '433', '436', '437'])
const banWords = /\b([kgzd]|ak)[- ]?lined?\b|\bbanned\b|\bautokill|not welcome/i

/** Opens a connection. irc-framework does the handshake (CAP, SASL, ISUPPORT); every other line is ours. */
export function openConnection<Item extends Sayable>(options: ConnectionOptions<Item>): Connection<Item> {
  const { account, clock, timing, log } = options
  const client = new framework.Client()
  const wanted = new Set([...options.capabilities, ...(account ? ['sasl'] : [])])
  const ladder = nickLadder(options.wantedNick)
  const batches: Batches = createBatches()
  const waiting = new Map<string, (answered: boolean) => void>()

  const identity = createIdentity(ladder.next().value)
  let welcomed = false
  let registered = false
  let loggedIn = false
  let closed = false
  let reason: string | null = null
  let banned = false
  let heardAt = clock.monotonic()
  let heardWall = clock.now()
  let tokens = 0
  let labels = 0
  /** What comes between the welcome and the end of what the server tells of itself: a private line, perhaps. */
  const early: IrcLine[] = []

  const complain = (error: unknown) =>
    log.error({ error: String(error) }, 'a line from the server could not be handled')

  const transport = createTransport({
    host: options.host,
    port: options.port,
    tls: options.tls,
    connectTimeoutMs: timing.connect,
    concerns: options.listens ? () => true : (bytes, start, end) => concernsVoice(bytes, start, end, identity.bytes),
    onData: () => {
      heardAt = clock.monotonic()
      heardWall = clock.now()
    },
    onLine: (raw) => {
      try {
        takeLine(raw)
      } catch (error) {
        // A line that the server malformed, or a handler's fault: neither may end the process.
        complain(error)
      }
    },
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

  const takeLine = (raw: string) => {
    const line = parseLine(raw)
    if (line === null) return
    const { command } = line
    if (command === 'PING') return queue.control(`PONG :${line.params.at(-1) ?? ''}`)
    if (command === 'PONG') return answerBarrier(line.params.at(-1) ?? '')
    if (command === 'ERROR') return refuse(line.params.at(-1) ?? 'ERROR')
    if (command === '465') banned = true
    if (command === '900') loggedIn = true
    if (command === '901') return loggedOut()
    if (command === '001') return welcome(raw, line)
    if (libraryCommands.has(command) || loginNumeric.test(command)) {
      const offer = command === 'CAP' ? narrowOffer(raw, wanted) : raw
      if (offer !== null) client.connection.addReadBuffer(offer)
      return
    }
    if (!welcomed) {
      if (nickRefused.has(command)) tryNextNick()
      return
    }
    if (identity.learn(line)) options.onIdentity()
    if (!registered) return void early.push(line)
    if (command === 'BATCH') {
      const change = batches.follow(line)
      if (change !== null) options.onLine(line, change.batch)
      return
    }
    options.onLine(line, batches.of(line))
  }

  const tryNextNick = () => {
    identity.setNick(ladder.next().value)
    queue.control(`NICK ${identity.nick}`)
  }

  const welcome = (raw: string, line: IrcLine) => {
    client.connection.addReadBuffer(raw)
    if (welcomed) return
    welcomed = true
    identity.setNick(line.params[0] ?? identity.nick)
    if (account && !loggedIn) {
      // The library goes on without SASL when the server refuses it; without our account anybody could be us.
      connection.abort('the server let us in without our account')
      return
    }
    const begin = (answered: boolean) => {
      if (!answered || closed) return
      clearTimeout(registration)
      registered = true
      options.onRegistered()
      for (const said of early.splice(0)) options.onLine(said, null)
    }
    connection.barrier().then(begin).catch(complain)
  }

  const loggedOut = () => {
    loggedIn = false
    if (account && welcomed) connection.abort('the server has logged us out')
  }

  const answerBarrier = (token: string) => {
    waiting.get(token)?.(true)
    waiting.delete(token)
  }

  const refuse = (why: string) => {
    reason ??= why
    banned ||= banWords.test(why)
  }

  const end = () => {
    if (closed) return
    closed = true
    clearTimeout(registration)
    clearInterval(watch)
    queue.close()
    client.removeAllListeners()
    client.connection.removeAllListeners()
    for (const answer of waiting.values()) answer(false)
    waiting.clear()
    options.onClosed(reason ?? transport.problem ?? 'the server closed the connection', banned)
  }

  const watch = setInterval(
    () => {
      const silence = clock.monotonic() - heardAt
      if (silence >= timing.pingAfter + timing.pingTimeout) connection.abort('the server does not answer')
      else if (registered && silence >= timing.pingAfter) queue.control(`PING :silence-${++tokens}`)
    },
    Math.max(20, Math.min(timing.pingAfter, timing.pingTimeout) / 2),
  )
  const registration = setTimeout(() => connection.abort('the server did not let us in in time'), timing.register)

  const connection: Connection<Item> = {
    get nick() {
      return identity.nick
    },
    get host() {
      return identity.host
    },
    get registered() {
      return registered && !closed
    },
    get open() {
      return !closed
    },
    get lastHeard() {
      return heardWall
    },
    queue,
    has: (capability) => client.network.cap.isEnabled(capability),
    supports: (token) => {
      const value = client.network.options[token]
      if (value === undefined || value === true) return value
      return Array.isArray(value) ? value.join(',') : String(value)
    },
    barrier() {
      if (closed) return Promise.resolve(false)
      const token = `barrier-${++tokens}`
      queue.control(`PING :${token}`)
      return new Promise((answered) => waiting.set(token, answered))
    },
    nextLabel: () => (++labels).toString(36),
    async quit(why, withinMs) {
      if (closed) return
      reason ??= why
      queue.control(`QUIT :${why}`)
      const late = setTimeout(() => connection.abort(why), withinMs)
      await new Promise<void>((done) => transport.once('close', () => done()))
      clearTimeout(late)
    },
    abort(why) {
      if (closed) return
      reason ??= why
      transport.close(true)
      end()
    },
  }

  transport.once('close', end)
  client.connection.write = (line, done) => {
    queue.control(line)
    if (done) setImmediate(done)
    return true
  }
  client.requestCap(options.capabilities)
  client.connect({
    nick: identity.nick,
    username: options.wantedNick.replace(/[^A-Za-z0-9]/g, '').slice(0, 10) || 'bot',
    gecos: options.wantedNick,
    account: account ? { account: account.name, password: account.password } : {},
    ...(options.serverPassword === undefined ? {} : { password: options.serverPassword }),
    auto_reconnect: false,
    ping_interval: 0,
    ping_timeout: 0,
    version: null,
    enable_chghost: wanted.has('chghost'),
    enable_setname: wanted.has('setname'),
    enable_echomessage: wanted.has('echo-message'),
    transport: function existing() {
      return transport
    } as unknown as new () => object,
  })
  return connection
}
