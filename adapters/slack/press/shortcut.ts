import { z } from 'zod'
import { sentenceOf } from '../../../core/errors.ts'
import { printMarkdown } from '../../../core/markup/markdown.ts'
import { parseMrkdwn } from '../../../core/markup/mrkdwn.ts'
import { formOfMessage } from '../../../core/task/assignment-form.ts'
import { assignForm } from '../draw/assign-form.ts'
import { canonicalText } from '../hear/text.ts'
import { hubApp } from '../options.ts'
import { inTime, startDeadline, tooLate } from './deadline.ts'
import { openFormOr } from './open-form.ts'
import type { PressParts } from './parts.ts'
import { noRoomSentence } from './read-command.ts'
import { keepAnswerUrl } from './source.ts'
import { refuse } from './tell.ts'
import type { Turn } from './turn.ts'

const messageSchema = z.object({ message: z.object({ text: z.string().catch(''), ts: z.string().min(1).max(50) }) })
const permalinkSchema = z.object({ permalink: z.url().max(1_000) })

/** Of the time that Slack waits, for what the form is only better with. */
const share = 0.25

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
  keepAnswerUrl(parts, turn.source, room)
  const deadline = startDeadline(parts.sleep, parts.timing.accept * share)
  const [link, words] = await Promise.all([
    permalink(parts, channel, ts, deadline.late),
    wordsOf(parts, turn, text, deadline.late),
  ])
  deadline.end()
  await openFormOr(parts, turn, assignForm(parts.form, formOfMessage(words, link), { room, channel }))
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

/** A message as the record would have it; whom it mentions goes by an id where Slack does not tell names in time. */
async function wordsOf(
  { personOf, roomOf, identity, form, voices }: PressParts,
  { source }: Turn,
  mrkdwn: string,
  late: AbortSignal,
): Promise<string> {
  const us = identity()
  const words = canonicalText(mrkdwn, {
    ours: new Map(us === null ? [] : [[us.user, hubApp]]),
    reserved: new Set([hubApp, ...form.roles.map(({ name }) => name), ...voices.map(({ nick }) => nick.toLowerCase())]),
    person: (id) =>
      personOf(id, source.team).then(
        ({ name }) => name ?? null,
        () => null,
      ),
    room: async (id) => roomOf(id),
  })
  const known = await inTime(words, late)
  return known === tooLate ? printMarkdown(parseMrkdwn(mrkdwn)) : known
}
