import { sentenceOf } from '../../../core/errors.ts'
import { type Aside, asideLine } from './aside-line.ts'
import { inTime, tooLate } from './deadline.ts'
import type { PressParts } from './parts.ts'

/** `refused`: nothing was done, nor will be. `unsure`: it was handed over, and nothing has been heard of it yet. */
type Kept = 'kept' | 'refused' | 'unsure'

/** Hands an aside up and waits until it is stored, as long as Slack waits. Never rejects. */
export async function keep(
  { network, personOf, handlers, clock, log }: PressParts,
  aside: Aside,
  late: AbortSignal,
): Promise<Kept> {
  const at = clock.now()
  try {
    const speaker = await inTime(personOf(aside.user, aside.team), late)
    if (speaker === tooLate) return 'refused'
    const stored = store(asideLine(aside, network, speaker, at))
    const kept = await inTime(stored, late)
    return kept === tooLate ? 'unsure' : kept
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'it is not known who pressed or typed something in slack')
    return 'refused'
  }

  async function store(line: ReturnType<typeof asideLine>): Promise<Kept> {
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
