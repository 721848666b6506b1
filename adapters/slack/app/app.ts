import type { WebRequest, WebResponse } from '../../../ports/web-request.ts'
import type { SlackWeb } from '../web/web.ts'

/** Who an app is, as `auth.test` proves it. */
export interface SlackIdentity {
  team: string
  /** The user id of its bot: what people mention. */
  user: string
  /** The bot id, on its messages. */
  bot: string
  /** The app id, on its messages; null when it could not be learned. */
  app: string | null
}

/** An event as Slack hands it over: the `event_callback` body. Untrusted data. */
export interface SlackEventBody {
  team_id?: string
  api_app_id?: string
  event_id?: string
  event: Record<string, unknown> & { type: string }
  /** Which delivery it is: 0 for the first. */
  retry: number
}

/** A slash command, a press, a form or a shortcut, as Slack hands it over, and the way to tell Slack that it was taken. */
export interface SlackInteraction {
  body: Record<string, unknown>
  /** Answers Slack, once; with what the kind of interaction allows (`response_action`, a text). */
  ack(response?: unknown): Promise<void>
}

export interface SlackAppHandlers {
  /** Slack is told that it was taken when this resolves; when it rejects, Slack brings it again. */
  onEvent(app: string, body: SlackEventBody): Promise<void>
  onInteraction(app: string, interaction: SlackInteraction): Promise<void>
  /** It can be heard again, or no longer; `since` is when it was last heard for certain, null at the first time. */
  onUp(app: string, identity: SlackIdentity, since: Date | null): void
  /** `final` when no further try will help: a token that was revoked. It is tried again all the same, rarely. */
  onDown(app: string, reason: string, final: boolean): void
  /**
   * It is up, but nothing came to its address for `timing.requestSilence`: nobody spoke, or requests are lost. Told again after each more; not
   * before it resolved. `since` is when something last came in, or it was last told.
   */
  onSilence?(app: string, since: Date): Promise<void>
}

/** One app of ours: its tokens, its sockets or its address. */
export interface SlackApp {
  readonly name: string
  readonly web: SlackWeb
  /** Null until its token was proved. */
  readonly identity: SlackIdentity | null
  readonly up: boolean
  /** Connects in the background and stays connected until `stop`, whatever happens. */
  start(handlers: SlackAppHandlers): void
  /** For HTTP mode. Answers 401 without detail to whatever Slack did not sign. */
  receive(request: WebRequest): Promise<WebResponse>
  /** Takes nothing more, waits for what is under way, closes. */
  stop(): Promise<void>
}
