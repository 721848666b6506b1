import { z } from 'zod'
import { sentenceOf } from '../../../core/errors.ts'
import type { PressParts } from './parts.ts'
import type { Source } from './source.ts'
import type { Turn } from './turn.ts'

/**
 * Ends an interaction of which nothing came, with a sentence where its kind shows one: behind the command, in the form that stays open
 * with all that was filled in, or in the channel.
 */
export async function refuse(parts: Pick<PressParts, 'web' | 'log'>, turn: Turn, text: string): Promise<void> {
  const { body, source } = turn
  if (typeof body.command === 'string') return turn.ack({ response_type: 'ephemeral', text })
  const field = firstField(body)
  if (field !== null) return turn.ack(besideFields({ [field]: text }))
  await turn.ack()
  await tell(parts, source, text)
}

/** The acknowledgement of a form that stays open, with what is wrong beside its fields (by block id). */
export function besideFields(errors: Record<string, string>): { response_action: 'errors'; errors: typeof errors } {
  return { response_action: 'errors', errors }
}

const formSchema = z.object({
  type: z.literal('view_submission'),
  view: z.object({ state: z.object({ values: z.record(z.string(), z.unknown()) }) }),
})

/** The block id of the first field of a form that was handed in, or null. */
function firstField(body: Record<string, unknown>): string | null {
  const form = formSchema.safeParse(body)
  return form.success ? (Object.keys(form.data.view.state.values)[0] ?? null) : null
}

const unfurlNothing = { unfurl_links: false, unfurl_media: false }

/**
 * Says something for their eyes only to whoever did something. Never rejects: what cannot be shown is logged.
 */
async function tell(
  { web, log }: Pick<PressParts, 'web' | 'log'>,
  { user, channel }: Pick<Source, 'user' | 'channel'>,
  text: string,
): Promise<void> {
  try {
    if (channel === null)
      await web.call('chat.postMessage', { channel: user, text, ...unfurlNothing }, { channel: user })
    else await web.call('chat.postEphemeral', { channel, user, text }, { channel })
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'slack did not show somebody an answer')
  }
}
