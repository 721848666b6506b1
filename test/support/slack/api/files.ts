// Follows docs.slack.dev "files.getUploadURLExternal", "files.completeUploadExternal", "files.info" and "Working with files".
import { append } from '../conversation.ts'
import { addFile, fileObject, type StoredFile } from '../file.ts'
import type { Json } from '../message.ts'
import { richTextBlocks } from '../rich-text.ts'
import type { World } from '../world.ts'
import { needed, structure, text } from './args.ts'
import { authorship } from './chat.ts'
import { visibleChannel } from './conversation-access.ts'
import type { Call, Method } from './method.ts'
import { Refusal } from './refusal.ts'

export const filesGetUploadURLExternal: Method = ({ world, caller, args }) => {
  const name = needed(args, 'filename')
  const length = Number(needed(args, 'length'))
  if (!Number.isInteger(length) || length <= 0) throw new Refusal('invalid_arguments')
  const file = addFile(world, { name, user: caller.app.botUserId, bytes: Buffer.alloc(0), awaited: length })
  return { upload_url: `${world.origin}/upload/${file.id}`, file_id: file.id }
}

/** Takes the bytes that were announced; false when they are not as many. */
export function receiveUpload(world: World, id: string, bytes: Buffer): boolean {
  const file = world.files.get(id)
  if (file === undefined || file.awaited !== bytes.length) return false
  file.bytes = bytes
  file.awaited = null
  return true
}

export const filesCompleteUploadExternal: Method = (call) => {
  const { world, caller, args } = call
  const given = structure(args, 'files', 'invalid_arguments')
  if (!Array.isArray(given) || given.length === 0) throw new Refusal('invalid_arguments')
  const files = given.map(({ id, title }: { id: string; title?: string }) => uploaded(call, id, title))
  if (text(args, 'channel_id') !== undefined) share(call, files)
  return {
    files: files.map((file) =>
      caller.app.scopes.has('files:read') ? fileObject(world, file) : { id: file.id, title: file.title },
    ),
  }
}

export const filesInfo: Method = ({ world, args }) => {
  const file = world.files.get(needed(args, 'file', 'file_not_found'))
  if (file === undefined) throw new Refusal('file_not_found')
  return { file: fileObject(world, file) }
}

function uploaded({ world, caller }: Call, id: string, title: string | undefined): StoredFile {
  const file = world.files.get(id)
  if (file === undefined || file.user !== caller.app.botUserId || file.awaited !== null)
    throw new Refusal('file_not_found')
  if (title !== undefined) file.title = title
  return file
}

function share(call: Call, files: StoredFile[]): void {
  const { world, caller, args } = call
  const channel = visibleChannel({ ...call, args: { channel: args.channel_id } as Json })
  if (!channel.members.has(caller.app.botUserId)) throw new Refusal('not_in_channel')
  const words = text(args, 'initial_comment') ?? ''
  const thread = text(args, 'thread_ts')
  for (const file of files) file.channels.add(channel.id)
  append(world, channel, {
    type: 'message',
    channel: channel.id,
    ts: world.ids.ts(),
    text: words,
    ...authorship(caller.app, {}),
    subtype: 'file_share',
    ...(words === '' ? {} : { blocks: richTextBlocks(words, world.ids.uuid()) }),
    ...(thread === undefined ? {} : { thread_ts: thread }),
    files: files.map((file) => fileObject(world, file)),
  })
}
