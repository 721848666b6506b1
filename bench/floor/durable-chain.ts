import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import framework from 'irc-framework'

// The least that makes a stored message of a line over as many stored messages in a row as an assignment takes: the line, the work
// for the desk, the number, the ledger, the doorbell. Each is written when the one before it was read or acknowledged, as it is there.
// It decides nothing and checks nothing.

const [port = '', channel = '', servers = '', seed = ''] = process.argv.slice(2)
const [heard, work, number, ledger, doorbell] = [
  'events.floor.chat.heard',
  'breakroom.agents.floor.inbox',
  'breakroom.private.floor.number',
  'breakroom.private.floor.ledger',
  'breakroom.agents.floor.tasks',
]
const nc = await connect({ servers, authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) })
const js = jetstream(nc)
const put = (subject: string, text: string) => js.publish(subject, text)

const irc = new framework.Client()
irc.connect({ host: '127.0.0.1', port: Number(port), nick: 'chain' })
irc.on('registered', () => irc.join(channel))
await new Promise<void>((joined) => irc.on('join', joined))

async function consume(stream: string, subject: string, take: (text: string) => Promise<unknown>) {
  const consumer = await js.consumers.get(stream, { filter_subjects: [subject] })
  await consumer.consume({ callback: (stored) => void take(stored.string()).catch(() => {}) })
}
await consume('EVENTS', heard, (text) => put(work, text))
await consume('PRIVATE', ledger, (text) => put(doorbell, text))
const manager = await jetstreamManager(nc)
await manager.consumers.add('WORK', { durable_name: 'floor', ack_policy: AckPolicy.Explicit, filter_subject: work })
await (await js.consumers.get('WORK', 'floor')).consume({
  callback: (stored) => {
    const text = stored.string()
    put(number, text)
      .then(() => put(ledger, text))
      .then(() => stored.ack())
      .catch(() => {})
  },
})
irc.on('privmsg', ({ message }) => {
  if (message.startsWith('chain:')) put(heard, message).catch(() => {})
})
process.stdout.write('ready\n')
