import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BreakroomError } from '../core/errors.ts'

/** What the environment says, checked. */
export interface Settings {
  /** Where breakroom.yaml and roles/ are. */
  folder: string
  /** Where the code is, and the servers that set-up unpacked. */
  clone: string
  home: string
  /** 0 means any free one. */
  ircPort: number
  ircHost: string
  /** True when the embedded network is served elsewhere, as a service of its own. */
  ircElsewhere: boolean
  httpPort: number
  httpHost: string
  /** Null when the fleet starts its own. */
  natsUrl: string | null
  redisUrl: string | null
  /** Where Slack's Web API is; ends in a slash. */
  slackApiUrl: string
  env: NodeJS.ProcessEnv
}

const clone = resolve(import.meta.dirname, '..')

/** Reads the environment, after `.env` of the folder, which never overrides it. Throws `usage` for a value that cannot be. */
export function readSettings(env: NodeJS.ProcessEnv, folder: string): Settings {
  const file = join(folder, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  return {
    folder,
    clone,
    home: resolve(folder, env.BREAKROOM_HOME || '.breakroom'),
    ircPort: portOf(env, 'BREAKROOM_IRC_PORT', 6667),
    ircHost: env.BREAKROOM_IRC_HOST || '127.0.0.1',
    ircElsewhere: Boolean(env.BREAKROOM_IRC_HOST),
    httpHost: env.BREAKROOM_HTTP_HOST || '127.0.0.1',
    httpPort: portOf(env, 'BREAKROOM_HTTP_PORT', 8420),
    natsUrl: urlOf(env, 'BREAKROOM_NATS_URL', ['nats:', 'tls:']),
    redisUrl: urlOf(env, 'BREAKROOM_REDIS_URL', ['redis:', 'rediss:']),
    slackApiUrl: slackApiUrlOf(env),
    env,
  }
}

function portOf(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name]
  if (!text) return fallback
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new BreakroomError('usage', `${name} must be a port number from 0 to 65535, not "${text.slice(0, 40)}".`)
}

function urlOf(env: NodeJS.ProcessEnv, name: string, protocols: string[]): string | null {
  const text = env[name]
  if (!text) return null
  if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text
  throw new BreakroomError(
    'usage',
    `${name} must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}.`,
  )
}

/** Slack's own by default; where only a server is named, the API is under `/api/`. Tokens are sent there, so never in the open. */
function slackApiUrlOf(env: NodeJS.ProcessEnv): string {
  const name = 'BREAKROOM_SLACK_API_URL'
  const url = new URL(urlOf(env, name, ['https:', 'http:']) ?? 'https://slack.com/api/')
  if (url.protocol === 'http:' && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) {
    throw new BreakroomError('usage', `${name} must begin with https://; http:// is for this machine only.`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new BreakroomError('usage', `${name} is a plain address, without a name, a password, "?" or "#".`)
  }
  if (url.pathname === '/') url.pathname = '/api/'
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url.href
}
