import type { InputBlock, InputBlockElement, PlainTextInput, PlainTextOption } from '@slack/types'
import { forMatching } from '../../../core/clean-text.ts'
import { plain } from './text.ts'

/** The longest text that a field of Slack's takes. */
export const fieldLimit = 3_000
const mostOptions = 100

/** What stands around a field. */
interface FieldWords {
  /** Of the block and of the field in it. */
  id: string
  label: string
  hint?: string
  optional?: boolean
}

/** A choice; `value` is at most 150 characters. */
interface Choice {
  value: string
  description?: string
}

/** A text of one line, or of several. */
export function textField(
  words: FieldWords,
  { filled = '', lines = false, most = fieldLimit, placeholder }: TextFieldOptions,
): InputBlock {
  const element: PlainTextInput = {
    type: 'plain_text_input',
    action_id: words.id,
    max_length: most,
    multiline: lines,
    ...(forMatching(filled).trim() === '' ? {} : { initial_value: plain(filled, most).text }),
    ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
  }
  return field(words, element)
}

interface TextFieldOptions {
  filled?: string | undefined
  lines?: boolean
  most?: number
  placeholder?: string
}

/** One choice of many; nothing when there is none. */
export function choiceField(
  words: FieldWords,
  choices: readonly Choice[],
  filled: string | null | undefined,
  placeholder: string,
): InputBlock[] {
  const options = optionsOf(choices)
  const chosen = options.find(({ value }) => value === filled)
  if (options.length === 0) return []
  return [
    field(words, {
      type: 'static_select',
      action_id: words.id,
      options,
      placeholder: plain(placeholder, 150),
      ...(chosen === undefined ? {} : { initial_option: chosen }),
    }),
  ]
}

/** Several choices of many, at most `most`; nothing when there is none. */
export function choicesField(
  words: FieldWords,
  choices: readonly Choice[],
  filled: readonly string[],
  { most, placeholder }: { most: number; placeholder: string },
): InputBlock[] {
  const options = optionsOf(choices)
  const chosen = options.filter(({ value = '' }) => filled.includes(value)).slice(0, most)
  if (options.length === 0) return []
  return [
    field(words, {
      type: 'multi_static_select',
      action_id: words.id,
      options,
      max_selected_items: most,
      placeholder: plain(placeholder, 150),
      ...(chosen.length === 0 ? {} : { initial_options: chosen }),
    }),
  ]
}

/** A yes or no. */
export function yesField(words: FieldWords, choice: string, filled: boolean): InputBlock {
  const option: PlainTextOption = { text: plain(choice, 75), value: 'yes' }
  return field(words, {
    type: 'checkboxes',
    action_id: words.id,
    options: [option],
    ...(filled ? { initial_options: [option] } : {}),
  })
}

function field({ id, label, hint, optional = false }: FieldWords, element: InputBlockElement): InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label, 2_000),
    element,
    optional,
    ...(hint === undefined ? {} : { hint: plain(hint, 2_000) }),
  }
}

function optionsOf(choices: readonly Choice[]): PlainTextOption[] {
  return choices.slice(0, mostOptions).map(({ value, description = '' }) => ({
    text: plain(value, 75),
    value,
    ...(description.trim() === '' ? {} : { description: plain(description, 75) }),
  }))
}
