import type { ChatHandlers } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import { isOurs } from '../message-ids.ts'
import { hubApp } from '../options.ts'

/** What our apps say in rooms, as Slack shows it to the house's own app. */
export interface OwnLines {
  /** A message event that is nobody else's line. Tells of it when one of our apps said it just now. */
  saw(app: string, event: Record<string, unknown>): void
  /** Whether Slack was seen to show the house's app what that app itself had posted. Nothing promises it. */
  readonly hubHearsItself: boolean
}

export function createOwnLines(parts: {
  network: string
  identityOf(app: string): SlackIdentity | null
  identities(): SlackIdentity[]
  roomOf(channel: string): string | null
  handlers(): ChatHandlers
  now(): Date
}): OwnLines {
  const { network, identityOf, identities, roomOf, handlers, now } = parts
  let hubHearsItself = false

  return {
    saw(app, event) {
      const { type, subtype, channel, text, message } = event
      // What has a message inside tells of one that was there before.
      const isSaid = type === 'message' && (!subtype || subtype === 'bot_message') && !message
      if (app !== hubApp || !isSaid || !isOurs(event, identities())) return
      const hub = identityOf(hubApp)
      hubHearsItself ||= hub !== null && isOurs(event, [hub])
      const room = typeof channel === 'string' ? roomOf(channel) : null
      if (room !== null) handlers().onOwn?.({ network, room, text: typeof text === 'string' ? text : '', at: now() })
    },
    get hubHearsItself() {
      return hubHearsItself
    },
  }
}
