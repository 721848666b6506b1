// Follows docs.slack.dev "View submission payload" (state values) and the page of each input element.
import type { Json } from '../message.ts'

/** What an element holds after somebody put `value` into it; a list where several can be picked, null for nothing. */
export function chosen(element: Json, value: string | string[] | null): Json {
  const type = String(element.type)
  const one = Array.isArray(value) ? (value[0] ?? null) : value
  const many = Array.isArray(value) ? value : value === null ? [] : [value]
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return { type, selected_option: one === null ? null : optionOf(element, one) }
    case 'checkboxes':
    case 'multi_static_select':
    case 'multi_external_select':
      return { type, selected_options: many.map((item) => optionOf(element, item)) }
    case 'datepicker':
      return { type, selected_date: one }
    case 'timepicker':
      return { type, selected_time: one }
    case 'datetimepicker':
      return { type, selected_date_time: one === null ? null : Number(one) }
    default:
      return pickedOrWritten(type, one, many)
  }
}

/** What an element holds before anybody touched it. */
export function initial(element: Json): string | string[] | null {
  const { initial_option: option, initial_options: options, initial_value: value } = element
  if (option !== undefined) return String((option as Json).value)
  if (Array.isArray(options)) return options.map((item: Json) => String(item.value))
  const single = value ?? element.initial_date ?? element.initial_time ?? element.initial_date_time
  const picked = single ?? element.initial_user ?? element.initial_channel ?? element.initial_conversation
  return picked === undefined ? null : String(picked)
}

function pickedOrWritten(type: string, one: string | null, many: string[]): Json {
  const select = /^(multi_)?(user|channel|conversation)s_select$/.exec(type)
  if (select === null) return { type, value: one }
  return select[1] === undefined ? { type, [`selected_${select[2]}`]: one } : { type, [`selected_${select[2]}s`]: many }
}

function optionOf(element: Json, value: string): Json {
  const groups = (element.option_groups ?? []) as { options: Json[] }[]
  const offered = [...((element.options ?? []) as Json[]), ...groups.flatMap((group) => group.options)]
  const found = offered.find((option) => option.value === value)
  if (found !== undefined) return found
  if (element.type === 'external_select' || element.type === 'multi_external_select') {
    return { text: { type: 'plain_text', text: value }, value }
  }
  const there = offered.map((option) => String(option.value)).join(', ')
  throw new Error(`${String(element.action_id)} does not offer ${value}; it offers ${there}`)
}
