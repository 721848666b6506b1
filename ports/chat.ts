/** Which of our connections on a network: the bridge's own, or a role's. */
export type Voice = { kind: 'ear' } | { kind: 'role'; role: string }

/** Who said a line, as the platform proves it. All of it is untrusted data. */
export interface Speaker {
  nick: string
  /** The platform's proven account, or null. Identity comes from this, never from the nick. */
  account: string | null
  /** `user@host` as the server shows it. */
  host: string
  /** True when the speaker's connection comes from the machine the server runs on, as far as the server shows it. */
  bot: boolean
}

/** A line heard from somebody who is not one of us. */
export interface HeardLine {
  network: string
  /** The fleet's name of the room, or null for a DM. */
  room: string | null
  /** Who heard it: the ear for rooms, the addressed role's voice (or the ear) for DMs. */
  heardBy: Voice
  /** The platform's message id; null where it gives none. */
  id: string | null
  speaker: Speaker
  kind: 'say' | 'action'
  /** As the platform gave it; control bytes that carry formatting are removed, nothing else. */
  text: string
  at: Date
  /** True when it came from history after a reconnect. */
  replayed: boolean
}

/** A span of a room that the network could not give us again. */
export interface HeardGap {
  network: string
  room: string
  /** When we last heard for certain; null when we never did. */
  from: Date | null
  to: Date
  reason: string
}

/** What a network tells whoever listens. Handlers must not throw; calls come in the order of the network. */
export interface ChatHandlers {
  onLine(line: HeardLine): void
  onGap(gap: HeardGap): void
  /** A person's nick session ended or changed its nick: what was tied to it must be forgotten. */
  onSessionEnd(session: { network: string; nick: string; host: string }): void
  /** A connection came up or went away. */
  onConnection(state: { network: string; voice: Voice; up: boolean; reason?: string }): void
}

/** What is to be said. */
export interface OutgoingLine {
  /** Envelope id: posting the same id to the same target twice shows it once, as far back as the network's history reaches. */
  id: string
  as: Voice
  /** A fleet room, or one person's nick (a DM; `account` must match where the network shows accounts). */
  target: { room: string } | { nick: string; account: string | null }
  kind: 'say' | 'action'
  /** Any text: line breaks, control bytes and lengths are the adapter's business. */
  text: string
  /** Who speaks, where the voice is not theirs: put before the text and before each further line and piece it is cut into. */
  prefix?: string
  /** Envelope id of the line it answers, for networks that show threads. */
  inReplyTo?: string
  /** True when it may be joined with the next line of the same voice to the same target when the network limits our pace. */
  mergeable: boolean
}

/** What became of it. */
export interface Posted {
  /** The platform's ids, one for each part that the text was split into; empty where the network gives none. */
  ids: string[]
  /** `confirmed`: the network showed it to us. `seen`: it was there already. `ambiguous`: posted, but an earlier copy may exist. */
  how: 'confirmed' | 'seen' | 'ambiguous'
}

/** One chat network with all our connections on it. */
export interface ChatNetwork {
  readonly name: string
  /** Connects in the background and stays connected until `stop`; resolves at once. History since `heardUpTo` is handed over before live lines. */
  start(handlers: ChatHandlers): void
  /**
   * Resolves when the line is on the network. Waits, however long, for the connection; calls for the same voice and target keep
   * their order. Rejects with `undeliverable` when the network refuses it for good, `voiceless` when a role's connection has not
   * been able to speak in that room for ten seconds and the line was not sent, `closed` after `stop`.
   */
  post(line: OutgoingLine): Promise<Posted>
  /** Shows whether a role's bot is there to answer (away or not) where the network can show it. */
  showPresence(role: string, here: boolean): void
  /** Whether a person with this nick is in the room now, so that a relayed name does not ring them. */
  isHere(room: string, nick: string): boolean
  /** Resolves when every voice has joined its rooms, or rejects with `unavailable` after `timeoutMs` naming who has not. */
  ready(timeoutMs: number): Promise<void>
  /** The same network name rules everywhere: case folding for nicks and accounts. */
  fold(name: string): string
  /** What is waiting to be sent, by voice, and which connections are up. */
  status(): { up: number; expected: number; queued: number }
  /** Says goodbye (QUIT), drops nothing that was confirmed, resolves when all connections are closed. */
  stop(): Promise<void>
}

/** Where the ear's record of a room ends: asked by the adapter after every (re)join to fetch what came since. */
export type HeardUpTo = (room: string) => Promise<{ id: string | null; at: Date } | null>
