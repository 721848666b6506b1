// Follows docs.slack.dev "Blocks", one page a block.
import { anyText, imageSource, plainText } from './composition.ts'
import { elements } from './elements.ts'
import {
  anything,
  type Check,
  either,
  type Fields,
  isObject,
  list,
  object,
  oneOf,
  pick,
  string,
  typed,
  yesNo,
} from './shape.ts'

const selects = ['static', 'external', 'users', 'channels', 'conversations'].flatMap((of) => [
  `${of}_select`,
  `multi_${of}_select`,
])
const pickers = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...selects]
const written = ['plain_text_input', 'number_input', 'email_text_input', 'url_text_input', 'rich_text_input']

const accessory = typed(pick(elements, 'button', 'image', 'overflow', ...pickers), 'element')
const action = typed(pick(elements, 'button', 'overflow', 'datetimepicker', 'rich_text_input', ...pickers), 'element')
const inputElement = typed(pick(elements, 'datetimepicker', 'file_input', ...written, ...pickers), 'element')
const contextElement = typed(pick(elements, 'image', 'plain_text', 'mrkdwn'), 'element')

function block(type: string, required: Fields, optional: Fields = {}, rule: Check = anything): Check {
  return object({ type: oneOf(type), ...required }, { block_id: string(255), ...optional }, rule)
}

const textOrFields: Check = (value, at) =>
  isObject(value) && (value.text !== undefined || value.fields !== undefined) ? [] : [`${at} must have text or fields`]

const ownActions: Check = (value, at) => {
  const ids = (value as { elements?: unknown }).elements
  if (!Array.isArray(ids)) return []
  const named = ids
    .map((element) => (isObject(element) ? element.action_id : undefined))
    .filter((id) => id !== undefined)
  return new Set(named).size === named.length ? [] : [`${at} has an action_id twice`]
}

const richTextParts = ['section', 'list', 'preformatted', 'quote'].map((name) => `rich_text_${name}`)

/** Every block that this fake knows to check. One that it does not know is a problem too, so that nothing passes unchecked. */
export const blocks: Record<string, Check> = {
  section: block(
    'section',
    {},
    { text: anyText(3000), fields: list(anyText(2000), 1, 10), accessory, expand: yesNo },
    textOrFields,
  ),
  header: block('header', { text: plainText(150) }),
  divider: block('divider', {}),
  context: block('context', { elements: list(contextElement, 1, 10) }),
  actions: block('actions', { elements: list(action, 1, 25) }, {}, ownActions),
  image: block(
    'image',
    { alt_text: string(2000) },
    { ...imageSource, title: plainText(2000) },
    either('image_url', 'slack_file'),
  ),
  input: block(
    'input',
    { label: plainText(2000), element: inputElement },
    { hint: plainText(2000), optional: yesNo, dispatch_action: yesNo },
  ),
  markdown: block('markdown', { text: string(12_000) }),
  alert: block('alert', { text: anyText(200) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  rich_text: block('rich_text', {
    elements: list(
      typed(Object.fromEntries(richTextParts.map((name) => [name, anything])), 'rich text element'),
      1,
      1000,
    ),
  }),
}
