import { systemClock, systemSleep } from '../../adapters/process/system-clock.ts'
import { createSlackNetwork, type SlackNetwork } from '../../adapters/slack/network.ts'
import type { SlackNetworkOptions } from '../../adapters/slack/options.ts'
import type { ChatHandlers, HeardGap, HeardLine, HeardSign, OwnLine } from '../../ports/chat.ts'
import { quietLog, quietMetrics } from './quiet.ts'
import type { SlackApp } from './slack/app.ts'
import type { SlackChannel } from './slack/channel.ts'
import { type FakeSlack, startFakeSlack } from './slack/fake-slack.ts'

type State = Parameters<ChatHandlers['onConnection']>[0]

/** A workspace with the channel #breakroom, the house's app, and an app each for some roles. */
export interface TestWorkspace extends AsyncDisposable {
  slack: FakeSlack
  hub: SlackApp
  apps: Record<string, SlackApp>
  channel: SlackChannel
}

/** Starts it; every app is in the channel. `roles` are cto and ceo unless told otherwise. */
export async function startWorkspace({
  roles = ['cto', 'ceo'],
  ...options
}: Parameters<typeof startFakeSlack>[0] & { roles?: string[] } = {}): Promise<TestWorkspace> {
  const slack = await startFakeSlack(options)
  const hub = slack.app({ name: 'breakroom', commands: ['/br'], shortcuts: ['br_make_task'] })
  const roleEvents = ['app_mention', 'message.im']
  const apps = Object.fromEntries(roles.map((name) => [name, slack.app({ name, events: roleEvents })]))
  const channel = slack.channel('breakroom')
  for (const app of [hub, ...Object.values(apps)]) slack.join(app, channel)
  return { slack, hub, apps, channel, [Symbol.asyncDispose]: () => slack[Symbol.asyncDispose]() }
}

/** A started network that keeps what it was told. */
export interface RecordedSlack extends AsyncDisposable {
  readonly network: SlackNetwork
  readonly lines: HeardLine[]
  readonly own: OwnLine[]
  readonly signs: HeardSign[]
  readonly gaps: HeardGap[]
  readonly states: State[]
}

/** Starts the house in a workspace, with the voices cto and ceo as apps of their own, unless told otherwise. */
export function startSlackNetwork(
  { slack, hub, apps, channel }: TestWorkspace,
  options: Partial<SlackNetworkOptions> & Partial<Pick<ChatHandlers, 'onLine' | 'onOwn'>> = {},
): RecordedSlack {
  const { onLine, onOwn, ...given } = options
  const network = createSlackNetwork({
    name: 'acme',
    mode: 'socket',
    apiUrl: slack.url,
    team: slack.team.id,
    app: secretsOf(hub),
    voices: Object.entries(apps).map(([role, app]) => ({
      role,
      nick: role,
      icon: null,
      rooms: ['breakroom'],
      app: secretsOf(app),
    })),
    rooms: new Map([['breakroom', channel.id]]),
    heardUpTo: async () => null,
    liveThreads: async () => [],
    ringable: new Map(),
    form: { roles: [{ name: 'cto', mission: 'Builds.' }], checks: ['true'] },
    clock: systemClock,
    sleep: systemSleep,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    log: quietLog,
    metrics: quietMetrics,
    ...given,
    timing: { postEvery: 0, retryBase: 50, retryCap: 300, ...given.timing },
  })
  const recorded: RecordedSlack = {
    network,
    lines: [],
    own: [],
    signs: [],
    gaps: [],
    states: [],
    [Symbol.asyncDispose]: () => network.stop(),
  }
  network.start({
    onLine(line) {
      recorded.lines.push(line)
      return onLine?.(line)
    },
    onOwn(line) {
      recorded.own.push(line)
      onOwn?.(line)
    },
    onSign: (sign) => void recorded.signs.push(sign),
    onGap: (gap) => void recorded.gaps.push(gap),
    onSessionEnd: () => {},
    onConnection: (state) => void recorded.states.push(state),
  })
  return recorded
}

/** The tokens of an app, as breakroom.yaml's variables hold them. */
function secretsOf({ botToken, appToken, signingSecret }: SlackApp) {
  return { botToken, appToken, signingSecret }
}
