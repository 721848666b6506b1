import framework from 'irc-framework'

// The least that answers a mention: it keeps nothing, asks nobody and forgets at once.

const [port = '', channel = ''] = process.argv.slice(2)
const irc = new framework.Client()
irc.connect({ host: '127.0.0.1', port: Number(port), nick: 'echo' })
irc.on('registered', () => irc.join(channel))
irc.on('join', () => process.stdout.write('ready\n'))
irc.on('privmsg', ({ nick, target, message }) => {
  if (message === 'echo: ping') irc.say(target, `${nick}: pong`)
})
