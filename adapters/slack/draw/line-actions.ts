import type { KnownBlock } from '@slack/types'
import type { LineAction } from '../../../core/envelope.ts'

/** A line of ours with what its reader can do; `text` is mrkdwn as we print it. What can no longer be done at `now` has no button. */
export function withActions(_text: string, _actions: readonly LineAction[], _now: Date): KnownBlock[] {
  throw new Error('being written')
}
