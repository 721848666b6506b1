// Follows docs.slack.dev "Block elements", one page an element.
import {
  anyText,
  confirmation,
  imageSource,
  markedOption,
  option,
  optionGroup,
  overflowOption,
  plainText,
} from './composition.ts'
import {
  anything,
  type Check,
  either,
  type Fields,
  integer,
  list,
  object,
  oneOf,
  pattern,
  string,
  yesNo,
} from './shape.ts'

const actionId = { action_id: string(255) }
const menu = { ...actionId, placeholder: plainText(150), confirm: confirmation, focus_on_load: yesNo }
const several = { ...menu, max_selected_items: integer(1, Number.MAX_SAFE_INTEGER) }
const choices = { options: list(option, 1, 100), option_groups: list(optionGroup, 1, 100) }
const input = { ...actionId, placeholder: plainText(150), focus_on_load: yesNo, dispatch_action_config: anything }
const ids = list(string(255), 0, 100)

function element(type: string, required: Fields, optional: Fields, rule?: Check): Check {
  return object({ type: oneOf(type), ...required }, optional, rule)
}

function marks(type: string, chosen: Fields): Check {
  const optional = { ...actionId, ...chosen, confirm: confirmation, focus_on_load: yesNo }
  return element(type, { options: list(markedOption, 1, 10) }, optional)
}

const fitsItself: Check = (value, at) => {
  const { min_length: least, max_length: most, initial_value: initial } = value as Record<string, unknown>
  if (typeof least === 'number' && typeof most === 'number' && least > most)
    return [`${at}.min_length is above max_length`]
  if (typeof initial === 'string' && initial.length > Number(most ?? 3000))
    return [`${at}.initial_value is longer than max_length`]
  return []
}

const imageElement = element('image', { alt_text: string(2000) }, imageSource, either('image_url', 'slack_file'))

export const elements: Record<string, Check> = {
  image: imageElement,
  button: element(
    'button',
    { text: plainText(75) },
    {
      ...actionId,
      url: string(3000),
      value: string(2000, 0),
      style: oneOf('primary', 'danger'),
      confirm: confirmation,
      accessibility_label: string(75),
    },
  ),
  overflow: element('overflow', { options: list(overflowOption, 1, 5) }, { ...actionId, confirm: confirmation }),
  checkboxes: marks('checkboxes', { initial_options: list(markedOption, 1, 10) }),
  radio_buttons: marks('radio_buttons', { initial_option: markedOption }),
  datepicker: element('datepicker', {}, { ...menu, initial_date: pattern(/^\d{4}-\d\d-\d\d$/, 'a date YYYY-MM-DD') }),
  timepicker: element(
    'timepicker',
    {},
    { ...menu, initial_time: pattern(/^\d\d:\d\d$/, 'a time HH:mm'), timezone: string(255) },
  ),
  datetimepicker: element(
    'datetimepicker',
    {},
    { ...actionId, initial_date_time: integer(1e9, 1e10 - 1), confirm: confirmation, focus_on_load: yesNo },
  ),
  static_select: element(
    'static_select',
    {},
    { ...menu, ...choices, initial_option: option },
    either('options', 'option_groups'),
  ),
  multi_static_select: element(
    'multi_static_select',
    {},
    { ...several, ...choices, initial_options: list(option, 1, 100) },
    either('options', 'option_groups'),
  ),
  external_select: element(
    'external_select',
    {},
    { ...menu, initial_option: option, min_query_length: integer(0, 3000) },
  ),
  multi_external_select: element(
    'multi_external_select',
    {},
    { ...several, initial_options: list(option, 1, 100), min_query_length: integer(0, 3000) },
  ),
  users_select: element('users_select', {}, { ...menu, initial_user: string(255) }),
  multi_users_select: element('multi_users_select', {}, { ...several, initial_users: ids }),
  channels_select: element(
    'channels_select',
    {},
    { ...menu, initial_channel: string(255), response_url_enabled: yesNo },
  ),
  multi_channels_select: element('multi_channels_select', {}, { ...several, initial_channels: ids }),
  conversations_select: element(
    'conversations_select',
    {},
    {
      ...menu,
      initial_conversation: string(255),
      default_to_current_conversation: yesNo,
      response_url_enabled: yesNo,
      filter: anything,
    },
  ),
  multi_conversations_select: element(
    'multi_conversations_select',
    {},
    { ...several, initial_conversations: ids, default_to_current_conversation: yesNo, filter: anything },
  ),
  plain_text_input: element(
    'plain_text_input',
    {},
    {
      ...input,
      initial_value: string(3000, 0),
      multiline: yesNo,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
    fitsItself,
  ),
  number_input: element(
    'number_input',
    { is_decimal_allowed: yesNo },
    { ...input, initial_value: string(255), min_value: string(255), max_value: string(255) },
  ),
  email_text_input: element('email_text_input', {}, { ...input, initial_value: string(3000) }),
  url_text_input: element('url_text_input', {}, { ...input, initial_value: string(3000) }),
  rich_text_input: element('rich_text_input', {}, { ...input, initial_value: anything }),
  file_input: element(
    'file_input',
    {},
    { ...actionId, filetypes: list(string(255), 1, 100), max_files: integer(1, 10) },
  ),
  plain_text: anyText(2000),
  mrkdwn: anyText(2000),
}
