import { z } from 'zod'
import { escapeSlack } from '../../../core/markup/mrkdwn-line.ts'
import { askForm } from '../draw/ask-form.ts'
import { assignForm } from '../draw/assign-form.ts'
import { readPressValue } from '../draw/press-value.ts'
import type { HomePages } from './home.ts'
import { keep, notKept } from './keep.ts'
import { openFormOr } from './open-form.ts'
import type { PressParts } from './parts.ts'
import { keepAnswerUrl } from './source.ts'
import { refuse } from './tell.ts'
import type { Turn } from './turn.ts'

const pressSchema = z.object({ actions: z.tuple([z.object({ value: z.string() })]) })
const homeSchema = z.object({ view: z.object({ type: z.literal('home') }) })

/**
 * A button that stands for a command: it goes up as if whoever pressed it had typed it, and the house judges whether they may. What it
 * carries is believed only where it is as we draw it.
 */
export async function onPress(parts: PressParts, turn: Turn, home: HomePages): Promise<void> {
  const { source, body } = turn
  const { user, team, channel } = source
  const pressed = pressSchema.safeParse(body)
  const press = pressed.success ? readPressValue(pressed.data.actions[0].value) : null
  if (press === null) {
    parts.metrics.count('breakroom_denied_total', { network: parts.network, rule: 'press-not-ours' })
    return turn.ack()
  }
  const now = parts.clock.now()
  if (press.until !== null && new Date(press.until) <= now) {
    return refuse(parts, turn, 'Too late: that button is no longer good, so nothing was done.')
  }

  const room = channel === null ? null : parts.roomOf(channel)
  keepAnswerUrl(parts, source, room)
  const { asks, command } = press
  if (asks !== null) {
    const form = askForm({ command, asks }, parts.form, { room, channel })
    const typed = `\`/br ${escapeSlack(command)}\` and the ${asks} behind it`
    return openFormOr(parts, turn, form, `I could not open the form for it, so nothing was done. Type ${typed}.`)
  }

  const id = `press:${source.trigger ?? parts.newId()}`
  const kept = await keep(parts, { user, team, room, id, text: command }, turn.late)
  if (kept !== 'kept') return refuse(parts, turn, notKept(kept))
  await turn.ack()
  if (homeSchema.safeParse(body).success) home.showSoon(user, team)
}

/** The button that opens an empty form for a new task. */
export async function onNewTask(parts: PressParts, turn: Turn): Promise<void> {
  const { channel } = turn.source
  const room = channel === null ? null : parts.roomOf(channel)
  await openFormOr(parts, turn, assignForm(parts.form, {}, { room, channel }))
}
