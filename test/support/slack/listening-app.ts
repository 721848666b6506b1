import { SocketModeClient } from '@slack/socket-mode'
import { silentLogger } from '../../../adapters/slack/web/silent-logger.ts'
import type { SlackApp } from './app.ts'
import type { FakeSlack } from './interface.ts'
import type { Json } from './message.ts'

/** What the SDK hands over for each payload. */
interface Heard {
  type: string
  body: Json
  event: Json
  retry: number
  reason: string
  ack: (payload?: Json) => Promise<void>
}

/** One real Socket Mode connection of an app that keeps what it hears. */
export interface ListeningApp extends AsyncDisposable {
  readonly heard: Heard[]
  /** The inner events of one type. */
  events(type: string): Json[]
  readonly client: SocketModeClient
}

/** Connects; acknowledges everything at once unless told otherwise. */
export async function listenAs(
  slack: FakeSlack,
  app: SlackApp,
  options: { acks?: boolean } = {},
): Promise<ListeningApp> {
  const client = new SocketModeClient({
    appToken: app.appToken,
    autoReconnectEnabled: false,
    logger: silentLogger,
    clientOptions: { slackApiUrl: slack.url, retryConfig: { retries: 0 } },
  })
  const heard: Heard[] = []
  client.on('slack_event', async ({ ack, body, type, retry_num, retry_reason }) => {
    heard.push({ type, body, event: body.event, retry: retry_num, reason: retry_reason, ack })
    if (options.acks ?? true) await ack()
  })
  await client.start()
  return {
    heard,
    client,
    events: (type) => heard.filter(({ event }) => event?.type === type).map(({ event }) => event),
    [Symbol.asyncDispose]: async () => {
      if (client.websocket?.isActive()) await client.disconnect()
    },
  }
}
