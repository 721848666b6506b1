import { z } from 'zod'
import { sentenceOf } from '../../../core/errors.ts'
import { formOfMessage } from '../../../core/task/assignment-form.ts'
import { assignForm } from '../draw/assign-form.ts'
import { inTime, startDeadline } from './deadline.ts'
import { openForm } from './open-form.ts'
import type { PressParts } from './parts.ts'
import { noRoomSentence } from './read-command.ts'
import { refuse } from './tell.ts'
import type { Turn } from './turn.ts'
import { typedWords } from './typed-words.ts'

const messageSchema = z.object({ message: z.object({ text: z.string().catch(''), ts: z.string().min(1).max(50) }) })
const permalinkSchema = z.object({ permalink: z.url().max(1_000) })

/** Of the time that Slack waits, for what the form is only better with. */
const share = 0.25
const mostNames = 5

/** "Make this a task" on a message: opens the form with what the message says, and a link back to it. */
export async function onMakeTask(parts: PressParts, turn: Turn): Promise<void> {
  const { channel } = turn.source
  const read = messageSchema.safeParse(turn.body)
  if (!read.success || channel === null) {
    return refuse(parts, turn, 'I cannot see that message, so nothing was done. Type `/br assign` instead.')
  }
  const room = parts.roomOf(channel)
  if (room === null && !channel.startsWith('D')) return refuse(parts, turn, noRoomSentence(parts.rooms))

  const { text, ts } = read.data.message
  const deadline = startDeadline(parts.sleep, parts.timing.accept * share)
  const [link, names] = await Promise.all([
    permalink(parts, channel, ts, deadline.late),
    namesIn(parts, turn.source.team, text, deadline.late),
  ])
  deadline.end()
  const words = typedWords(text, { roomOf: parts.roomOf, nameOf: (user) => names.get(user) ?? null })
  if (await openForm(parts, turn, assignForm(parts.form, formOfMessage(words, link), { room, channel })))
    return turn.ack()
  await refuse(parts, turn, 'I could not open the form, so nothing was done. Try again, or type `/br assign`.')
}

/** Null when Slack does not tell in time. */
async function permalink(
  { web, log }: PressParts,
  channel: string,
  ts: string,
  late: AbortSignal,
): Promise<string | null> {
  try {
    const call = web.call('chat.getPermalink', { channel, message_ts: ts }, { channel, signal: late })
    const read = permalinkSchema.safeParse(await inTime(call, late))
    return read.success ? read.data.permalink : null
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'slack gave no link to a message')
    return null
  }
}

/** The names of those whom a text mentions, as far as they are known in time. */
async function namesIn(
  { personOf }: PressParts,
  team: string,
  text: string,
  late: AbortSignal,
): Promise<Map<string, string>> {
  const users = [...new Set(Array.from(text.matchAll(/<@([A-Z0-9]{1,40})>/g), ([, user = '']) => user))].slice(
    0,
    mostNames,
  )
  const names = new Map<string, string>()
  const asked = users.map(async (user) => {
    const person = await personOf(user, team).catch(() => null)
    if (person?.name !== undefined) names.set(user, person.name)
  })
  await inTime(Promise.all(asked), late)
  return names
}
