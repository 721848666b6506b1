import type { KnownBlock } from '@slack/types'
import type { LineAction } from '../../../core/envelope.ts'
import { cutIntoPieces } from '../say/pieces.ts'
import { buttonRow } from './buttons.ts'
import { marked } from './text.ts'

/** Slack's limit for the text of a section. UTF-16 units. */
const sectionLimit = 3_000
const mostSections = 48

/**
 * A line of the house with what its reader can do. `text` is mrkdwn as we print it, with whatever others wrote escaped. What can no
 * longer be done at `now` has no button.
 */
export function withActions(text: string, actions: readonly LineAction[], now: Date): KnownBlock[] {
  const buttons = actions
    .filter(({ until }) => until === undefined || Date.parse(until) > now.getTime())
    .map(({ label, command, until = null }, index) => ({
      id: `line-${index}`,
      label,
      command,
      until,
      asks: null,
      confirm: null,
    }))
  return [
    ...cutIntoPieces(text, sectionLimit)
      .slice(0, mostSections)
      .map((piece): KnownBlock => ({ type: 'section', text: marked(piece), expand: true })),
    ...buttonRow(buttons, ''),
  ]
}
