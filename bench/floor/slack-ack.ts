import { LogLevel, SocketModeClient } from '@slack/socket-mode'

// The least that takes what Slack sends: it is acknowledged at once, and nothing is done with it.

const [slackApiUrl = '', appToken = ''] = process.argv.slice(2)
const client = new SocketModeClient({ appToken, logLevel: LogLevel.ERROR, clientOptions: { slackApiUrl } })
client.on('slack_event', ({ ack }) => ack())
await client.start()
process.stdout.write('ready\n')
