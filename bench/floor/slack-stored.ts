import { jetstream } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import { LogLevel, SocketModeClient } from '@slack/socket-mode'

// The least that stores what Slack sends before it is acknowledged: no ids, no order, no spool, no catching up, one socket.

const [slackApiUrl = '', appToken = '', servers = '', seed = ''] = process.argv.slice(2)
const nc = await connect({ servers, authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) })
const js = jetstream(nc)
const client = new SocketModeClient({ appToken, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } })
client.on('slack_event', async ({ ack, body }) => {
  await js.publish('events.floor.chat.floor', JSON.stringify(body.event))
  await ack()
})
await client.start()
process.stdout.write('ready\n')
