import type { SlackApp } from '../app.ts'
import type { SlackChannel } from '../channel.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'
import { eventScopes } from './event-scopes.ts'

const messageEvents = { public: 'message.channels', private: 'message.groups', im: 'message.im', mpim: 'message.mpim' }

/**
 * Hands an event to every app that subscribed to it, has its scope and is where it happened. Follows docs.slack.dev "The Events API" (callback field
 * overview): each app gets a payload, and an event id, of its own.
 */
export function publish(
  world: World,
  subscription: string,
  event: Json,
  options: { channel?: SlackChannel; only?: SlackApp; author?: string | undefined } = {},
): void {
  for (const app of world.apps.values()) {
    if (options.only !== undefined && app !== options.only) continue
    if (!app.events.has(subscription) || app.tokenState !== 'good' || app.teamId !== world.team.id) continue
    const scope = eventScopes[subscription] ?? null
    if (scope !== null && !app.scopes.has(scope)) continue
    if (options.channel !== undefined && !options.channel.members.has(app.botUserId)) continue
    if (options.author === app.appId && !world.faults.ownEcho) continue
    world.deliver.event(app, callback(world, app, event, options.channel))
  }
}

/** Hands an event about a message to the apps in its channel. Follows docs.slack.dev "message event". */
export function publishMessage(world: World, channel: SlackChannel, event: Json, author: string | undefined): void {
  const timed = { event_ts: event.ts, ...event, channel: channel.id, channel_type: channelType(channel) }
  publish(world, messageEvents[channel.kind], timed, { channel, author })
}

export function channelType(channel: SlackChannel): string {
  return { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' }[channel.kind]
}

function callback(world: World, app: SlackApp, event: Json, channel: SlackChannel | undefined): Json {
  return {
    token: app.verificationToken,
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: null,
    api_app_id: app.appId,
    event: app.scopes.has('metadata.message:read') ? event : withoutMetadata(event),
    type: 'event_callback',
    event_id: world.ids.next('Ev'),
    event_time: Math.floor(world.clock.now().getTime() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.team.id,
        user_id: app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.shared ?? false,
    event_context: `4-fake-${app.appId}`,
  }
}

function withoutMetadata({ metadata, ...event }: Json): Json {
  return event
}
