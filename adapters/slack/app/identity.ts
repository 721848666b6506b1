import { z } from 'zod'
import { BreakroomError, isBreakroomError } from '../../../core/errors.ts'
import type { SlackWeb } from '../web/web.ts'
import type { SlackIdentity } from './app.ts'

const proof = z.object({ team_id: z.string(), user_id: z.string(), bot_id: z.string().optional() })
const botInfo = z.object({ bot: z.object({ app_id: z.string() }) })

/**
 * Who a bot token stands for. Rejects as `SlackWeb.call` does, and with `refused` when the token is not a bot's or belongs to another
 * workspace than `team`.
 */
export async function proveIdentity(web: SlackWeb, team: string | null, signal: AbortSignal): Promise<SlackIdentity> {
  const read = proof.safeParse(await web.call('auth.test', {}, { signal }))
  if (!read.success) throw new BreakroomError('unavailable', 'Slack did not say whose the token is.')
  const { team_id, user_id, bot_id } = read.data
  if (bot_id === undefined) throw new BreakroomError('refused', 'The token is not that of a bot.')
  if (team !== null && team_id !== team) {
    throw new BreakroomError('refused', `The token belongs to the workspace ${team_id}, not to ${team}.`)
  }
  return { team: team_id, user: user_id, bot: bot_id, app: await appOf(web, bot_id, signal) }
}

/** Without the right to look it up nothing is known, which is not worth being away for. */
async function appOf(web: SlackWeb, bot: string, signal: AbortSignal): Promise<string | null> {
  try {
    return botInfo.safeParse(await web.call('bots.info', { bot }, { signal })).data?.bot.app_id ?? null
  } catch (error) {
    if (isBreakroomError(error, 'refused')) return null
    throw error
  }
}
