import { makeTaskShortcut, slashCommand } from './draw/ids.ts'
import { agentScope, hubScopes, roleScopes } from './scopes.ts'

/** The part of Slack's app manifest that we write. Follows docs.slack.dev "App manifest reference". */
export interface SlackManifest {
  display_information: { name: string; description: string; background_color: string }
  features: {
    bot_user: { display_name: string; always_online: boolean }
    app_home: { home_tab_enabled: boolean; messages_tab_enabled: boolean; messages_tab_read_only_enabled: boolean }
    agent_view?: { agent_description: string; suggested_prompts: { title: string; message: string }[] }
    slash_commands?: {
      command: string
      description: string
      usage_hint: string
      should_escape: boolean
      url?: string
    }[]
    shortcuts?: { type: 'message'; name: string; callback_id: string; description: string }[]
  }
  oauth_config: { scopes: { bot: string[] } }
  settings: {
    event_subscriptions: { bot_events: string[]; request_url?: string }
    interactivity: { is_enabled: boolean; request_url?: string }
    org_deploy_enabled: boolean
    socket_mode_enabled: boolean
    token_rotation_enabled: boolean
  }
}

const hubEvents = [
  'app_home_opened',
  'app_mention',
  'member_joined_channel',
  'message.channels',
  'message.groups',
  'message.im',
  'reaction_added',
  'reaction_removed',
  'team_join',
  'user_change',
]

/** The manifest of the house's own app. `requestUrl` is where Slack reaches it in HTTP mode, null for Socket Mode. */
export function hubManifest(requestUrl: string | null): SlackManifest {
  return {
    display_information: {
      name: 'Breakroom',
      description: 'The room where the team and its agents work. Agents are AI, and can be wrong.',
      background_color: '#2f3e46',
    },
    features: {
      bot_user: { display_name: 'breakroom', always_online: true },
      app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
      agent_view: {
        agent_description: 'Ask it who is here and what is being done, or hand work to a role: /br assign',
        suggested_prompts: [
          { title: 'Who is here?', message: 'agents' },
          { title: 'What is being done?', message: 'tasks' },
          { title: 'Is all well?', message: 'status' },
          { title: 'What can I say?', message: 'help' },
        ],
      },
      slash_commands: [
        {
          command: slashCommand,
          description: 'Assign work, see tasks, stop a role',
          usage_hint: 'assign cto "Limit the gateway" accept: 429 after 100 a minute | tasks | status | help',
          // As it was typed: escaping would rewrite links, names and "<" inside quoted titles and checks, and roles go by name.
          should_escape: false,
          ...withUrl('url', requestUrl),
        },
      ],
      shortcuts: [
        {
          type: 'message',
          name: 'Make this a task',
          callback_id: makeTaskShortcut,
          description: 'Opens the form for a task with this message in it',
        },
      ],
    },
    oauth_config: { scopes: { bot: [...hubScopes, agentScope] } },
    settings: reachedBy(hubEvents, requestUrl),
  }
}

/** The manifest of a role's own app, which people mention and write to directly. `nick` is the name that they see. */
export function roleManifest(role: { nick: string; mission: string }, requestUrl: string | null): SlackManifest {
  return {
    display_information: {
      name: cut(role.nick, nameLimit),
      description: cut(role.mission.replace(/\s+/g, ' ').trim(), 140),
      background_color: '#2f3e46',
    },
    features: {
      bot_user: { display_name: role.nick.toLowerCase().replace(/[^a-z0-9._-]/g, '-'), always_online: true },
      app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
    },
    oauth_config: { scopes: { bot: [...roleScopes] } },
    settings: reachedBy(['app_mention', 'message.im'], requestUrl),
  }
}

/** Where Slack reaches an app in HTTP mode: `app` is `breakroom` or a role, `base` the address of BREAKROOM_HTTP_PORT from outside. */
export function requestUrlOf(base: string, platform: string, app: string): string {
  return `${base.replace(/\/+$/, '')}/slack/${platform}/${app}`
}

/** A page of Slack's that makes an app from this manifest. */
export function manifestLink(appsPage: string, manifest: SlackManifest): string {
  return `${appsPage}?new_app=1&manifest_json=${encodeURIComponent(JSON.stringify(manifest))}`
}

const nameLimit = 35

/** Buttons come to the app that said the line they are on, so every app takes them. */
function reachedBy(events: string[], requestUrl: string | null): SlackManifest['settings'] {
  return {
    event_subscriptions: { bot_events: events, ...withUrl('request_url', requestUrl) },
    interactivity: { is_enabled: true, ...withUrl('request_url', requestUrl) },
    org_deploy_enabled: false,
    socket_mode_enabled: requestUrl === null,
    token_rotation_enabled: false,
  }
}

function withUrl<K extends string>(key: K, url: string | null): { [_ in K]?: string } {
  return (url === null ? {} : { [key]: url }) as { [_ in K]?: string }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
