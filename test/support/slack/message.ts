/** A JSON object as it goes over the wire. */
export type Json = { [key: string]: unknown }

/** A message as Slack keeps it. Fields have their names on the wire; see docs.slack.dev "message event". */
export interface SlackMessage {
  type: 'message'
  channel: string
  ts: string
  text: string
  subtype?: string
  user?: string
  bot_id?: string
  app_id?: string
  bot_profile?: Json
  username?: string
  icons?: Json
  team?: string
  user_team?: string
  source_team?: string
  client_msg_id?: string
  thread_ts?: string
  blocks?: Json[]
  attachments?: Json[]
  metadata?: { event_type: string; event_payload: Json }
  edited?: { user: string; ts: string }
  reactions?: { name: string; users: string[]; count: number }[]
  files?: Json[]
  hidden?: boolean
  inviter?: string
  is_ephemeral?: boolean
  /** What the sender asked about link previews; not shown to readers. */
  unfurl?: { links: boolean; media: boolean }
}

/** Where a message stands: enough to edit, press or answer it. */
export interface MessageAt {
  channel: string
  ts: string
}
