import type { SlackBot } from '../../adapters/slack/setup.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { AppSetup } from './app-setup.ts'
import type { Verdict } from './interview.ts'
import { type BotWanted, judgeAppToken, judgeBotToken, judgeSigningSecret } from './tokens.ts'

/** A secret that Slack reaches us with: what it is called, and how it is told from a wrong one. */
interface Secret<T> {
  variable: string
  text: string
  judge(value: string): Promise<Verdict<T>>
}

/** The app's bot token, from the environment or asked for, and what Slack says of it. */
export function askForBotToken(app: AppSetup, wanted: BotWanted): Promise<SlackBot> {
  return settle(app, {
    variable: app.plan.variables.botToken,
    text: 'The bot token (xoxb-...), once the app is installed: "OAuth & Permissions" on the app\'s page',
    judge: (token) => judgeBotToken(app.setup, token, wanted),
  })
}

/**
 * What Slack reaches the app with: the app-level token of Socket Mode, or the signing secret of HTTP mode. `id` is the app's at Slack,
 * null when that is not known.
 */
export function askForWayIn(app: AppSetup, id: string | null): Promise<string> {
  const { setup, plan } = app
  if (plan.mode === 'http') {
    return settle(app, {
      variable: plan.variables.signingSecret,
      text: 'The signing secret: "Basic Information" on the app\'s page, under "App Credentials"',
      judge: async (secret) => judgeSigningSecret(secret),
    })
  }
  return settle(app, {
    variable: plan.variables.appToken,
    text: 'An app-level token (xapp-...) with the scope connections:write: "Basic Information", under "App-Level Tokens"',
    judge: (token) => judgeAppToken(setup, token, id),
  })
}

/** Verifies what is there, asks for it otherwise, and keeps in `.env` what is good. */
async function settle<T>({ interview, variables }: AppSetup, secret: Secret<T>): Promise<T> {
  const { variable, text, judge } = secret
  const there = variables.get(variable)
  if (there !== undefined) {
    const verdict = await judge(there)
    if ('good' in verdict) {
      interview.say(`${variable} is good.`)
      return verdict.good
    }
    interview.say(`${variable}: ${verdict.problem} ${verdict.fix}`)
    if (variables.isFixed(variable)) {
      const sentence = `${variable} is set in the environment, which wins over .env: correct it there, or unset it.`
      throw new BreakroomError('refused', sentence)
    }
  }
  return interview.ask({
    text,
    hidden: true,
    otherwise: `${variable} is missing: put it into .env, or run this where you can type.`,
    async judge(value) {
      const verdict = await judge(value)
      if ('good' in verdict) variables.keep({ [variable]: value })
      return verdict
    },
  })
}
