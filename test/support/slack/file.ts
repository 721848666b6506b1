import type { Json } from './message.ts'
import type { World } from './world.ts'

/** A file in the workspace; messages only point at it. */
export interface StoredFile {
  id: string
  name: string
  title: string
  mimetype: string
  user: string
  bytes: Buffer
  /** Announced by `files.getUploadURLExternal`: how many bytes are to come; null when they are all here. */
  awaited: number | null
  /** Where it has been shared. */
  channels: Set<string>
  createdAt: number
}

export function addFile(
  world: World,
  file: Pick<StoredFile, 'name' | 'user' | 'bytes' | 'awaited'> & { mimetype?: string },
): StoredFile {
  const added: StoredFile = {
    id: world.ids.next('F'),
    title: file.name,
    mimetype: 'text/plain',
    channels: new Set(),
    createdAt: Math.floor(world.clock.now().getTime() / 1000),
    ...file,
  }
  world.files.set(added.id, added)
  return added
}

/** The reference that messages carry. Follows docs.slack.dev "File object". */
export function fileObject(world: World, file: StoredFile): Json {
  return {
    id: file.id,
    created: file.createdAt,
    timestamp: file.createdAt,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: file.name.split('.').at(-1),
    user: file.user,
    size: file.bytes.length,
    mode: 'hosted',
    is_external: false,
    is_public: true,
    url_private: `${world.origin}/files-pri/${file.id}/${encodeURIComponent(file.name)}`,
    url_private_download: `${world.origin}/files-pri/${file.id}/download/${encodeURIComponent(file.name)}`,
    permalink: `https://${world.team.domain}.slack.com/files/${file.user}/${file.id}`,
    file_access: 'visible',
  }
}
