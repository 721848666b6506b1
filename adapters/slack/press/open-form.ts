import type { ModalView } from '@slack/types'
import { sentenceOf } from '../../../core/errors.ts'
import { hubApp } from '../options.ts'
import { inTime, startDeadline, tooLate } from './deadline.ts'
import type { PressParts } from './parts.ts'
import { refuse } from './tell.ts'
import type { Turn } from './turn.ts'

/** Of the time that Slack waits, so that some is left for the other way when a form does not open. */
const share = 0.6

/** Opens a form for whoever did something; false when it did not open in time, and then it is not known whether it will. Never rejects. */
export async function openForm(
  { web, sleep, timing, log }: Pick<PressParts, 'web' | 'sleep' | 'timing' | 'log'>,
  { app, source }: Turn,
  view: ModalView,
): Promise<boolean> {
  // Slack gives the trigger to the app that was pressed, and it is good for that one's token only.
  if (source.trigger === null || app !== hubApp) return false
  const deadline = startDeadline(sleep, timing.accept * share)
  try {
    const call = web.call('views.open', { trigger_id: source.trigger, view }, { signal: deadline.late })
    if ((await inTime(call, deadline.late)) !== tooLate) return true
    log.warn({}, 'slack did not open a form in time')
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'slack did not open a form')
  } finally {
    deadline.end()
  }
  return false
}

/** Opens a form and takes the turn with it; tells whoever wants it `otherwise` when it does not open. Never rejects. */
export async function openFormOr(
  parts: Pick<PressParts, 'web' | 'sleep' | 'timing' | 'log'>,
  turn: Turn,
  view: ModalView,
  otherwise = 'I could not open the form, so nothing was done. Try again, or type `/br assign`.',
): Promise<void> {
  if (await openForm(parts, turn, view)) return turn.ack()
  await refuse(parts, turn, otherwise)
}
