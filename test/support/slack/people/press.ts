// Follows docs.slack.dev "block_actions payload".
import { interactiveElements } from '../block-ids.ts'
import type { Outcome, SlackView } from '../interface.ts'
import type { Json, MessageAt, SlackMessage } from '../message.ts'
import { shown } from '../thread.ts'
import type { SlackUser } from '../user.ts'
import { channelOf, pairKey, type World } from '../world.ts'
import { chosen } from './form-state.ts'
import { installedApp, interact, interactionHead } from './interaction.ts'

/** Presses a button or picks something, in a message, a modal or the Home tab. */
export function press(
  world: World,
  user: SlackUser,
  where: MessageAt | SlackView,
  actionId: string,
  value: string | undefined,
): Promise<Outcome> {
  return 'hash' in where
    ? pressInView(world, user, where, actionId, value)
    : pressInMessage(world, user, where, actionId, value)
}

function pressInMessage(
  world: World,
  user: SlackUser,
  at: MessageAt,
  actionId: string,
  value: string | undefined,
): Promise<Outcome> {
  const channel = channelOf(world, at.channel)
  const asides = world.ephemerals.get(pairKey(user.id, channel.id)) ?? []
  const message = [...channel.messages, ...asides].find(({ ts }) => ts === at.ts)
  if (message === undefined) throw new Error(`${user.name} sees no message ${at.ts} in #${channel.name}`)
  const app = installedApp(world, message.app_id)
  const target = { appId: app.appId, userId: user.id, channelId: channel.id, messageTs: message.ts }
  return interact(world, app, 'interactive', {
    type: 'block_actions',
    ...interactionHead(world, user, app),
    container: container(message),
    channel: { id: channel.id, name: channel.kind === 'im' ? 'directmessage' : channel.name },
    message: shown(channel, message),
    state: { values: {} },
    response_url: `${world.origin}${world.responseUrls.give(target)}`,
    actions: [action(world, message.blocks ?? [], actionId, value)],
  })
}

function pressInView(
  world: World,
  user: SlackUser,
  view: SlackView,
  actionId: string,
  value: string | undefined,
): Promise<Outcome> {
  const app = installedApp(world, view.app_id)
  return interact(world, app, 'interactive', {
    type: 'block_actions',
    ...interactionHead(world, user, app),
    container: { type: 'view', view_id: view.id },
    view,
    actions: [action(world, view.blocks, actionId, value)],
  })
}

function container(message: SlackMessage): Json {
  return {
    type: 'message',
    message_ts: message.ts,
    channel_id: message.channel,
    is_ephemeral: message.is_ephemeral ?? false,
    ...(message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts }),
  }
}

// Several buttons may share an action id in different blocks; the value tells them apart.
function action(world: World, blocks: Json[], actionId: string, value: string | undefined): Json {
  const named = interactiveElements(blocks).filter(({ element }) => element.action_id === actionId)
  const found = named.find(({ element }) => element.type !== 'button' || value === undefined || element.value === value)
  if (found === undefined) {
    const there = interactiveElements(blocks).map(({ element }) => String(element.action_id))
    throw new Error(
      `There is no ${actionId}${value === undefined ? '' : ` with ${value}`} to press; there is ${there.join(', ') || 'nothing'}`,
    )
  }
  const { block, element } = found
  const head = { type: element.type, action_id: actionId, block_id: block.block_id, action_ts: world.ids.ts() }
  if (element.type !== 'button') return { ...head, ...chosen(element, value ?? null) }
  const { text, value: own, style, url } = element
  return {
    ...head,
    text,
    ...(own === undefined ? {} : { value: own }),
    ...(style ? { style } : {}),
    ...(url ? { url } : {}),
  }
}
