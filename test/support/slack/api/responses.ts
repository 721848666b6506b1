// Follows docs.slack.dev "Handling user interaction" (message responses, `response_url`).
import type { ServerResponse } from 'node:http'
import { append, change, remove } from '../conversation.ts'
import type { Json, SlackMessage } from '../message.ts'
import type { ResponseTarget } from '../response-url.ts'
import { channelOf, pairKey, type World } from '../world.ts'
import { flag, text } from './args.ts'
import { addEphemeral, authorship } from './chat.ts'
import { messageContent } from './message-content.ts'
import { Refusal } from './refusal.ts'

/** Answers a request to a `response_url`. */
export function serveResponseUrl(world: World, path: string, body: Buffer, response: ServerResponse): void {
  const target = world.responseUrls.use(path)
  if (typeof target === 'string') {
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false, error: target }))
    return
  }
  try {
    const args = JSON.parse(body.toString()) as Json
    const content = flag(args, 'delete_original') ? { text: '' } : messageContent(args, world.ids.uuid())
    showResponse(world, target, args, content)
    response.writeHead(200).end('ok')
  } catch (error) {
    const code = error instanceof Refusal ? error.code : 'invalid_payload'
    response.writeHead(400).end(code)
  }
}

/** Shows what an app answered: to the one person unless it says `in_channel`, in place of the original when it says so. */
export function showResponse(
  world: World,
  target: ResponseTarget,
  args: Json,
  content: Pick<SlackMessage, 'text' | 'blocks'>,
): void {
  const channel = channelOf(world, target.channelId)
  const app = world.apps.get(target.appId)
  if (app === undefined) return
  const original = channel.messages.find((message) => message.ts === target.messageTs)
  const key = pairKey(target.userId, channel.id)
  const asides = world.ephemerals.get(key) ?? []
  const aside = asides.find((message) => message.ts === target.messageTs)
  if (flag(args, 'delete_original')) {
    if (original !== undefined) remove(world, channel, original)
    world.ephemerals.set(
      key,
      asides.filter((message) => message !== aside),
    )
    return
  }
  if (flag(args, 'replace_original') && original !== undefined) {
    change(world, channel, original, content, app.botUserId)
    return
  }
  if (flag(args, 'replace_original') && aside !== undefined) {
    Object.assign(aside, content)
    return
  }
  const thread = text(args, 'thread_ts')
  const message: SlackMessage = {
    type: 'message',
    channel: channel.id,
    ts: world.ids.ts(),
    ...content,
    ...authorship(app, {}),
    ...(thread === undefined ? {} : { thread_ts: thread }),
  }
  if (args.response_type === 'in_channel') append(world, channel, message)
  else addEphemeral(world, target.userId, { ...message, is_ephemeral: true })
}
