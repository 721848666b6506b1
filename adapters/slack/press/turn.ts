import { sentenceOf } from '../../../core/errors.ts'
import type { Log } from '../../../ports/log.ts'
import type { SlackInteraction } from '../app/app.ts'
import { type Source, sourceOf } from './source.ts'

/** One interaction under way, and what Slack was told of it. */
export interface Turn {
  /** The app it came to. */
  readonly app: string
  readonly body: Record<string, unknown>
  readonly source: Source
  /** Aborts when Slack waits for its answer no longer than it takes to give one. */
  readonly late: AbortSignal
  readonly acked: boolean
  /** Tells Slack that it was taken; a second time does nothing. Never rejects. */
  ack(response?: unknown): Promise<void>
}

/** Null when nobody can be told from what Slack says: nothing is done for nobody. */
export function createTurn(app: string, interaction: SlackInteraction, late: AbortSignal, log: Log): Turn | null {
  const source = sourceOf(interaction.body)
  if (source === null) return null
  let acked = false
  return {
    app,
    body: interaction.body,
    source,
    late,
    get acked() {
      return acked
    },
    async ack(response) {
      if (acked) return
      acked = true
      await acknowledge(interaction, response, log)
    },
  }
}

/** Never rejects: what was done is done, whether Slack hears it or not. */
export async function acknowledge({ ack }: SlackInteraction, response: unknown, log: Log): Promise<void> {
  try {
    await ack(response)
  } catch (error) {
    log.warn({ cause: sentenceOf(error) }, 'slack could not be told that an interaction was taken')
  }
}
