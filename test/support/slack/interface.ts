import type { SleepingClock } from '../virtual-clock.ts'
import type { AppSpec, SlackApp } from './app.ts'
import type { ChannelSpec, SlackChannel } from './channel.ts'
import type { Json, MessageAt, SlackMessage } from './message.ts'
import type { SlackUser, UserSpec } from './user.ts'

/** One call of the Web API, as it came in. */
export interface LoggedCall {
  method: string
  token: string
  args: Json
  /** On the fake's clock. */
  at: Date
  /** `ok`, or the error it was answered with; `lost` when the connection was dropped instead of an answer. */
  answer: string
}

/** What a person saw after an interaction. */
export interface Outcome {
  /** False: Slack showed the person an error of its own. */
  ok: boolean
  /** `dispatch_failed` (nobody there), `operation_timeout` (no acknowledgement in three seconds), or null. */
  error: string | null
  /** From the click to the acknowledgement, in real milliseconds. */
  ackMs: number
  /** What the acknowledgement carried, as parsed JSON; null when it was empty. */
  payload: Json | null
}

/** What a person saw after submitting a form. */
export interface Submitted extends Outcome {
  /** The form is gone. */
  closed: boolean
  /** By block id: what stands beside the fields. */
  errors: Record<string, string>
}

/** A modal or a Home tab as it is shown. */
export interface SlackView {
  id: string
  type: 'modal' | 'home'
  callback_id: string
  private_metadata: string
  hash: string
  external_id: string
  app_id: string
  blocks: Json[]
  state: { values: Record<string, Record<string, Json>> }
  [key: string]: unknown
}

export interface SayOptions {
  /** The message to answer in its thread. */
  thread?: MessageAt
  /** Show the answer in the channel too. */
  broadcast?: boolean
  /** Files dropped into the message. */
  files?: { name: string; bytes: Buffer; mimetype?: string }[]
  /** The text is already what Slack keeps (`<@U1>`, `&amp;`, `<url|label>`). */
  raw?: boolean
}

/** A post by somebody who is not one of our apps: an incoming webhook or a foreign bot, under any name it likes. */
export interface ForeignPost {
  username: string
  text: string
  icon?: string
  thread?: MessageAt
}

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'

/** One WebSocket of an app. */
export interface AppSocket {
  readonly number: number
  /** Sends `disconnect` with the reason; Slack closes the socket ten seconds later, at once for `link_disabled`. */
  disconnect(reason: DisconnectReason): void
  /** The line is cut, without a close frame. */
  cut(): void
  /** Half-open: nothing is read any more, no pong, no close; what Slack sends is lost. */
  freeze(): void
}

/** What can go wrong, on demand. `times` counts calls; every fault is over when it is used up. */
export interface Faults {
  /** Does the work, then drops the connection. */
  loseAnswer(method: string, times?: number): void
  /** Drops the connection before doing anything. */
  refuse(method: string, times?: number): void
  /** Answers with this error code (`ok: false`) and does nothing. */
  error(method: string, code: string, times?: number): void
  /** Answers HTTP 500 and does nothing. */
  serverError(method: string, times?: number): void
  /** Does the work, answers after `ms` on the clock. */
  slow(method: string, ms: number, times?: number): void
  /** Answers 429 with this Retry-After (seconds); for one channel only when one is given. */
  rateLimit(method: string, retryAfter: number, times?: number, channel?: SlackChannel): void
  /** Off: only what `rateLimit` orders is refused. On at the start. */
  rateLimits(on: boolean): void
  /** Every call is a 500, sockets are cut and refused. `replay: false`: what happened meanwhile is never delivered. */
  down(options?: { replay?: boolean }): void
  up(): void
  /** Whether apps receive events for their own messages. On at the start, as with real apps. */
  ownEcho(on: boolean): void
  /**
   * On: Slack answers a close frame and leaves the TCP connection to the client, as release notes of the SDK say it does, so that
   * the SDK's `disconnect()` takes seconds. Off at the start; counts for sockets opened from then on.
   */
  lingeringSockets(on: boolean): void
  /** Events overtake each other: nothing promises their order. Off at the start. */
  outOfOrder(on: boolean): void
  /** Everything the app was told so far comes once more as a retry, last first, though it was acknowledged. */
  redeliver(app: SlackApp): void
  /** How the parent of a thread is reported when somebody answers. `untyped` is the known bug of the Events API. */
  parentUpdates(how: 'typed' | 'untyped' | 'none'): void
  /** All tokens of the app answer with this error; its sockets get `link_disabled`. */
  revoke(app: SlackApp, error?: 'token_revoked' | 'account_inactive' | 'invalid_auth'): void
  restore(app: SlackApp): void
  /** The app is told that it is over 30,000 events an hour: a payload without an inner event. */
  appRateLimited(app: SlackApp): void
}

