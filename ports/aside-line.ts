import type { HeardLine } from './chat.ts'

/**
 * What somebody gave to the house alone as the line that is heard: typed behind a slash command, meant by a press or an emoji, filled
 * into a form. `text` is a command without its prefix, `room` where they stand; `id` is the same for the same act, however often it comes.
 */
export function asideLine(
  said: Pick<HeardLine, 'network' | 'speaker' | 'text' | 'at'> & { id: string; room: string | null },
): HeardLine {
  const { room, ...line } = said
  return { ...line, room: null, heardBy: { kind: 'ear' }, kind: 'say', replayed: false, aside: { room } }
}
