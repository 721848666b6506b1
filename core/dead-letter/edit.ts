import type { InboxEnvelope } from '../handover.ts'
import { type FollowUp, followUpSchema } from '../task/task.ts'
import { placeholders, unknownPlaceholders } from '../task/template.ts'
import { listed } from '../task/wording.ts'
import { refusal } from '../task/world.ts'
import type { Letter } from './letter.ts'
import type { LetterEdit } from './record.ts'

/** What may be changed of each kind, and how long it may be then. Characters. */
const fields: Record<Letter['kind'], Readonly<Record<string, number>>> = {
  'follow-up': { role: 64, title: 200, accept: 4_000, about: 4_000 },
  item: { text: 40_000 },
  other: {},
}

/** The names of what may be changed of a letter of this kind. */
export function editableFields(kind: Letter['kind']): string[] {
  return Object.keys(fields[kind])
}

/** Throws `refused` for changes that an edit of this kind of letter may not make. */
export function checkChanges(kind: Letter['kind'], changes: Readonly<Record<string, string>>): void {
  const known = fields[kind]
  const names = Object.keys(known)
  if (names.length === 0) throw refusal('edit-kind', 'Nothing of this letter can be changed; !dlq drop ends it.')
  const said = Object.entries(changes)
  if (said.length === 0)
    throw refusal('edit-nothing', `Say what to change: ${names.map((name) => `${name}: ...`).join('; ')}.`)
  for (const [name, text] of said) {
    const most = Object.hasOwn(known, name) ? known[name] : undefined
    if (most === undefined)
      throw refusal('edit-field', `Only ${listed(names)} can be changed of this letter.`, { path: name })
    if (text.trim() === '') throw refusal('edit-empty', `${name}: is empty.`, { path: name })
    if (text.length > most) throw refusal('edit-long', `${name}: has at most ${most} characters.`, { path: name })
  }
}

/** A follow-up with what somebody put in the place of what was there. Throws `refused` for what cannot be one. */
export function editedFollowUp(
  next: FollowUp,
  { role, title, accept, about }: Readonly<Record<string, string>>,
): FollowUp {
  const words = [title, accept, about].filter((one) => one !== undefined).join('\n')
  const [unknown] = unknownPlaceholders(words)
  if (unknown !== undefined) {
    const list = placeholders.map((one) => `{${one}}`).join(', ')
    throw refusal('unknown-placeholder', `Nothing stands for {${unknown}}; there is ${list}.`)
  }
  const criteria = accept
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const edited = followUpSchema.safeParse({
    publish_to: role === undefined ? next.publish_to : role.trim().replace(/^@/, '').toLowerCase(),
    payload_template: {
      ...next.payload_template,
      ...(title === undefined ? {} : { title: title.trim() }),
      ...(criteria === undefined ? {} : { acceptance_criteria: criteria }),
      ...(about === undefined ? {} : { description: about.trim() }),
    },
  })
  if (edited.success) return edited.data
  const path = edited.error.issues[0]?.path.join('.') ?? ''
  throw refusal('edit-shape', `That is no follow-up: ${edited.error.issues[0]?.message ?? 'it cannot be read'}.`, {
    path,
  })
}

/**
 * An item that says what somebody put in the place of what was said: their words, their name, their rights and nobody else's, and
 * no agent between. It is answered where the first was asked, because they stand in that conversation.
 */
export function editedItem(item: InboxEnvelope, { by, tier, name, changes }: LetterEdit, id: string): InboxEnvelope {
  const { line, trigger } = item.data
  const { voice, to, origin, aside, thread } = line.data
  const isTheirs = by === item.authority.requester
  if (voice !== undefined && !isTheirs)
    throw refusal('not-yours', 'That was said to one seat alone; only who said it can say it anew.')
  const text = changes.text ?? ''
  // What told of the first speaker (their account, their files) is not true of who speaks now.
  const alone = isTheirs ? { voice, to, origin, aside } : {}
  const data = { text, kind: 'say' as const, speaker: name, tier, thread, ...alone }
  return {
    ...item,
    id,
    source: 'tasks',
    actor: by,
    authority: { requester: by, chain: [] },
    data: { body: text, tier, trigger, line: { id: line.id, actor: by, time: line.time, data: withoutGaps(data) } },
  }
}

function withoutGaps<T extends object>(data: T): T {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)) as T
}
