// Follows docs.slack.dev "Composition objects" (text, option, option group, confirmation dialog).
import { type Check, either, list, object, oneOf, string, typed, yesNo } from './shape.ts'

export function plainText(most: number): Check {
  return typed({ plain_text: object({ type: oneOf('plain_text'), text: string(most) }, { emoji: yesNo }) }, 'text')
}

export function anyText(most: number): Check {
  const mrkdwn = object({ type: oneOf('mrkdwn'), text: string(most) }, { verbatim: yesNo })
  return (value, at) => typed({ mrkdwn, plain_text: plainText(most) }, 'text')(value, at)
}

const value = string(150, 0)
export const option = object({ text: plainText(75), value }, { description: plainText(75) })
export const markedOption = object({ text: anyText(75), value }, { description: anyText(75) })
export const overflowOption = object({ text: plainText(75), value }, { description: plainText(75), url: string(3000) })
export const optionGroup = object({ label: plainText(75), options: list(option, 1, 100) })

export const confirmation = object(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf('primary', 'danger') },
)

const slackFile = object({}, { id: string(255), url: string(3000) }, either('id', 'url'))

/** Where an image comes from, for image blocks and elements. */
export const imageSource = { image_url: string(3000), slack_file: slackFile }
