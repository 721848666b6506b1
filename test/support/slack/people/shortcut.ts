// Follows docs.slack.dev "Implementing shortcuts" and "message_action payload".
import type { SlackApp } from '../app.ts'
import type { Outcome } from '../interface.ts'
import type { MessageAt } from '../message.ts'
import { shown } from '../thread.ts'
import type { SlackUser } from '../user.ts'
import { channelOf, messageAt, type World } from '../world.ts'
import { interact, interactionHead } from './interaction.ts'

/** Picks a shortcut from a message's menu, or from the global one. */
export function shortcut(
  world: World,
  user: SlackUser,
  at: MessageAt | null,
  callbackId: string,
  app = appWith(world, callbackId),
): Promise<Outcome> {
  const head = { ...interactionHead(world, user, app), callback_id: callbackId }
  if (at === null) return interact(world, app, 'interactive', { type: 'shortcut', ...head })
  const channel = channelOf(world, at.channel)
  const target = { appId: app.appId, userId: user.id, channelId: channel.id, messageTs: at.ts }
  return interact(world, app, 'interactive', {
    type: 'message_action',
    ...head,
    channel: { id: channel.id, name: channel.name },
    message_ts: at.ts,
    message: shown(channel, messageAt(world, at)),
    response_url: `${world.origin}${world.responseUrls.give(target)}`,
  })
}

function appWith(world: World, callbackId: string): SlackApp {
  const app = [...world.apps.values()].find((app) => app.shortcuts.has(callbackId))
  if (app === undefined) throw new Error(`No app of the fake Slack has the shortcut ${callbackId}`)
  return app
}
