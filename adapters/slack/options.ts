import type { HeardUpTo, LiveThreads } from '../../ports/chat.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Sleep } from '../../ports/sleep.ts'

/** The secrets of one app. In socket mode `appToken` is there, in HTTP mode `signingSecret`. */
export interface SlackAppSecrets {
  botToken: string
  appToken: string | null
  signingSecret: string | null
}

/** A role as it is seen in Slack. */
export interface SlackVoice {
  role: string
  /** The name to show. */
  nick: string
  /** `:robot_face:`, or null for none of its own. */
  icon: string | null
  /** Fleet rooms it speaks in. */
  rooms: string[]
  /** Its own app, or null when it speaks through the house's. */
  app: SlackAppSecrets | null
}

export interface SlackNetworkOptions {
  /** The platform's name in the fleet. */
  name: string
  mode: 'socket' | 'http'
  /** Where the Web API is; ends in `/api/`. */
  apiUrl: string
  /** The workspace that every token has to belong to, or null for that of the first. */
  team: string | null
  /** The house's own app. */
  app: SlackAppSecrets
  voices: SlackVoice[]
  /** Fleet room -> channel id, or `#name`. */
  rooms: Map<string, string>
  heardUpTo: HeardUpTo
  liveThreads: LiveThreads
  /** People whom a text of ours may ring: lower-case name -> member id. */
  ringable: ReadonlyMap<string, string>
  /** What the form for a new task offers. */
  form: { roles: { name: string; mission: string }[]; checks: string[] }
  clock: Clock
  sleep: Sleep
  /** In [0, 1). */
  random: () => number
  /** A fresh id, for what Slack gives none. */
  newId: () => string
  log: Log
  metrics: Metrics
  timing?: Partial<SlackTiming>
}

/** All waits, in milliseconds. */
export interface SlackTiming {
  /** Until a call of the Web API is answered. */
  call: number
  /** Between two posts to one channel with one token. */
  postEvery: number
  /** First wait before a socket is opened again; doubles up to `retryCap`. */
  retryBase: number
  retryCap: number
  /** Silence of a socket after which it is given up. */
  socketSilence: number
  /** Silence of an address after which requests may have been lost: Slack brings each of them three times within about that long. */
  requestSilence: number
  /** How far before the end of the record the past is read again, because events come out of order. */
  overlap: number
  /** Above this age of the record's end nothing is read twice: the record would not recognise it any more. */
  overlapUpTo: number
  /** How long an event waits for an earlier one of its channel that comes over another socket. */
  reorder: number
  /** How long a button's command can wait to be taken before Slack is told no. */
  accept: number
  /** How long `stop` waits for what is under way. */
  goodbye: number
}

/** What is measured against Slack's documented limits; what the options name wins. */
export function slackTiming(given: Partial<SlackTiming> = {}): SlackTiming {
  return {
    call: 10_000,
    postEvery: 1_000,
    retryBase: 500,
    retryCap: 30_000,
    socketSilence: 30_000,
    requestSilence: 5 * 60_000,
    overlap: 10 * 60_000,
    overlapUpTo: 20 * 3_600_000,
    reorder: 5,
    accept: 2_500,
    goodbye: 5_000,
    ...given,
  }
}

/** The `name` of the house's own app; a role's app is called as the role. */
export const hubApp = 'breakroom'
