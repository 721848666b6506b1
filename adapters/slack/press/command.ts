import { formOf } from '../../../core/task/assignment-form.ts'
import { assignForm } from '../draw/assign-form.ts'
import { keep, notKept } from './keep.ts'
import { knownNames } from './known-names.ts'
import { openForm } from './open-form.ts'
import type { PressParts } from './parts.ts'
import { noRoomSentence, readCommand, type Whereabouts } from './read-command.ts'
import { keepAnswerUrl } from './source.ts'
import { refuse } from './tell.ts'
import type { Turn } from './turn.ts'
import { typedWords } from './typed-words.ts'

/**
 * `/br ...`: the words go up as if they had been typed, and Slack is told nothing but that they were taken; an assignment that lacks
 * something opens the form.
 */
export async function onCommand(parts: PressParts, turn: Turn): Promise<void> {
  const { source, body } = turn
  const { user, team, channel } = source
  const room = channel === null ? null : parts.roomOf(channel)
  keepAnswerUrl(parts, source, room)

  const words = typedWords(typeof body.text === 'string' ? body.text : '', parts.roomOf)
  const reading = readCommand(words, whereabouts(channel, room), knownNames(parts))
  if (reading.kind === 'no-room') return refuse(parts, turn, noRoomSentence(parts.rooms))
  if (reading.kind === 'form') {
    const form = assignForm(parts.form, formOf(reading.assignment), { room, channel })
    if (await openForm(parts, turn, form)) return turn.ack()
  }

  const id = `slash:${source.trigger ?? parts.newId()}`
  const kept = await keep(parts, { user, team, room, id, text: reading.text }, turn.late)
  if (kept !== 'kept') return refuse(parts, turn, notKept(kept))
  await turn.ack()
}

function whereabouts(channel: string | null, room: string | null): Whereabouts {
  if (room !== null) return { room }
  return channel === null || channel.startsWith('D') ? 'alone' : 'elsewhere'
}
