import { until } from './process.ts'
import type { SlackMessage } from './slack/message.ts'
import type { TestWorkspace } from './slack-network.ts'

/** The card of a task as it stands in the fleet's channel. Throws when there is none, or more than one. */
export function cardOf({ slack, channel }: Pick<TestWorkspace, 'slack' | 'channel'>, label: string): SlackMessage {
  const [card, ...more] = slack.messages(channel).filter(({ text }) => text.startsWith(`${label} "`))
  if (card === undefined || more.length > 0) throw new Error(`there is not one card of ${label}`)
  return card
}

/** Waits until the card says it, and gives the card. */
export function cardSays(
  workspace: Pick<TestWorkspace, 'slack' | 'channel'>,
  label: string,
  text: RegExp,
): Promise<SlackMessage> {
  return until(`the card of ${label} says ${text}`, () => {
    const card = cardOf(workspace, label)
    if (!text.test(card.text)) throw new Error(card.text)
    return card
  })
}
