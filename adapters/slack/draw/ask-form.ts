import type { InputBlock, ModalView } from '@slack/types'
import { z } from 'zod'
import { forMatching } from '../../../core/clean-text.ts'
import { commandWith } from '../../../core/task/card.ts'
import type { RejectionCategory } from '../../../core/task/task.ts'
import type { FormOffer } from './assign-form.ts'
import { choiceField, fieldLimit, textField } from './fields.ts'
import { type FormMeta, formMetaSchema, readSentForm } from './form-meta.ts'
import { askCallback } from './ids.ts'
import type { PressValue } from './press-value.ts'
import { plain } from './text.ts'

/** A press that asks for something. */
export type Ask = Pick<PressValue, 'command'> & { asks: NonNullable<PressValue['asks']> }

const askMetaSchema = formMetaSchema.extend({
  command: z.string().min(1).max(1_000),
  asks: z.enum(['result', 'plan', 'reason', 'role']),
})

const said = 'br_said'
const kind = 'br_kind'
const missing = {
  result: 'Say what came of it.',
  plan: 'Say what is to be built, and how.',
  reason: 'Say why, so that it can be done better.',
  role: 'Choose a role.',
} as const

/** The small form for what a press asks: a result, a plan, a reason or a role. */
export function askForm(
  { command, asks }: Ask,
  offer: Pick<FormOffer, 'roles'>,
  { room, channel }: FormMeta,
): ModalView {
  return {
    type: 'modal',
    callback_id: askCallback,
    private_metadata: JSON.stringify({ command, asks, room, channel } satisfies z.infer<typeof askMetaSchema>),
    title: plain(titles[asks], 24),
    submit: plain('Send', 24),
    close: plain('Cancel', 24),
    blocks: [
      { type: 'section', text: plain(`This goes with: ${command}`, 300) },
      ...(asks === 'reason' && isNo(command) ? kindField() : []),
      ...fieldFor(asks, offer),
    ],
  }
}

/** Whether a command says no to something. */
function isNo(command: string): boolean {
  return command.startsWith('reject ')
}

/** What is wrong with it, of the kinds that a no may be of. */
function kindField(): InputBlock[] {
  const choices = Object.entries(kinds).map(([value, description]) => ({ value, description }))
  return choiceField({ id: kind, label: 'What is wrong', optional: true }, choices, null, 'Something else')
}

const kinds: Record<Exclude<RejectionCategory, 'other'>, string> = {
  spec: 'It is not clear what is wanted',
  defect: 'It does not do what was asked for',
  evidence: 'It is not shown that it works',
  security: 'It is not safe',
  quality: 'It works, and can be better',
}

const titles = {
  result: 'Hand in the result',
  plan: 'Hand in the plan',
  reason: 'Say why',
  role: 'Choose a role',
} as const

function fieldFor(asks: Ask['asks'], { roles }: Pick<FormOffer, 'roles'>): InputBlock[] {
  switch (asks) {
    case 'result':
      return [
        textField(
          { id: said, label: 'What came of it', hint: 'Say where it can be seen. Then it is verified.' },
          { lines: true, most: fieldLimit },
        ),
      ]
    case 'plan':
      return [
        textField(
          { id: said, label: 'The plan', hint: 'Whoever builds it goes by this.' },
          { lines: true, most: fieldLimit },
        ),
      ]
    case 'reason':
      return [
        textField({ id: said, label: 'Why', hint: 'Whoever does it next reads this.' }, { lines: true, most: 1_000 }),
      ]
    case 'role': {
      const choices = roles.map(({ name, mission }) => ({ value: name, description: mission }))
      return choiceField({ id: said, label: 'Who' }, choices, null, 'Choose a role')
    }
    default:
      return asks satisfies never
  }
}

/** The whole command, what is wrong by the block that it stands beside, or null when it is no form of ours. */
export function readAskForm(
  view: unknown,
): { command: string; meta: FormMeta } | { errors: Record<string, string>; meta: FormMeta } | null {
  const sent = readSentForm(view, askCallback, askMetaSchema)
  if (sent === null) return null
  const { command, asks, room, channel } = sent.meta
  const meta = { room, channel }
  const words = sent.value(said) ?? ''
  const whole = commandWith(command, words)
  // Words of which nothing shows are none.
  if (whole.trim() === command) return { errors: { [said]: missing[asks] }, meta }
  const chosen = isNo(command) ? (sent.value(kind) ?? '') : ''
  return {
    command: !Object.hasOwn(kinds, chosen) ? whole : commandWith(command, `${chosen}: ${forMatching(words).trim()}`),
    meta,
  }
}
