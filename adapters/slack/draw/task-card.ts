import type { KnownBlock } from '@slack/types'
import type { TaskCard } from '../../../core/task/card.ts'

/** A task's card; `text` says all of its state for notifications and screen readers. */
export function taskCardMessage(_card: TaskCard): { text: string; blocks: KnownBlock[] } {
  throw new Error('being written')
}
