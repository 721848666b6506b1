import { isObject } from '../web/json-object.ts'
import type { SlackEventBody } from './app.ts'

/** What Slack can hand an app. */
export type SlackPayload =
  | { kind: 'event'; body: SlackEventBody }
  | { kind: 'interaction'; body: Record<string, unknown> }
  /** Slack asks whether an address is ours. */
  | { kind: 'challenge'; challenge: string }
  /** The app is over 30,000 events in an hour; what came above that is lost. */
  | { kind: 'limited' }
  /** Nothing that we know. */
  | { kind: 'other'; type: string }

/** Reads the body of an event; `retry` is which delivery it is, 0 for the first. */
export function readEvent(body: unknown, retry: number): SlackPayload {
  if (!isObject(body)) return { kind: 'other', type: typeof body }
  const { type, event, challenge } = body
  if (type === 'app_rate_limited') return { kind: 'limited' }
  if (type === 'url_verification' && typeof challenge === 'string') return { kind: 'challenge', challenge }
  if (!isObject(event) || typeof event.type !== 'string') return { kind: 'other', type: nameOf(type) }
  return {
    kind: 'event',
    body: {
      ...words(body, ['team_id', 'api_app_id', 'event_id']),
      event: { ...event, type: event.type },
      retry,
    },
  }
}

/** Reads the body of a slash command, a press, a form or a shortcut. */
export function readInteraction(body: unknown): SlackPayload {
  return isObject(body) ? { kind: 'interaction', body } : { kind: 'other', type: typeof body }
}

/** What came over a socket, apart from its greetings. */
export interface Envelope {
  /** What to acknowledge; null where nothing is to be. */
  id: string | null
  payload: SlackPayload
}

export function readEnvelope(message: Record<string, unknown>): Envelope {
  const id = typeof message.envelope_id === 'string' ? message.envelope_id : null
  const retry = typeof message.retry_attempt === 'number' ? message.retry_attempt : 0
  switch (message.type) {
    case 'events_api':
      return { id, payload: readEvent(message.payload, retry) }
    case 'slash_commands':
    case 'interactive':
      return { id, payload: readInteraction(message.payload) }
    case 'app_rate_limited':
      return { id, payload: { kind: 'limited' } }
    default:
      return { id, payload: { kind: 'other', type: nameOf(message.type) } }
  }
}

/** A type by its name; an object can make a string of itself that is none. */
function nameOf(type: unknown): string {
  return typeof type === 'string' ? type : typeof type
}

function words<K extends string>(body: Record<string, unknown>, names: K[]): { [name in K]?: string } {
  const found: { [name in K]?: string } = {}
  for (const name of names) {
    const word = body[name]
    if (typeof word === 'string') found[name] = word
  }
  return found
}
