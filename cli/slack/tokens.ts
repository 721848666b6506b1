import type { SlackBot, SlackSetup } from '../../adapters/slack/setup.ts'
import { isBreakroomError } from '../../core/errors.ts'
import type { Verdict } from './interview.ts'

/** What a bot token has to be good for. */
export interface BotWanted {
  scopes: readonly string[]
  /** The workspace it has to belong to; null for any. */
  team: string | null
  /** The bot tokens of our other apps. */
  others: readonly string[]
}

const where = {
  bot: 'Copy the "Bot User OAuth Token" (xoxb-...) from the app\'s page "OAuth & Permissions".',
  app: 'Copy or make one with the scope connections:write under "App-Level Tokens" on the app\'s page "Basic Information".',
  signing: 'Copy the "Signing Secret" from "App Credentials" on the app\'s page "Basic Information".',
  configuration: 'Copy the access token from "Your App Configuration Tokens" below the list of your apps.',
}

/** Whether a bot token is one, is taken by Slack, belongs to the workspace and may do what we do. Throws `unavailable`. */
export async function judgeBotToken(setup: SlackSetup, token: string, wanted: BotWanted): Promise<Verdict<SlackBot>> {
  if (!/^xoxb-[\w-]{6,}$/.test(token)) return { problem: kindOf(token, 'bot token'), fix: where.bot }
  if (wanted.others.includes(token)) {
    return { problem: 'That is the token of another app of this fleet.', fix: `Every app has its own. ${where.bot}` }
  }
  const answer = await taken(() => setup.identify(token), where.bot)
  if (!('good' in answer)) return answer
  const { team, teamName, scopes } = answer.good
  if (wanted.team !== null && team !== wanted.team) {
    const problem = `That is the token of another workspace: ${teamName} (${team}), not ${wanted.team}.`
    return { problem, fix: 'Install the app in the right one, or correct "team" in breakroom.yaml.' }
  }
  const missing = scopes === null ? [] : wanted.scopes.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return answer
  return {
    problem: `The app may not do all it has to: it lacks ${missing.join(', ')}.`,
    fix: 'Add that under "OAuth & Permissions" (or replace the app\'s manifest), install the app again, and copy the token again.',
  }
}

/** Whether an app-level token opens sockets, and belongs to this app where that can be seen. Throws `unavailable`. */
export async function judgeAppToken(setup: SlackSetup, token: string, app: string | null): Promise<Verdict<string>> {
  if (!/^xapp-[\w-]{6,}$/.test(token)) return { problem: kindOf(token, 'app-level token'), fix: where.app }
  const its = /^xapp-\d+-(A[A-Z0-9]{5,})-/.exec(token)?.[1]
  if (its !== undefined && app !== null && its !== app) {
    return { problem: `That is the token of another app (${its}, not ${app}).`, fix: where.app }
  }
  const answer = await taken(
    () => setup.openConnection(token),
    `Is Socket Mode on, and has it connections:write? ${where.app}`,
  )
  return 'good' in answer ? { good: token } : answer
}

/** Whether it could be a signing secret; Slack gives no way to try one. */
export function judgeSigningSecret(secret: string): Verdict<string> {
  if (/^[\w-]{16,128}$/.test(secret) && !/^xox|^xapp-/.test(secret)) return { good: secret }
  return { problem: kindOf(secret, 'signing secret'), fix: where.signing }
}

/** Whether it could be an access token for app configuration. */
export function judgeConfigurationToken(token: string): Verdict<string> {
  if (/^xoxe\.xox[bp]-[\w-]{6,}$/.test(token)) return { good: token }
  const problem = /^xoxe-/.test(token) ? 'That is the refresh token beside it.' : kindOf(token, 'configuration token')
  return { problem, fix: `${where.configuration} Blank goes on without.` }
}

async function taken<T>(ask: () => Promise<T>, fix: string): Promise<Verdict<T>> {
  try {
    return { good: await ask() }
  } catch (error) {
    if (!isBreakroomError(error, 'refused')) throw error
    return { problem: `Slack does not take it (${error.detail.error}).`, fix }
  }
}

/** What was given in the place of something else, by how it begins. Nothing of it is repeated. */
function kindOf(token: string, wanted: string): string {
  const begins: [RegExp, string][] = [
    [/^xoxb-/, 'a bot token'],
    [/^xoxp-/, 'the token of a person'],
    [/^xapp-/, 'an app-level token'],
    [/^xoxe[.-]/, 'a configuration token'],
  ]
  const kind = begins.find(([pattern]) => pattern.test(token))?.[1]
  return kind === undefined || kind.endsWith(wanted)
    ? `That is not a whole ${wanted}.`
    : `That is ${kind}, not the ${wanted}.`
}
