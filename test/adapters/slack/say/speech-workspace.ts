import { withActions } from '../../../../adapters/slack/draw/line-actions.ts'
import { taskCardMessage } from '../../../../adapters/slack/draw/task-card.ts'
import { hubApp, slackTiming } from '../../../../adapters/slack/options.ts'
import { createSpeech, type Speech, type SpeechParts } from '../../../../adapters/slack/say/speech.ts'
import { createSlackWeb } from '../../../../adapters/slack/web/create.ts'
import type { TaskCard } from '../../../../core/task/card.ts'
import type { OutgoingLine, Voice } from '../../../../ports/chat.ts'
import { quietLog, quietMetrics } from '../../../support/quiet.ts'
import type { SlackApp } from '../../../support/slack/app.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { realClock, type SleepingClock } from '../../../support/virtual-clock.ts'

/** A workspace where the house and cto have apps of their own and ceo has none; all are in #breakroom with alice. */
export async function speechWorkspace({ clock = realClock }: { clock?: SleepingClock } = {}) {
  const slack = await startFakeSlack({ clock })
  const alice = slack.user({ name: 'alice' })
  const hub = slack.app({ name: hubApp })
  const cto = slack.app({ name: 'cto' })
  const channel = slack.channel({ name: 'breakroom', members: [alice, hub, cto] })
  const web = ({ name, botToken }: SlackApp) =>
    createSlackWeb({
      app: name,
      token: botToken,
      apiUrl: slack.url,
      clock,
      sleep: clock.sleep,
      log: quietLog,
      metrics: quietMetrics,
      timing: { call: 5_000 },
    })
  const open: Speech[] = []

  return {
    slack,
    alice,
    hub,
    cto,
    channel,
    /** A fresh start of the house's speech. */
    speech(given: Partial<SpeechParts> = {}): Speech {
      const ctoWeb = web(cto)
      const speech = createSpeech({
        network: 'acme',
        apiUrl: slack.url,
        hub: web(hub),
        appOf: (role) => (role === 'cto' ? ctoWeb : null),
        identityOf: (name) => {
          const app = [hub, cto].find((one) => one.name === name)
          return app === undefined ? null : identity(app)
        },
        voices: [
          { role: 'cto', nick: 'cto', icon: null, rooms: ['breakroom'], app: cto },
          { role: 'ceo', nick: 'ceo', icon: ':crown:', rooms: ['breakroom'], app: null },
        ],
        channelOf: (room) => (room === 'breakroom' ? channel.id : null),
        whenReady: async () => {},
        ringable: new Map([['alice', alice.id]]),
        drawCard: taskCardMessage,
        drawActions: withActions,
        clock,
        sleep: clock.sleep,
        log: quietLog,
        metrics: quietMetrics,
        ...given,
        timing: { ...slackTiming({ postEvery: 0, retryBase: 20, retryCap: 100, goodbye: 300 }), ...given.timing },
      })
      open.push(speech)
      return speech
    },
    /** What everybody in the channel sees: who and what. */
    shown: () =>
      slack.messages(channel).map((message) => ({ by: message.username ?? nameOf(message.user), text: message.text })),
    posts: (method = 'chat.postMessage') => slack.calls.filter((call) => call.method === method),
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((speech) => speech.stop()))
      await slack[Symbol.asyncDispose]()
    },
  }

  function nameOf(user: string | undefined): string {
    return [hub, cto].find(({ botUserId }) => botUserId === user)?.name ?? user ?? ''
  }
}

export function line(id: string, text: string, more: Partial<OutgoingLine> = {}): OutgoingLine {
  return { id, as: { kind: 'ear' }, target: { room: 'breakroom' }, kind: 'say', text, mergeable: false, ...more }
}

export const as = (role: string): { as: Voice } => ({ as: { kind: 'role', role } })

export function card(state: string, more: Partial<TaskCard> = {}): TaskCard {
  return {
    key: 'k1',
    label: 't-1',
    title: 'A task',
    role: 'cto',
    state,
    stage: null,
    tone: 'quiet',
    requester: 'human-alice',
    priority: 'normal',
    due: null,
    criteria: [],
    evidence: [],
    result: null,
    plan: null,
    reason: null,
    trouble: null,
    approval: null,
    actions: [],
    ...more,
  }
}

function identity({ teamId, botUserId, botId, appId }: SlackApp) {
  return { team: teamId, user: botUserId, bot: botId, app: appId }
}
