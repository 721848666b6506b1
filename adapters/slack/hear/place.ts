import type { Voice } from '../../../ports/chat.ts'
import { hubApp } from '../options.ts'

/** Where something is said that we hear, and through which app. */
export interface Place {
  app: string
  channel: string
  /** Null for a DM. */
  room: string | null
  heardBy: Voice
  /** Under what the end of its record is kept. */
  cursor: string
}

/**
 * A room. It is the house's to hear, also where a role's app (`toldTo`) was the one that was told: but that one hears only where it is named, so
 * it does not tell how far the room was heard.
 */
export function roomPlace(room: string, channel: string, toldTo = hubApp): Place {
  const cursor = toldTo === hubApp ? room : `mentions:${toldTo}:${channel}`
  return { app: hubApp, channel, room, heardBy: { kind: 'ear' }, cursor }
}

/** A conversation between a person and one of our apps. */
export function directPlace(app: string, channel: string): Place {
  const heardBy: Voice = app === hubApp ? { kind: 'ear' } : { kind: 'role', role: app }
  return { app, channel, room: null, heardBy, cursor: `im:${app}:${channel}` }
}
