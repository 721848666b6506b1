import { sentenceOf } from '../../../core/errors.ts'
import { asideLine } from '../../../ports/aside-line.ts'
import type { HeardLine } from '../../../ports/chat.ts'
import { inTime, tooLate } from './deadline.ts'
import type { PressParts } from './parts.ts'

/** Words that somebody gave to the house alone. */
interface Aside {
  user: string
  team: string
  /** The room they stand in, or null. */
  room: string | null
  /** The same for the same act, however often Slack tells of it. */
  id: string
  /** As it would be typed, without a prefix. */
  text: string
}

/** `refused`: nothing was done, nor will be. `unsure`: it was handed over, and nothing has been heard of it yet. */
type Kept = 'kept' | 'refused' | 'unsure'

/** Hands an aside up and waits until it is stored, as long as Slack waits. Never rejects. */
export async function keep(
  { network, personOf, handlers, clock, log }: PressParts,
  { user, team, room, id, text }: Aside,
  late: AbortSignal,
): Promise<Kept> {
  const at = clock.now()
  try {
    const speaker = await inTime(personOf(user, team), late)
    if (speaker === tooLate) return 'refused'
    const stored = store(asideLine({ network, room, id, speaker, text, at }))
    const kept = await inTime(stored, late)
    return kept === tooLate ? 'unsure' : kept
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'it is not known who pressed or typed something in slack')
    return 'refused'
  }

  async function store(line: HeardLine): Promise<Kept> {
    try {
      await handlers().onLine(line)
      return 'kept'
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, 'a command from slack could not be stored')
      return 'refused'
    }
  }
}

/** What somebody is told whose words are not known to be kept. */
export function notKept(kept: Exclude<Kept, 'kept'>): string {
  return kept === 'refused'
    ? 'I could not keep that, so nothing was done. Try again in a minute.'
    : 'My record is slow, and I do not know yet whether I have that. If nothing comes of it within a minute, try again.'
}
