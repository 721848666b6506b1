import type { AccountCheck } from './account-check.ts'
import type { Connection } from './connection.ts'
import type { Deliveries } from './deliveries.ts'
import type { NickRegain } from './nick.ts'
import type { OpenTarget, Part } from './outbox.ts'
import type { RoomJoins } from './room-joins.ts'
import { byteLength } from './split.ts'

/** A connection and what belongs to it and goes with it. */
export interface Link {
  connection: Connection<Part>
  deliveries: Deliveries
  joins: RoomJoins
  regain: NickRegain
  accounts: AccountCheck
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
