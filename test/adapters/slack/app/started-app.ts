import type { SlackApp, SlackEventBody, SlackInteraction } from '../../../../adapters/slack/app/app.ts'
import { createSlackApp } from '../../../../adapters/slack/app/create.ts'
import { type SlackTiming, slackTiming } from '../../../../adapters/slack/options.ts'
import type { SlackApp as InstalledApp } from '../../../support/slack/app.ts'
import type { FakeSlack } from '../../../support/slack/fake-slack.ts'
import { realClock, type SleepingClock } from '../../../support/virtual-clock.ts'

export interface StartedApp extends AsyncDisposable {
  app: SlackApp
  events: SlackEventBody[]
  interactions: SlackInteraction[]
  ups: (Date | null)[]
  downs: { reason: string; final: boolean }[]
  logged: string[]
  /** Last value by `name what`. */
  gauges: Map<string, number>
  counts: Map<string, number>
}

export interface StartOptions {
  mode?: 'socket' | 'http'
  timing?: Partial<SlackTiming>
  clock?: SleepingClock
  sleep?: SleepingClock['sleep']
  random?: () => number
  team?: string | null
  apiUrl?: string
  botToken?: string
  onEvent?(body: SlackEventBody): Promise<void>
  onInteraction?(interaction: SlackInteraction): Promise<void>
}

/** An app of ours that is set up as the one in the fake Slack, started. */
export function startApp(slack: FakeSlack, installed: InstalledApp, options: StartOptions = {}): StartedApp {
  const {
    mode = 'socket',
    clock = realClock,
    sleep = clock.sleep,
    random = Math.random,
    team = slack.team.id,
  } = options
  const logged: string[] = []
  const write = (fields: Record<string, unknown>, message: string) =>
    logged.push(`${message} ${JSON.stringify(fields)}`)
  const gauges = new Map<string, number>()
  const counts = new Map<string, number>()
  const key = (name: string, labels: { what?: string } = {}) => [name, labels.what].filter(Boolean).join(' ')
  const app = createSlackApp({
    name: installed.name,
    secrets: {
      botToken: options.botToken ?? installed.botToken,
      appToken: installed.appToken,
      signingSecret: installed.signingSecret,
    },
    mode,
    apiUrl: options.apiUrl ?? slack.url,
    team,
    clock,
    sleep,
    random,
    log: { info: write, warn: write, error: write },
    metrics: {
      count: (name, labels, by = 1) => counts.set(key(name, labels), (counts.get(key(name, labels)) ?? 0) + by),
      gauge: (name, value, labels) => gauges.set(key(name, labels), value),
    },
    timing: slackTiming({ retryBase: 20, retryCap: 200, goodbye: 1_000, ...options.timing }),
  })
  const started: StartedApp = {
    app,
    events: [],
    interactions: [],
    ups: [],
    downs: [],
    logged,
    gauges,
    counts,
    [Symbol.asyncDispose]: () => app.stop(),
  }
  app.start({
    async onEvent(_name, body) {
      started.events.push(body)
      await options.onEvent?.(body)
    },
    async onInteraction(_name, interaction) {
      started.interactions.push(interaction)
      await options.onInteraction?.(interaction)
    },
    onUp: (_name, _identity, since) => started.ups.push(since),
    onDown: (_name, reason, final) => started.downs.push({ reason, final }),
  })
  return started
}

/** What people said, by the events that came in, in order. */
export function textsOf(events: SlackEventBody[]): string[] {
  return events.filter(({ event }) => event.type === 'message').map(({ event }) => String(event.text))
}
