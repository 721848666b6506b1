import type { LineAction } from '../../../core/envelope.ts'
import type { TaskCard } from '../../../core/task/card.ts'
import type { Entry } from './outbox.ts'

/** Draws mrkdwn of ours with buttons for what can still be done now. */
export type DrawActions = (text: string, actions: readonly LineAction[], now: Date) => readonly unknown[]

/** Draws a task's card; `text` says all of it in words. */
export type DrawCard = (card: TaskCard) => { text: string; blocks: readonly unknown[] }

/** The blocks of the next message of a line; null where it is text alone. Buttons stand under the last piece of what they are about. */
export function blocksOf(
  { line: { actions = [] }, plain, shown, parts }: Entry,
  text: string,
  draw: { drawActions: DrawActions; clock: { now(): Date } },
): readonly unknown[] | null {
  if (actions.length === 0 || plain || shown.length < parts.length - 1) return null
  return draw.drawActions(text, actions, draw.clock.now())
}
