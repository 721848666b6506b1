import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import framework from 'irc-framework'

// The least that answers a mention over stored messages: the line, the work, the answer. It decides nothing and checks nothing.

const [port = '', channel = '', servers = '', seed = ''] = process.argv.slice(2)
const [heard, work, answered] = [
  'events.floor.chat.heard',
  'breakroom.agents.floor.inbox',
  'events.floor.chat.answered',
]
const nc = await connect({ servers, authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) })
const js = jetstream(nc)
const put = (subject: string, words: object) => void js.publish(subject, JSON.stringify(words)).catch(() => {})

const irc = new framework.Client()
irc.connect({ host: '127.0.0.1', port: Number(port), nick: 'keeper' })
irc.on('registered', () => irc.join(channel))
await new Promise<void>((joined) => irc.on('join', joined))

async function consume(subject: string, take: (nick: string) => void) {
  const consumer = await js.consumers.get('EVENTS', { filter_subjects: [subject] })
  await consumer.consume({ callback: (stored) => take(stored.json<{ nick: string }>().nick) })
}
await consume(heard, (nick) => put(work, { nick }))
await consume(answered, (nick) => irc.say(channel, `${nick}: pong`))
const manager = await jetstreamManager(nc)
await manager.consumers.add('WORK', { durable_name: 'floor', ack_policy: AckPolicy.Explicit, filter_subject: work })
await (await js.consumers.get('WORK', 'floor')).consume({
  callback: (stored) => {
    put(answered, { nick: stored.json<{ nick: string }>().nick })
    stored.ack()
  },
})
irc.on('privmsg', ({ nick, message }) => {
  if (message === 'keeper: ping') put(heard, { nick })
})
process.stdout.write('ready\n')
