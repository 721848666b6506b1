import framework from 'irc-framework'
import type { Account } from '../options.ts'
import { narrowOffer } from './capabilities.ts'
import type { Identity } from './identity.ts'
import type { IrcLine } from './line.ts'
import type { Transport } from './transport.ts'

/** How a server lets us in: capabilities, login, nick. irc-framework's client speaks this part of the protocol. */
export interface Registration {
  /** The server has let us in, with our account when we have one, and has told all it tells of itself. */
  readonly done: boolean
  /** Connects and begins. */
  start(): void
  /** Takes a line from the server; true when it is of no concern to anybody else. */
  takes(raw: string, line: IrcLine): boolean
  has(capability: string): boolean
  supports(token: string): string | true | undefined
  /** The connection ended: nothing of this reports any more. */
  stop(): void
}

const libraryCommands = new Set(['CAP', 'AUTHENTICATE', '001', '002', '005'])
const loginNumeric = /^90\d$/
const nickRefused = new Set(['432', '433', '436', '437'])

/** Prepares a registration over `transport`; nothing is sent before `start`. */
export function createRegistration(options: {
  wantedNick: string
  nicks: Generator<string, never>
  identity: Identity
  account: Account | undefined
  serverPassword: string | undefined
  capabilities: string[]
  transport: Transport
  withinMs: number
  send(line: string): void
  barrier(): Promise<boolean>
  abort(reason: string): void
  onDone(): void
}): Registration {
  const { identity, account, nicks, send, abort } = options
  const client = new framework.Client()
  const wanted = new Set([...options.capabilities, ...(account ? ['sasl'] : [])])
  let welcomed = false
  let loggedIn = false
  let done = false
  let stopped = false
  const late = setTimeout(() => abort('the server did not let us in in time'), options.withinMs)

  const welcome = (raw: string, line: IrcLine) => {
    client.connection.addReadBuffer(raw)
    if (welcomed) return
    welcomed = true
    identity.setNick(line.params[0] ?? identity.nick)
    // The library goes on without SASL when the server refuses it; without our account anybody could be us.
    if (account && !loggedIn) abort('the server let us in without our account')
    else void options.barrier().then(letIn)
  }

  const letIn = (answered: boolean) => {
    if (!answered || stopped) return
    clearTimeout(late)
    done = true
    options.onDone()
  }

  const loggedOut = () => {
    loggedIn = false
    if (account && welcomed) abort('the server has logged us out')
  }

  const forLibrary = (raw: string, command: string) => {
    const offer = command === 'CAP' ? narrowOffer(raw, wanted) : raw
    if (offer !== null) client.connection.addReadBuffer(offer)
  }

  const tryNextNick = () => {
    identity.setNick(nicks.next().value)
    send(`NICK ${identity.nick}`)
  }

  return {
    get done() {
      return done && !stopped
    },
    start() {
      client.connection.write = (line, written) => {
        send(line)
        if (written) setImmediate(written)
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
          return options.transport
        } as unknown as new () => object,
      })
    },
    takes(raw, line) {
      const { command } = line
      if (command === '900') loggedIn = true
      if (command === '901') loggedOut()
      else if (command === '001') welcome(raw, line)
      else if (libraryCommands.has(command) || loginNumeric.test(command)) forLibrary(raw, command)
      else if (welcomed) return false
      else if (nickRefused.has(command)) tryNextNick()
      return true
    },
    has: (capability) => client.network.cap.isEnabled(capability),
    supports(token) {
      const value = client.network.options[token]
      if (value === undefined || value === true) return value
      return Array.isArray(value) ? value.join(',') : String(value)
    },
    stop() {
      stopped = true
      clearTimeout(late)
      client.removeAllListeners()
      client.connection.removeAllListeners()
    },
  }
}
