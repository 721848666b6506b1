import type { SlackApp } from './app.ts'
import type { SlackMessage } from './message.ts'
import type { SlackUser } from './user.ts'

export interface ChannelSpec {
  name: string
  /** Who is in it from the start, without an event for anybody. */
  members?: (SlackUser | SlackApp)[]
  private?: boolean
  /** Shared with another organisation through Slack Connect. */
  shared?: boolean
  archived?: boolean
}

/** A conversation of any kind. */
export interface SlackChannel {
  readonly id: string
  readonly name: string
  readonly kind: 'public' | 'private' | 'im' | 'mpim'
  /** User ids, bots' too. */
  readonly members: Set<string>
  readonly shared: boolean
  archived: boolean
  /** Everything said, replies too, oldest first. */
  readonly messages: SlackMessage[]
}

export function memberId(member: SlackUser | SlackApp): string {
  return 'botUserId' in member ? member.botUserId : member.id
}
