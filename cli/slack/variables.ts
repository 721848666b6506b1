import type { SlackPlatform } from '../../core/fleet.ts'

/** The environment variables of one app. */
export interface AppVariables {
  botToken: string
  appToken: string
  signingSecret: string
  /** No secret, and read by nobody but set-up: which app was made for this, while it is not installed yet. */
  appId: string
}

/**
 * What the variables of an app are called: as breakroom.yaml says, else `SLACK_BOT_TOKEN` for the house's app, `SLACK_CTO_BOT_TOKEN`
 * for that of cto, `ACME_BOT_TOKEN` on a platform that is named acme.
 */
export function variablesOf(platform: string, role: string | null, configured?: SlackPlatform['app']): AppVariables {
  const prefix = [platform, ...(role === null ? [] : [role])].join('_').toUpperCase().replaceAll('-', '_')
  return {
    botToken: configured?.bot_token_env ?? `${prefix}_BOT_TOKEN`,
    appToken: configured?.app_token_env ?? `${prefix}_APP_TOKEN`,
    signingSecret: configured?.signing_secret_env ?? `${prefix}_SIGNING_SECRET`,
    appId: `${prefix}_APP_ID`,
  }
}
