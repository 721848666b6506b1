import type { Members } from '../ear/members.ts'
import type { Account, IrcNetworkOptions, Timing } from '../options.ts'
import type { Stamps } from '../ours/stamps.ts'
import type { OpenBatch } from '../wire/batches.ts'
import { type Connection, openConnection } from '../wire/connection.ts'
import type { IrcLine } from '../wire/line.ts'
import { byteLength } from '../wire/split.ts'
import { type AccountCheck, createAccountCheck } from './account-check.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import { createNickRegain, type NickRegain } from './nick-regain.ts'
import type { OpenTarget, Outbox } from './outbox.ts'
import type { Part } from './part.ts'
import { createRoomJoins, type RoomJoins } from './room-joins.ts'

/** A connection and what belongs to it and goes with it. */
export interface Link {
  connection: Connection<Part>
  deliveries: Deliveries
  joins: RoomJoins
  regain: NickRegain
  accounts: AccountCheck
}

/** Opens a connection for a voice. The callbacks come later, never from within this call. */
export function openLink(options: {
  network: IrcNetworkOptions
  timing: Timing
  wantedNick: string
  account: Account | undefined
  capabilities: string[]
  listens: boolean
  channels: string[]
  fold(name: string): string
  members: Members
  outbox: Outbox
  stamps: Stamps
  confirm(part: Part, id: string | null): void
  coverage(part: Part): number
  onPostponed(link: Link, target: string): void
  onRegistered(link: Link): void
  onLine(link: Link, line: IrcLine, batch: OpenBatch | null): void
  onIdentity(link: Link): void
  onClosed(link: Link, reason: string, banned: boolean): void
}): Link {
  const { network, timing, wantedNick, account, fold, members } = options
  const { host, port, tls, serverPassword, pace, clock, log } = network
  const connection = openConnection<Part>({
    host,
    port,
    tls: tls ?? false,
    serverPassword,
    wantedNick,
    account,
    capabilities: options.capabilities,
    listens: options.listens,
    pace,
    timing,
    clock,
    log,
    say: (parts) => link.deliveries.say(parts),
    onRegistered: () => options.onRegistered(link),
    onLine: (line, batch) => options.onLine(link, line, batch),
    onIdentity: () => options.onIdentity(link),
    onClosed: (reason, banned) => options.onClosed(link, reason, banned),
  })
  const send = (line: string) => connection.queue.control(line)
  const joins = createRoomJoins({ channels: options.channels, fold, rejoinMs: timing.rejoin, send })
  const link: Link = {
    connection,
    joins,
    deliveries: createDeliveries({
      connection,
      outbox: options.outbox,
      confirm: options.confirm,
      stamps: options.stamps,
      author: wantedNick,
      fold,
      coverage: options.coverage,
      isJoined: (channel) => joins.isJoined(channel),
      onPostponed: (target) => options.onPostponed(link, target),
    }),
    regain: createNickRegain({
      wanted: wantedNick,
      current: () => connection.nick,
      loggedIn: account !== undefined,
      everyMs: timing.regain,
      fold,
      send,
    }),
    accounts: createAccountCheck({ fold, send, remembers: (nick) => members.anywhere(nick) }),
  }
  return link
}

/** Lets go of everything that went with a connection which has ended. */
export function closeLink({ joins, regain, accounts }: Link): void {
  joins.stop()
  regain.stop()
  accounts.end()
}

/** The way to one channel or nick over a link. */
export function openTarget(to: Link, address: string, wantedNick: string, coverage: number): OpenTarget {
  return {
    budget: budgetFor(to.connection, address, wantedNick),
    coverage,
    send: (part) => to.connection.queue.chat(part),
  }
}

/** Bytes of text in one line to `address`: what 512 leaves when the server has put our full name before it. */
function budgetFor(connection: Connection<Part>, address: string, wantedNick: string): number {
  // Room for the longer nicks of the ladder, so that a part has the same text when it is sent again under one of them.
  const nick = Math.max(byteLength(connection.nick), byteLength(wantedNick) + 2)
  // Until the server shows our name, the longest that servers give: ten letters of user, a sign before it, 63 of host.
  const host = connection.host === null ? 75 : byteLength(connection.host)
  return 510 - (1 + nick + 1 + host + ' PRIVMSG '.length + byteLength(address) + 2) - '\x01ACTION \x01'.length
}
