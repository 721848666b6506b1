import type { ChatEnvelope } from './envelope.ts'
import { isPerson } from './person.ts'

/** The seat that answers commands and speaks for the house; no role may take this name. */
export const desk = 'breakroom'

/** How much bots may say to each other before a person has to speak again. */
export interface TurnLimits {
  /** Bot lines that wake another bot, per line of a person. */
  perTrigger: number
  /** The same per room in any ten minutes, whoever began it. */
  perTenMinutes: number
}

/** What the router has to know about a line's text; the words are read elsewhere. */
export interface Reading {
  /** Roles the line speaks to. */
  roles: string[]
  /** True when the line is a command for the desk (a mistyped one too). */
  command: boolean
  /** Seats whose answer the speaker now waits for: the roles, the pinged role of `!ping`, or the desk. */
  expects: string[]
  /** Roles it names beyond those that one line may wake. */
  tooMany: string[]
  /** The text without the address. */
  body: string
}

/** A line handed to one seat's inbox. */
export interface Handover {
  to: string
  kind: 'mention' | 'dm' | 'command'
  body: string
  /** Whose rights count, and the agents it came through: worked out here, never taken from a role's envelope. */
  authority: { requester: string; chain: string[] }
  tier: ChatEnvelope['data']['tier']
  trigger: string
  hops: number
}

export interface Routed {
  handovers: Handover[]
  /** Seats that owe the speaker an answer or a receipt; empty when a bot spoke. */
  expects: string[]
  /** Set when this line is the first one that the turn budget held back. */
  heldBack: { turns: number; rule: 'trigger' | 'room' } | null
  /** Roles that a person named and that were not woken, because one line wakes only so many. */
  notWoken: string[]
}

const nothing: Routed = { handovers: [], expects: [], heldBack: null, notWoken: [] }

interface Trigger {
  requester: string
  tier: ChatEnvelope['data']['tier']
  room: string
  at: number
  turns: number
  told: boolean
}

/** What the router remembers of the last hour; rebuilt by folding the record again. */
export interface TurnState {
  triggers: Map<string, Trigger>
  /** Times (ms) of bot turns by room, newest last. */
  rooms: Map<string, { turns: number[]; told: boolean }>
}

const tenMinutes = 10 * 60_000
/** How far back the record has to be folded to know every count that matters. */
export const turnMemoryMs = 60 * 60_000

export function emptyTurns(): TurnState {
  return { triggers: new Map(), rooms: new Map() }
}

/**
 * Decides who gets a line, and counts bot turns into `state` (changed in place: it holds every trigger of an hour).
 * People's lines always pass; a bot's line passes when it names a role and its trigger and room have turns left.
 */
export function route(state: TurnState, line: ChatEnvelope, reading: Reading, limits: TurnLimits): Routed {
  const at = Date.parse(line.time)
  if (line.data.notice === true) return nothing
  return isPerson(line.actor) ? routePerson(state, line, reading, at) : routeBot(state, line, reading, limits, at)
}

function routePerson(state: TurnState, line: ChatEnvelope, reading: Reading, at: number): Routed {
  forget(state, at)
  const { tier } = line.data
  state.triggers.set(line.id, { requester: line.actor, tier, room: line.room.name, at, turns: 0, told: false })
  const room = state.rooms.get(line.room.name)
  if (room) room.told = false
  if (tier === 'none') return nothing
  const to = (seat: string, kind: Handover['kind']): Handover => ({
    to: seat,
    kind,
    body: reading.body,
    authority: { requester: line.actor, chain: [] },
    tier,
    trigger: line.id,
    hops: 0,
  })
  const { expects, tooMany: notWoken } = reading
  if (reading.command) return { ...nothing, handovers: [to(desk, 'command')], expects }
  const kind = line.room.visibility === 'private' ? 'dm' : 'mention'
  return { handovers: reading.roles.map((role) => to(role, kind)), expects, heldBack: null, notWoken }
}

function routeBot(state: TurnState, line: ChatEnvelope, reading: Reading, limits: TurnLimits, at: number): Routed {
  const roles = reading.command ? [] : reading.roles.filter((role) => role !== line.actor)
  if (roles.length === 0) return nothing
  const trigger = state.triggers.get(line.data.trigger ?? '')
  const known = trigger !== undefined && trigger.room === line.room.name
  const room = state.rooms.get(line.room.name) ?? { turns: [], told: false }
  state.rooms.set(line.room.name, room)
  room.turns = room.turns.filter((time) => at - time < tenMinutes)

  if (known && trigger.turns >= limits.perTrigger) {
    const first = !trigger.told
    trigger.told = true
    return { ...nothing, heldBack: first ? { turns: trigger.turns, rule: 'trigger' } : null }
  }
  if (room.turns.length >= limits.perTenMinutes) {
    const first = !room.told
    room.told = true
    return { ...nothing, heldBack: first ? { turns: room.turns.length, rule: 'room' } : null }
  }
  room.turns.push(at)
  if (known) trigger.turns++
  // Without a person behind it a bot's line carries nobody's rights but its own, which are none.
  const authority = known
    ? { requester: trigger.requester, chain: [...line.authority.chain.filter((a) => a !== line.actor), line.actor] }
    : { requester: line.actor, chain: [line.actor] }
  const handovers = roles.map(
    (role): Handover => ({
      to: role,
      kind: 'mention',
      body: reading.body,
      authority,
      tier: known ? trigger.tier : 'none',
      trigger: known ? (line.data.trigger as string) : line.id,
      hops: line.hops + 1,
    }),
  )
  return { ...nothing, handovers }
}

function forget(state: TurnState, now: number): void {
  // Insertion order is time order, near enough: stop at the first that is still young.
  for (const [id, trigger] of state.triggers) {
    if (now - trigger.at < turnMemoryMs) break
    state.triggers.delete(id)
  }
}
