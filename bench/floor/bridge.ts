import { jetstream } from '@nats-io/jetstream'
import { connect, nkeyAuthenticator } from '@nats-io/transport-node'
import framework from 'irc-framework'

// The least that carries lines from one network over a stream to another: no ids, no cursor, no spool, no catching up.

const [from = '', to = '', servers = '', seed = '', channel = ''] = process.argv.slice(2)
const subject = 'events.floor.chat.floor'
const nc = await connect({ servers, authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) })
const js = jetstream(nc)

async function client(port: string, nick: string) {
  const irc = new framework.Client()
  irc.connect({ host: '127.0.0.1', port: Number(port), nick })
  irc.on('registered', () => irc.join(channel))
  await new Promise<void>((joined) => irc.on('join', joined))
  return irc
}
const [ear, mouth] = await Promise.all([client(from, 'floor-ear'), client(to, 'floor-mouth')])

ear.on('privmsg', ({ nick, message }) => {
  js.publish(subject, JSON.stringify({ nick, message })).catch(() => {})
})
const consumer = await js.consumers.get('EVENTS', { filter_subjects: [subject], deliver_policy: 'new' })
await consumer.consume({
  callback: (stored) => {
    const { nick, message } = stored.json<{ nick: string; message: string }>()
    mouth.say(channel, `<${nick}> ${message}`)
  },
})
process.stdout.write('ready\n')
