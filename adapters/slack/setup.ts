import { z } from 'zod'
import type { SlackManifest } from './manifest.ts'
import { createSetupCall, refusedWith } from './setup-call.ts'

/** Who a bot token speaks as, and what for. */
export interface SlackBot {
  team: string
  teamName: string
  /** The user id of the bot, and its name. */
  user: string
  name: string
  /** The app it belongs to; null when Slack does not tell. */
  app: string | null
  /** What the token was granted; null when Slack does not tell. */
  scopes: string[] | null
}

export interface SlackMember {
  id: string
  name: string
}

export interface SlackChannel {
  id: string
  name: string
  private: boolean
  /** Whether the app is in it. */
  joined: boolean
}

/**
 * The calls that set-up and doctor make. None is tried twice. They reject with `refused` (`detail.error` is Slack's word, `detail.errors` what is
 * wrong with a manifest), or `unavailable` when Slack cannot be asked.
 */
export interface SlackSetup {
  identify(botToken: string): Promise<SlackBot>
  /** Resolves when Slack would open a socket for this app-level token. */
  openConnection(appToken: string): Promise<void>
  /** Checks a manifest and makes an app of it; `signingSecret` is null when Slack does not tell. */
  createApp(configurationToken: string, manifest: SlackManifest): Promise<{ app: string; signingSecret: string | null }>
  /** The member with this e-mail address; null when there is none. */
  memberByEmail(botToken: string, email: string): Promise<SlackMember | null>
  /** Channels by what was asked for, an id or `#name`; what is not there, or hidden from the app, is missing. */
  channels(botToken: string, wanted: string[]): Promise<Map<string, SlackChannel>>
  join(botToken: string, channel: string): Promise<void>
}

/** `apiUrl` ends in a slash; `timeoutMs` is for each call. */
export function createSlackSetup({ apiUrl, timeoutMs = 10_000 }: { apiUrl: string; timeoutMs?: number }): SlackSetup {
  const call = createSetupCall({ apiUrl, timeoutMs })

  return {
    async identify(botToken) {
      const { data, scopes } = await call(botToken, 'auth.test', identity)
      const app = data.bot_id === undefined ? null : await appOf(botToken, data.bot_id)
      return { team: data.team_id, teamName: data.team, user: data.user_id, name: data.user, app, scopes }
    },

    async openConnection(appToken) {
      await call(appToken, 'apps.connections.open', z.looseObject({ url: z.string() }))
    },

    async createApp(configurationToken, manifest) {
      const written = { manifest: JSON.stringify(manifest) }
      await call(configurationToken, 'apps.manifest.validate', z.looseObject({}), written)
      const { data } = await call(configurationToken, 'apps.manifest.create', created, written)
      return { app: data.app_id, signingSecret: data.credentials?.signing_secret ?? null }
    },

    async memberByEmail(botToken, email) {
      try {
        const { data } = await call(botToken, 'users.lookupByEmail', z.looseObject({ user: member }), { email })
        return { id: data.user.id, name: data.user.real_name ?? data.user.name }
      } catch (error) {
        if (refusedWith(error, 'users_not_found')) return null
        throw error
      }
    },

    async channels(botToken, wanted) {
      const found = new Map<string, SlackChannel>()
      for (const id of wanted.filter((one) => !one.startsWith('#'))) {
        const channel = await channelById(botToken, id)
        if (channel !== null) found.set(id, channel)
      }
      const names = new Set(wanted.filter((one) => one.startsWith('#')))
      for (let cursor: string | null = ''; cursor !== null && names.size > 0; ) {
        const page = await listPage(botToken, cursor)
        for (const channel of page.channels) {
          if (names.delete(`#${channel.name}`)) found.set(`#${channel.name}`, channel)
        }
        cursor = page.next
      }
      return found
    },

    async join(botToken, channel) {
      await call(botToken, 'conversations.join', z.looseObject({}), { channel })
    },
  }

  /** Null also where the app may not ask: it is one sign more, not needed. */
  async function appOf(botToken: string, bot: string): Promise<string | null> {
    try {
      const { data } = await call(
        botToken,
        'bots.info',
        z.looseObject({ bot: z.looseObject({ app_id: z.string() }) }),
        { bot },
      )
      return data.bot.app_id
    } catch {
      return null
    }
  }

  async function channelById(botToken: string, channel: string): Promise<SlackChannel | null> {
    try {
      const { data } = await call(botToken, 'conversations.info', z.looseObject({ channel: conversation }), { channel })
      return channelOf(data.channel)
    } catch (error) {
      if (refusedWith(error, 'channel_not_found')) return null
      throw error
    }
  }

  async function listPage(
    botToken: string,
    cursor: string,
  ): Promise<{ channels: SlackChannel[]; next: string | null }> {
    const types = 'public_channel,private_channel'
    const args = { types, exclude_archived: true, limit: 1000, ...(cursor === '' ? {} : { cursor }) }
    const { data } = await call(botToken, 'conversations.list', listed, args)
    return { channels: data.channels.map(channelOf), next: data.response_metadata?.next_cursor || null }
  }
}

const identity = z.looseObject({
  team_id: z.string(),
  team: z.string(),
  user_id: z.string(),
  user: z.string(),
  bot_id: z.string().optional(),
})
const created = z.looseObject({
  app_id: z.string(),
  credentials: z.looseObject({ signing_secret: z.string().optional() }).optional(),
})
const member = z.looseObject({ id: z.string(), name: z.string(), real_name: z.string().optional() })
const conversation = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_private: z.boolean().optional(),
  is_member: z.boolean().optional(),
})
const listed = z.looseObject({
  channels: z.array(conversation),
  response_metadata: z.looseObject({ next_cursor: z.string().optional() }).optional(),
})

function channelOf({ id, name, is_private, is_member }: z.infer<typeof conversation>): SlackChannel {
  return { id, name, private: is_private === true, joined: is_member === true }
}
