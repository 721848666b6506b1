import { BreakroomError } from '../../../core/errors.ts'
import type { OutgoingCard, OutgoingLine, Posted } from '../../../ports/chat.ts'
import type { SlackIdentity } from '../app/app.ts'
import type { SlackNetworkOptions, SlackTiming } from '../options.ts'
import { isSlackAddress } from '../web/slack-address.ts'
import type { SlackWeb } from '../web/web.ts'
import { createAnswerUrls } from './answer-urls.ts'
import { createBackoff } from './backoff.ts'
import { createCards } from './cards.ts'
import { createDelivery } from './delivery.ts'
import { draft } from './draft.ts'
import type { DrawActions, DrawCard } from './drawing.ts'
import { createKnownPosts } from './known-posts.ts'
import { createOutbox } from './outbox.ts'
import { createPace } from './pace.ts'
import { createPlaces, type Places } from './places.ts'
import { createPrint } from './print.ts'
import { createWhispering } from './whisper.ts'

/** Everything the fleet says in one workspace. */
export interface Speech {
  /** As `post` of the port promises. */
  post(line: OutgoingLine): Promise<Posted>
  /** As `showCard` of the port promises. */
  showCard(card: OutgoingCard): Promise<string>
  /** Where an answer for this person's eyes, to what they did in that room at that time, can be sent without a token, if it is Slack's. */
  rememberAnswerUrl(user: string, room: string | null, url: string, at: Date): void
  /** As `appIn` of `Places`. */
  appIn: Places['appIn']
  /** Lines and cards that are not shown yet. */
  readonly queued: number
  /** Waits for what is under way, as long as a goodbye may take; what is not shown then is rejected with `closed`. */
  stop(): Promise<void>
}

export interface SpeechParts
  extends Pick<SlackNetworkOptions, 'apiUrl' | 'voices' | 'ringable' | 'clock' | 'sleep' | 'log' | 'metrics'> {
  /** The platform's name in the fleet. */
  network: string
  /** The house's own app. */
  hub: SlackWeb
  /** A role's own app, when it has one and it is up. */
  appOf(role: string): SlackWeb | null
  /** Who an app is, by its name; null until its token was proved. */
  identityOf(app: string): SlackIdentity | null
  /** The channel that shows a room; null until that is known, and for a room without one. */
  channelOf(room: string): string | null
  /** Resolves when every channel that can be found is known, and who our apps are, as far as Slack tells. */
  whenReady(): Promise<void>
  drawCard: DrawCard
  drawActions: DrawActions
  timing: Pick<SlackTiming, 'call' | 'postEvery' | 'retryBase' | 'retryCap' | 'goodbye'>
}

/** Nothing is sent before the first `post`. */
export function createSpeech(parts: SpeechParts): Speech {
  const { hub, voices, identityOf, clock, sleep, timing } = parts
  const ending = new AbortController()
  const { signal } = ending
  const apps = [hub.app, ...voices.flatMap(({ role, app }) => (app === null ? [] : [role]))]
  const identities = () => apps.flatMap((app) => identityOf(app) ?? [])
  const team = () => identities()[0]?.team ?? ''
  let stopping: Promise<void> | null = null

  const print = createPrint(parts.ringable)
  const shared = {
    ...parts,
    signal,
    print,
    callMs: timing.call,
    places: createPlaces({ ...parts, signal }),
    known: createKnownPosts({
      identities,
      team,
      now: clock.now,
      signal,
    }),
    pace: createPace({ everyMs: timing.postEvery, clock, sleep, signal }),
    backoff: createBackoff({ baseMs: timing.retryBase, capMs: timing.retryCap, sleep, signal }),
  }
  const urls = createAnswerUrls(clock.now)
  const outbox = createOutbox(createDelivery(shared))
  const whispers = createOutbox(createWhispering({ ...shared, urls, directly: postOpenly }))
  const cards = createCards({ ...shared, team })

  /** Roles without an app of their own, and the house, share one: among them the order is kept too. */
  function laneOf({ as, target }: OutgoingLine): string {
    const role = as.kind === 'role' && apps.includes(as.role) ? as.role : hub.app
    return JSON.stringify([role, target])
  }

  function postOpenly(line: OutgoingLine): Promise<Posted> {
    const pieces = draft(line, print)
    return pieces.length === 0 ? nothing() : outbox.post(laneOf(line), line, pieces)
  }

  return {
    post(line) {
      if (signal.aborted) return Promise.reject(stopped())
      if ('room' in line.target || line.target.aside === undefined) return postOpenly(line)
      const pieces = draft(line, print)
      return pieces.length === 0 ? nothing() : whispers.post(laneOf(line), line, pieces)
    },
    showCard: (card) => (signal.aborted ? Promise.reject(stopped()) : cards.show(card)),
    rememberAnswerUrl(user, room, url, at) {
      // Where it stands in no room of ours, the answer is a DM.
      if (room !== null && isSlackAddress(url, parts.apiUrl)) urls.remember(user, room, url, at)
    },
    appIn: shared.places.appIn,
    get queued() {
      return outbox.size + whispers.size + cards.size
    },
    stop() {
      stopping ??= stop()
      return stopping
    },
  }

  async function stop(): Promise<void> {
    ending.abort()
    const over = new AbortController()
    const rested = Promise.all([outbox.rest(), whispers.rest(), cards.rest()])
    await Promise.race([rested, sleep(timing.goodbye, over.signal)])
    over.abort()
    outbox.end()
    whispers.end()
    cards.end(stopped())
  }
}

function nothing(): Promise<Posted> {
  return Promise.resolve({ ids: [], how: 'confirmed' })
}

function stopped(): BreakroomError {
  return new BreakroomError('closed', 'The network was stopped before it was shown.')
}