/** A request to an app's request URL, as Slack or somebody else would send it. */
export interface ForgedRequest {
  body: string
  contentType?: string
  /** Instead of the app's own. */
  secret?: string
  /** Seconds since 1970; now by default. */
  timestamp?: number
  /** Instead of a computed one; null leaves the header out. */
  signature?: string | null
}

/** One workspace of Slack, its server side only. Real SDKs run against `url`. */
export interface FakeSlack extends AsyncDisposable {
  /** Base of the Web API, ends in `/api/`: the SDKs' `slackApiUrl`. */
  readonly url: string
  readonly team: { readonly id: string; readonly name: string; readonly domain: string }
  readonly clock: SleepingClock
  readonly calls: LoggedCall[]
  readonly faults: Faults
  /** For `apps.manifest.*`: the owner's, `xoxe.xoxp-...`. */
  readonly configurationToken: string

  app(spec: AppSpec): SlackApp
  user(spec: UserSpec | string): SlackUser
  channel(spec: ChannelSpec | string): SlackChannel
  /** The owner clicked "Install" on an app that `apps.manifest.create` made, and made an app-level token. */
  install(appId: string): SlackApp
  /** The app's open sockets, oldest first. */
  sockets(app: SlackApp): AppSocket[]

  /** Types into a channel: `@name`, `#name`, `@here`, links and `[label](url)` become what Slack makes of them. */
  say(user: SlackUser, channel: SlackChannel, text: string, options?: SayOptions): SlackMessage
  dm(user: SlackUser, app: SlackApp, text: string, options?: SayOptions): SlackMessage
  edit(message: MessageAt, text: string): SlackMessage
  delete(message: MessageAt): void
  react(user: SlackUser, message: MessageAt, name: string): void
  unreact(user: SlackUser, message: MessageAt, name: string): void
  /** Slack adds a preview to a message: a `message_changed` without `edited`. */
  unfurl(message: MessageAt, url: string): void
  post(channel: SlackChannel, post: ForeignPost): SlackMessage
  join(member: SlackUser | SlackApp, channel: SlackChannel): void
  leave(member: SlackUser | SlackApp, channel: SlackChannel): void
  /** Changes a profile; every app that listens is told. */
  changeUser(user: SlackUser, change: { realName?: string; deactivated?: boolean }): void
  slash(user: SlackUser, channel: SlackChannel, command: string, text?: string): Promise<Outcome>
  /** Presses a button, or picks `value` in a menu, in a message, a Home tab or a modal. */
  press(user: SlackUser, where: MessageAt | SlackView, actionId: string, value?: string): Promise<Outcome>
  /** Fills in a form by block id and submits it. */
  submit(user: SlackUser, view: SlackView, values?: Record<string, string | string[] | null>): Promise<Submitted>
  /** Closes a form with its cross. */
  dismiss(user: SlackUser, view: SlackView): Promise<Outcome>
  /** A message shortcut, or a global one when no message is given. */
  shortcut(user: SlackUser, message: MessageAt | null, callbackId: string, app?: SlackApp): Promise<Outcome>
  /** Hands any interaction payload to an app, also one that no client of Slack would send. */
  interact(app: SlackApp, payload: Json): Promise<Outcome>
  openHome(user: SlackUser, app: SlackApp, tab?: 'home' | 'messages'): void

  /** What everybody in the channel sees, oldest first, without answers in threads and without Slack's own lines about joins. */
  messages(channel: SlackChannel): SlackMessage[]
  /** A thread with its parent first. */
  thread(message: MessageAt): SlackMessage[]
  /** What only this person sees there. */
  ephemerals(user: SlackUser, channel: SlackChannel): SlackMessage[]
  /** The conversation between a person and an app's bot. */
  dmChannel(user: SlackUser, app: SlackApp): SlackChannel
  home(user: SlackUser, app: SlackApp): SlackView | null
  /** The form on top, if one is open. */
  openView(user: SlackUser): SlackView | null
  files(channel: SlackChannel): { id: string; name: string; bytes: Buffer }[]

  /** Sends any request to an app's request URL and resolves with its HTTP status and body. */
  request(app: SlackApp, request: ForgedRequest): Promise<{ status: number; body: string }>
  /** What "Save" on the Event Subscriptions page does: true when the app answered the challenge. */
  verifyUrl(app: SlackApp): Promise<boolean>
}
