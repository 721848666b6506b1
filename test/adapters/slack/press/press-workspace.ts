import { SocketModeClient } from '@slack/socket-mode'
import { hubApp, slackTiming } from '../../../../adapters/slack/options.ts'
import type { PressParts } from '../../../../adapters/slack/press/parts.ts'
import { createSlackWeb } from '../../../../adapters/slack/web/create.ts'
import { quietLog, quietMetrics } from '../../../support/quiet.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import { realClock } from '../../../support/virtual-clock.ts'
import { pressDesk } from './press-desk.ts'

/** A workspace whose one app hands what people press and type to our presses, over a socket and Slack's own client. */
export async function pressWorkspace(given: Partial<PressParts> = {}) {
  const slack = await startFakeSlack()
  const alice = slack.user({ name: 'alice' })
  const app = slack.app({ name: 'breakroom', commands: ['/br'], shortcuts: ['br_make_task'] })
  const room = slack.channel({ name: 'breakroom', members: [alice, app] })
  const timing = slackTiming()
  const web = createSlackWeb({
    app: hubApp,
    token: app.botToken,
    apiUrl: slack.url,
    clock: realClock,
    sleep: realClock.sleep,
    log: quietLog,
    metrics: quietMetrics,
    timing,
  })
  const desk = pressDesk({
    web,
    roomOf: (channel) => (channel === room.id ? 'breakroom' : null),
    rooms: new Map([['breakroom', room.id]]),
    clock: realClock,
    sleep: realClock.sleep,
    timing,
    ...given,
  })
  const socket = new SocketModeClient({
    appToken: app.appToken,
    clientOptions: { slackApiUrl: slack.url },
    autoReconnectEnabled: false,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => 'error' as never,
      setName() {},
    },
  })
  socket.on('slack_event', async ({ type, body, ack }) => {
    if (type !== 'events_api') return desk.presses.onInteraction(hubApp, { body, ack })
    if (body.event.type === 'app_home_opened') await desk.presses.onHomeOpened(hubApp, { ...body, retry: 0 })
    await ack()
  })
  await socket.start()

  return {
    ...desk,
    fake: slack,
    alice,
    app,
    channel: room,
    async [Symbol.asyncDispose]() {
      await desk.presses.stop()
      await socket.disconnect()
      await slack[Symbol.asyncDispose]()
    },
  }
}
