import { randomUUID } from 'node:crypto'
import type { PressParts } from '../../../../adapters/slack/press/parts.ts'
import { createPresses } from '../../../../adapters/slack/press/presses.ts'
import type { HomeView } from '../../../../core/home.ts'
import type { HeardLine, Speaker } from '../../../../ports/chat.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'

/** A Slack that is only asked, and says yes. */
interface AskedSlack {
  calls: { method: string; args: Record<string, unknown> }[]
  /** Instead of yes. */
  answers: Map<string, () => Promise<Record<string, unknown>>>
}

export const room = 'C0ROOM'
export const elsewhere = 'C0ELSE'

/** Presses with a clock that stands still, a house that keeps what it hears, and a Slack that is only asked. */
export function pressDesk(given: Partial<PressParts> = {}) {
  const clock = createVirtualClock()
  const lines: HeardLine[] = []
  const remembered: { user: string; room: string | null; url: string }[] = []
  const denied: string[] = []
  const logged: string[] = []
  const slack: AskedSlack = { calls: [], answers: new Map() }
  const house = {
    onLine: async (line: HeardLine): Promise<void> => {
      lines.push(line)
    },
    homeOf: async (speaker: Speaker): Promise<HomeView> => homeFor(speaker.nick),
  }
  const record = (fields: Record<string, unknown>, message: string) => {
    logged.push(`${message} ${JSON.stringify(fields)}`)
  }
  const presses = createPresses({
    network: 'slack',
    web: {
      app: 'breakroom',
      async call(method, args = {}) {
        slack.calls.push({ method, args })
        return (await slack.answers.get(method)?.()) ?? { ok: true }
      },
    },
    identity: () => ({ team: 'T1', user: 'U0BOT', bot: 'B0BOT', app: 'A0BOT' }),
    roomOf: (channel) => (channel === room ? 'breakroom' : null),
    personOf: async (user, team) => ({ nick: user, name: 'alice', account: user, host: team, bot: false }),
    handlers: () => ({
      onLine: (line) => house.onLine(line),
      onGap() {},
      onSessionEnd() {},
      onConnection() {},
      homeOf: (speaker) => house.homeOf(speaker),
    }),
    form: {
      roles: [
        { name: 'cto', mission: 'Builds.' },
        { name: 'cso', mission: 'Guards.' },
      ],
      checks: ['npm test'],
    },
    rooms: new Map([['breakroom', room]]),
    voices: [{ role: 'cto', nick: 'cto', icon: null, rooms: ['breakroom'], app: null }],
    rememberAnswerUrl: (user, where, url) => remembered.push({ user, room: where, url }),
    clock,
    sleep: clock.sleep,
    newId: randomUUID,
    log: { info: record, warn: record, error: record },
    metrics: {
      count: (name, labels) => {
        if (name === 'breakroom_denied_total') denied.push(labels?.rule ?? '')
      },
      gauge() {},
    },
    timing: { accept: 2_500, goodbye: 5_000 },
    ...given,
  })

  /** Does something in Slack; what its acknowledgements carried, `undefined` for an empty one. */
  async function act(body: Record<string, unknown>, app = 'breakroom'): Promise<unknown[]> {
    const acks: unknown[] = []
    await presses.onInteraction(app, {
      body,
      ack: async (response) => {
        acks.push(response)
      },
    })
    return acks
  }

  return { presses, act, clock, lines, remembered, denied, logged, slack, house }
}

let triggers = 0

/** A slash command as Slack hands it over. */
export function commandBody(text: string, more: Record<string, unknown> = {}) {
  return {
    command: '/br',
    text,
    user_id: 'U0ALICE',
    user_name: 'alice',
    team_id: 'T1',
    channel_id: room,
    channel_name: 'breakroom',
    api_app_id: 'A0BOT',
    trigger_id: `1.2.${triggers++}`,
    response_url: 'https://hooks.slack.test/commands/1',
    is_enterprise_install: 'false',
    ...more,
  }
}

/** A press on a button as Slack hands it over. */
export function pressBody(value: string, more: Record<string, unknown> = {}) {
  return {
    type: 'block_actions',
    user: { id: 'U0ALICE', name: 'alice', team_id: 'T1' },
    team: { id: 'T1', domain: 'team' },
    api_app_id: 'A0BOT',
    container: { type: 'message', message_ts: '1.0', channel_id: room },
    channel: { id: room, name: 'breakroom' },
    message: { ts: '1.0' },
    trigger_id: `1.2.${triggers++}`,
    response_url: 'https://hooks.slack.test/actions/1',
    actions: [{ type: 'button', block_id: 'b', action_id: 'br_press:ack', value, action_ts: '2.0' }],
    ...more,
  }
}

export function homeFor(name: string): HomeView {
  return {
    name,
    waiting: [],
    mine: [],
    more: 0,
    roles: [{ role: 'cto', state: 'here' }],
    troubles: [],
    may: { stop: false, resume: false },
  }
}
