import { z } from 'zod'
import type { PressParts } from './parts.ts'

/** Who did something in Slack, and where: what all kinds of interactions say, each under its own names. */
export interface Source {
  user: string
  /** Of the person, not of the workspace they are guests in. */
  team: string
  /** Null for what was done in a form or on the home page. */
  channel: string | null
  /** Slack's id of this one act; with it a form can be opened once, within three seconds. */
  trigger: string | null
  /** Takes five answers within half an hour. */
  answerUrl: string | null
}

const id = z.string().min(1).max(100)
const bodySchema = z.object({
  user_id: id.optional(),
  user: z.object({ id, team_id: id.nullish() }).optional(),
  team_id: id.nullish(),
  team: z.object({ id }).nullish(),
  channel_id: id.optional(),
  channel: z.object({ id }).nullish(),
  container: z.object({ channel_id: id.nullish() }).nullish(),
  trigger_id: z.string().min(1).max(200).nullish().catch(null),
  response_url: z.url().max(1_000).nullish().catch(null),
})

/** Null for what cannot have come from a person. */
export function sourceOf(body: Record<string, unknown>): Source | null {
  const read = bodySchema.safeParse(body)
  if (!read.success) return null
  const { user_id, user, team_id, team, channel_id, channel, container, trigger_id, response_url } = read.data
  const who = user?.id ?? user_id
  const whose = user?.team_id ?? team_id ?? team?.id
  if (who === undefined || whose === undefined) return null
  return {
    user: who,
    team: whose,
    channel: channel?.id ?? channel_id ?? container?.channel_id ?? null,
    trigger: trigger_id ?? null,
    answerUrl: response_url ?? null,
  }
}

/** What the house answers to an act is sent where Slack said with it, as long as that is good. */
export function keepAnswerUrl(
  { rememberAnswerUrl, clock }: Pick<PressParts, 'rememberAnswerUrl' | 'clock'>,
  { user, answerUrl }: Source,
  room: string | null,
): void {
  if (answerUrl !== null) rememberAnswerUrl(user, room, answerUrl, clock.now())
}
