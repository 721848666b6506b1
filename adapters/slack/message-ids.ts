import type { SlackIdentity } from './app/app.ts'
import { asObject } from './web/json-object.ts'

/** Under which of these a message of ours says in its metadata what it shows. */
export const lineEvent = 'breakroom_lines'
export const cardEvent = 'breakroom_card'

/** What we write into a message so that it can be recognised: envelope ids, and which part of the one line it is. */
export interface MessageNote {
  event: typeof lineEvent | typeof cardEvent
  ids: readonly string[]
  part: number
}

/** As `metadata` of a message. */
export function metadataOf({ event, ids, part }: MessageNote): Record<string, unknown> {
  return { event_type: event, event_payload: part === 0 ? { ids } : { ids, part } }
}

/** What a message of `identities` says about itself, or null. Anybody can write such metadata: who posted it is proved by Slack. */
export function noteOf(message: Record<string, unknown>, identities: readonly SlackIdentity[]): MessageNote | null {
  if (!isOurs(message, identities)) return null
  const metadata = asObject(message.metadata)
  const { ids, part } = asObject(metadata.event_payload)
  const event = [lineEvent, cardEvent].find((known) => known === metadata.event_type) as
    | MessageNote['event']
    | undefined
  if (event === undefined || !Array.isArray(ids)) return null
  return {
    event,
    ids: ids.filter((id) => typeof id === 'string'),
    part: typeof part === 'number' ? part : 0,
  }
}

export function isOurs(message: Record<string, unknown>, identities: readonly SlackIdentity[]): boolean {
  const { bot_id: bot, app_id: app, user } = message
  return identities.some(
    (ours) => bot === ours.bot || (ours.app !== null && app === ours.app) || (user !== undefined && user === ours.user),
  )
}

/** The title of the file that holds a line too long to be shown; it is how the file is found again. */
export function fileTitle(id: string): string {
  return `Whole text (${id})`
}

/** A message's id as the house knows it; several lines in one message are told apart by a number. */
export function platformId(team: string, channel: string, ts: string, index = 0): string {
  return `${team}:${channel}:${ts}${index === 0 ? '' : `#${index + 1}`}`
}

/** The channel and the time stamp in a platform id. */
export function placeOf(platformId: string): { channel: string; ts: string } {
  const [, channel = '', ts = ''] = platformId.split(':')
  return { channel, ts: ts.replace(/#\d+$/, '') }
}

/** The platform id of the whole message, of which it may be an edit or one line among several; null for what is no message. */
export function messageOf(id: string): string | null {
  const [team = ''] = id.split(':')
  const { channel, ts } = placeOf(id)
  return channel !== '' && /^\d+\.\d{6}$/.test(ts) ? platformId(team, channel, ts) : null
}
