import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readForm } from '../../../core/task/assignment-form.ts'
import { readAskForm } from '../draw/ask-form.ts'
import { formErrors, readAssignForm } from '../draw/assign-form.ts'
import type { FormMeta } from '../draw/form-meta.ts'
import type { HomePages } from './home.ts'
import { keep, notKept } from './keep.ts'
import { knownNames } from './known-names.ts'
import type { PressParts } from './parts.ts'
import { besideFields, refuse } from './tell.ts'
import type { Turn } from './turn.ts'

/** The form for a new task was handed in: what is wrong comes back beside its fields, and what is right goes up as a command. */
export async function onAssignForm(parts: PressParts, turn: Turn, home: HomePages): Promise<void> {
  const sent = readAssignForm(turn.body.view)
  if (sent === null) return notOurs(parts, turn)
  const read = readForm(sent.form, knownNames(parts))
  if ('problems' in read) return turn.ack(besideFields(formErrors(read.problems)))
  await handUp(parts, turn, home, sent.meta, read.words)
}

/** What a press asked for was handed in. */
export async function onAskForm(parts: PressParts, turn: Turn, home: HomePages): Promise<void> {
  const sent = readAskForm(turn.body.view)
  if (sent === null) return notOurs(parts, turn)
  if ('errors' in sent) return turn.ack(besideFields(sent.errors))
  await handUp(parts, turn, home, sent.meta, sent.command)
}

/** The form stays open, with all that was filled in, until its words are kept. */
async function handUp(
  parts: PressParts,
  turn: Turn,
  home: HomePages,
  { room, channel }: FormMeta,
  text: string,
): Promise<void> {
  const { user, team } = turn.source
  const id = formId(turn.body.view, text) ?? `form:${parts.newId()}`
  const kept = await keep(parts, { user, team, room, id, text }, turn.late)
  if (kept !== 'kept') return refuse(parts, turn, notKept(kept))
  await turn.ack({ response_action: 'clear' })
  if (channel === null) home.showSoon(user, team)
}

const viewSchema = z.object({ id: z.string().min(1).max(100) })

/** The same words sent again from the same form are the same command: the first time may have been kept after all. */
function formId(view: unknown, text: string): string | null {
  const read = viewSchema.safeParse(view)
  if (!read.success) return null
  return `form:${read.data.id}:${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
}

function notOurs({ metrics, network }: PressParts, turn: Turn): Promise<void> {
  metrics.count('breakroom_denied_total', { network, rule: 'form-not-ours' })
  return turn.ack()
}
