import { manifestLink } from '../../adapters/slack/manifest.ts'
import { refusedWith } from '../../adapters/slack/setup-call.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { AppPlan } from './app-plan.ts'
import type { AppSetup } from './app-setup.ts'
import type { Interview } from './interview.ts'
import { judgeConfigurationToken } from './tokens.ts'

/**
 * Has the app made: by Slack when there is a configuration token, else by whoever copies the manifest. Asks nothing when it was
 * made before.
 */
export async function askForApp({ interview, setup, variables, plan }: AppSetup, appsPage: string): Promise<void> {
  const names = plan.variables
  const before = variables.get(names.appId)
  if (before !== undefined) return sayWhereToInstall(interview, plan, `${appsPage}/${before}`)
  const manifest = plan.manifest()
  const made = await interview.ask<{ app: string; signingSecret: string | null } | null>({
    text: `An app configuration token (xoxe.xoxp-...), and Slack makes the app at once. Blank: make it yourself from a manifest.\n   It is under "Your App Configuration Tokens" on ${appsPage}, and is not kept.`,
    hidden: true,
    blank: { good: null },
    otherwise: '',
    async judge(token) {
      const shape = judgeConfigurationToken(token)
      if (!('good' in shape)) return shape
      try {
        return { good: await setup.createApp(token, manifest) }
      } catch (error) {
        return { problem: whyNotMade(error), fix: 'Blank goes on without.' }
      }
    },
  })
  if (made === null) {
    interview.say(
      [
        `\nMake the app on ${appsPage}?new_app=1 ("From a manifest"), with this manifest:\n`,
        JSON.stringify(manifest, null, 2),
        `\nOr with it filled in: ${manifestLink(appsPage, manifest)}`,
        '\nThen install it in your workspace.',
      ].join('\n'),
    )
    return
  }
  variables.keep({
    [names.appId]: made.app,
    ...(plan.mode === 'http' && made.signingSecret !== null ? { [names.signingSecret]: made.signingSecret } : {}),
  })
  interview.say(`Made the app ${made.app}.`)
  sayWhereToInstall(interview, plan, `${appsPage}/${made.app}`)
}

function sayWhereToInstall(interview: Interview, { mode }: AppPlan, page: string): void {
  const lines = [`Install it:          ${page}/install-on-team`, `Its bot token:       ${page}/oauth`]
  if (mode === 'socket') lines.push(`Its app-level token: ${page}/general`)
  interview.say(lines.join('\n'))
}

/** Why Slack made no app. Throws what is nobody's mistake. */
function whyNotMade(error: unknown): string {
  if (!isBreakroomError(error, 'refused')) throw error
  if (!refusedWith(error, 'invalid_manifest')) return `Slack does not take it (${error.detail.error}).`
  const errors = error.detail.errors as { message?: string; pointer?: string }[]
  const listed = errors.map(({ message, pointer }) => `${pointer ?? ''} ${message ?? ''}`.trim()).join('; ')
  throw new BreakroomError('refused', `Slack takes no app with this manifest: ${listed}.`, { cause: error })
}
