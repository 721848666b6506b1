import type { HeardLine, Speaker } from '../../../ports/chat.ts'

/** Words that somebody gave to the house alone: typed behind a command, meant by a press, or filled into a form. */
export interface Aside {
  user: string
  team: string
  /** The room they stand in, or null. */
  room: string | null
  /** The same for the same act, however often Slack tells of it. */
  id: string
  /** As it would be typed, without a prefix. */
  text: string
}

/** The line that the house hears. */
export function asideLine({ room, id, text }: Aside, network: string, speaker: Speaker, at: Date): HeardLine {
  return {
    network,
    room: null,
    heardBy: { kind: 'ear' },
    id,
    speaker,
    kind: 'say',
    text,
    at,
    replayed: false,
    aside: { room },
  }
}
