import type { ActionsBlock, Button, PlainTextOption } from '@slack/types'
import { pressAction } from './ids.ts'
import { type PressValue, pressValue } from './press-value.ts'
import { plain } from './text.ts'

/** A button that stands for a command. */
interface PressButton extends PressValue {
  /** Unlike those of the others on its screen. */
  id: string
  label: string
  /** What to ask before it is done. */
  confirm: string | null
  style?: Button['style']
}

/** More stand behind a menu. */
const mostButtons = 5
/** Slack's limit for the value of a choice in a menu. */
const choiceLimit = 150
const mostChoices = 5

/**
 * A row of buttons, or nothing when there are none. What is asked about before it is done, and what is too long for a menu, is always a
 * button; one that carries more than a button can is left out, because the text says what can be typed.
 */
export function buttonRow(buttons: readonly PressButton[], where: string): ActionsBlock[] {
  const drawn = buttons.flatMap((button) => {
    const value = pressValue(button)
    return value === null ? [] : [{ button, value }]
  })
  if (drawn.length === 0) return []
  const late = drawn.length <= mostButtons ? [] : drawn.slice(mostButtons - 1)
  const short = late
    .filter(({ button, value }) => button.confirm === null && value.length <= choiceLimit)
    .slice(0, mostChoices)
  const menu = short.length < 2 ? [] : short
  const shown = drawn.filter((one) => !menu.includes(one))
  const choices = menu.map(({ button, value }): PlainTextOption => ({ text: plain(button.label, 75), value }))
  return [
    {
      type: 'actions',
      elements: [
        ...shown.map(({ button, value }) => buttonOf(button, value, where)),
        ...(choices.length === 0
          ? []
          : [{ type: 'overflow' as const, action_id: pressAction(`${where}more`), options: choices }]),
      ],
    },
  ]
}

function buttonOf({ id, label, command, confirm, style }: PressButton, value: string, where: string): Button {
  return {
    type: 'button',
    action_id: pressAction(`${where}${id}`),
    text: plain(label, 75),
    value,
    accessibility_label: plain(`${label}: ${command}`, 75).text,
    ...(style === undefined ? {} : { style }),
    ...(confirm === null
      ? {}
      : {
          confirm: {
            title: plain(`${label}?`, 100),
            text: plain(confirm, 300),
            confirm: plain(`Yes, ${label.charAt(0).toLowerCase()}${label.slice(1)}`, 30),
            deny: plain('No, leave it', 30),
            ...(style === undefined ? {} : { style }),
          },
        }),
  }
}
