import type { LineAction } from '../core/envelope.ts'
import type { HomeView } from '../core/home.ts'
import type { TaskCard } from '../core/task/card.ts'

/** Which of our connections on a network: the bridge's own, or a role's. */
export type Voice = { kind: 'ear' } | { kind: 'role'; role: string }

/** Who said a line, as the platform proves it. All of it is untrusted data. */
export interface Speaker {
  /** What a private answer is addressed to: a nick, or the id of a user. */
  nick: string
  /** The name to show, where `nick` is not one. */
  name?: string
  /** The platform's proven account, or null. Identity comes from this, never from the nick. */
  account: string | null
  /** `user@host` as the server shows it. */
  host: string
  /** True when the speaker's connection comes from the machine the server runs on, as far as the server shows it. */
  bot: boolean
  /** True for guests of a workspace and people of another one: whatever is written about them, they only read and ask. */
  outsider?: boolean
}

/** A file somebody shared. It is named, never fetched. */
export interface SharedFile {
  name: string
  /** As the platform calls its kind: `image/png`. */
  type: string
  bytes: number
  /** Where people who may see it find it. */
  link: string
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
  /** The platform's id of the thread it was said in (its first message's), on platforms that have threads. */
  thread?: string
  /**
   * Said to the house alone by somebody who stands in this room (null: in none): a slash command, a button, a form. Then `room` is
   * null, `text` is a command without its prefix, and the answer is for their eyes only.
   */
  aside?: { room: string | null }
  /** It takes the place of the line with this platform id, which said `before` where the platform shows that. */
  edit?: { of: string; before: string | null }
  files?: SharedFile[]
  /** Under what its place in the past is kept; its room's name when left out. Null: it keeps none, as something before it is not
   * read yet, of its thread neither; a replayed line keeps its place in its thread. */
  cursor?: string | null
}

/** Something that happened to a line which was said before. */
export interface HeardSign {
  network: string
  room: string | null
  heardBy: Voice
  /** The platform's id of that line. */
  of: string
  /** Of this event itself. */
  id: string
  /** Who did it; for a deletion whose line it was. */
  speaker: Speaker
  sign: { kind: 'deleted' } | { kind: 'reaction'; name: string; added: boolean }
  at: Date
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

/** A line of ours in a room, as the network shows it to the ear. */
export interface OwnLine {
  network: string
  room: string
  /** As the platform gave it, with whatever stands before it. */
  text: string
  /** When the ear heard it, by our clock. */
  at: Date
}

/** What a network tells whoever listens. Handlers must not throw; calls come in the order of the network. */
export interface ChatHandlers {
  /**
   * What it returns is awaited: the line is safe then, and a platform that wants to know whether it was taken is told. A line can come
   * again, with the same id.
   */
  onLine(line: HeardLine): unknown
  onGap(gap: HeardGap): void
  /** As `onLine`. */
  onSign?(sign: HeardSign): unknown
  /** The ear heard one of our own lines: live, or in the past of a room where that is read for them too. */
  onOwn?(line: OwnLine): void
  /** What somebody sees who opens the house's own page. Rejects with `unavailable` while that cannot be told. */
  homeOf?(speaker: Speaker, network: string): Promise<HomeView>
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
  /**
   * A fleet room, or one person's nick (a DM; `account` must match where the network shows accounts). With `aside` it is shown to
   * that person alone where they stand, in that room, if the platform can.
   */
  target: { room: string } | { nick: string; account: string | null; aside?: string }
  kind: 'say' | 'action'
  /** Any text: line breaks, control bytes and lengths are the adapter's business. */
  text: string
  /** Who speaks, where the voice is not theirs: put before the text and before each further line and piece it is cut into. */
  prefix?: string
  /** Envelope id of the line it answers. */
  inReplyTo?: string
  /** The platform's id of the thread it belongs in, for networks that show threads. */
  thread?: string
  /** What its reader can do with a press, where a platform shows buttons. */
  actions?: LineAction[]
  /**
   * True when it may be joined with the next line of the same voice to the same target when the network limits our pace. A network that
   * takes so little that everything has to be joined joins the others too, each still beginning with its prefix.
   */
  mergeable: boolean
}

/** A card that the house keeps up to date. */
export interface OutgoingCard {
  /** The same for every state of the card. */
  id: string
  room: string
  card: TaskCard
  /** The platform's id of the card as it was last shown; null when it never was, as far as we remember. */
  shown: string | null
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
  /** Whether it shows threads; where it does not, lines of a thread carry its code. */
  readonly threads: boolean
  /**
   * The platform's id of the thread in which answers to a message stand: its first message's. `message` is any id of a message that the platform
   * or `post` gave, also of an edit or of one line among several. Null for what is no message, and where there are no threads.
   */
  threadUnder(message: string): string | null
  /** Connects in the background and stays connected until `stop`; resolves at once. History since `heardUpTo` is handed over before live lines. */
  start(handlers: ChatHandlers): void
  /**
   * Resolves when the line is on the network. Waits, however long, for the connection; calls for the same voice and target keep
   * their order. Rejects with `undeliverable` when the network refuses it for good, `voiceless` when a role's connection has not
   * been able to speak in that room for ten seconds and the line was not sent, `closed` after `stop`.
   */
  post(line: OutgoingLine): Promise<Posted>
  /**
   * Shows a card, or changes the one that is there, in place; resolves with the platform's id of it. Waits and rejects as `post`
   * does. Absent where a network has no cards.
   */
  showCard?(card: OutgoingCard): Promise<string>
  /** Shows whether a role's bot is there to answer (away or not) where the network can show it. */
  showPresence(role: string, here: boolean): void
  /** Whether a person with this nick is in the room now, so that a relayed name does not ring them. */
  isHere(room: string, nick: string): boolean
  /**
   * Whether what this voice says in a room comes back to the ear, and is told with `onOwn`: then what does not was not heard. False where it
   * does not, and while that is not known.
   */
  hearsItself(as: Voice, room: string): boolean
  /** Resolves when every voice has joined its rooms, or rejects with `unavailable` after `timeoutMs` naming who has not. */
  ready(timeoutMs: number): Promise<void>
  /** The same network name rules everywhere: case folding for nicks and accounts. */
  fold(name: string): string
  /** What is waiting to be sent, by voice, and which connections are up. */
  status(): { up: number; expected: number; queued: number }
  /** Says goodbye (QUIT), drops nothing that was confirmed, resolves when all connections are closed. */
  stop(): Promise<void>
}

/** Where the record of a room (or of what else a line's `cursor` names) ends: asked by the adapter after every (re)join to fetch what came since. */
export type HeardUpTo = (cursor: string) => Promise<{ id: string | null; at: Date } | null>

/**
 * Threads of a room in which something was said lately, and when: after an outage they may have gone on. `heard` is when somebody else than us
 * was last heard in it, null for never; `at` when it is left out.
 */
export type LiveThreads = (room: string) => Promise<{ thread: string; at: Date; heard?: Date | null }[]>
