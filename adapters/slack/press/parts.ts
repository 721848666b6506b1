import type { ChatHandlers, Speaker } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import type { SlackNetworkOptions, SlackTiming } from '../options.ts'
import type { SlackWeb } from '../web/web.ts'

/** What commands, presses, forms and the home page work with. */
export interface PressParts
  extends Pick<SlackNetworkOptions, 'form' | 'rooms' | 'voices' | 'clock' | 'sleep' | 'newId' | 'log' | 'metrics'> {
  /** The platform's name in the fleet. */
  network: string
  /** Of the house's own app: forms and the home page are its own. */
  web: SlackWeb
  /** Who the house's own app is; null until its token was proved. */
  identity(): SlackIdentity | null
  /** Channel id -> fleet room, or null. */
  roomOf(channel: string): string | null
  /** Rejects with `unavailable` while Slack does not tell. */
  personOf(user: string, team: string): Promise<Speaker>
  handlers(): ChatHandlers
  /** Where an answer for this person's eyes, to what they just did, can be sent without a token. */
  rememberAnswerUrl(user: string, room: string | null, url: string, at: Date): void
  timing: Pick<SlackTiming, 'accept' | 'goodbye'>
}
