import { connect } from 'node:net'

// The least that brings many nicks into a channel: sockets that register, join and answer PING.

const [port = '', count = '', channel = ''] = process.argv.slice(2)
let joined = 0
for (let index = 0; index < Number(count); index++) {
  const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true })
  const nick = `bare-${index}`
  socket.write(`NICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\nJOIN ${channel}\r\n`)
  let isIn = false
  socket.on('data', (chunk) => {
    if (chunk.includes('PING ')) socket.write(`PONG ${/PING (\S+)/.exec(chunk.toString())?.[1]}\r\n`)
    if (isIn || !chunk.includes(` 366 ${nick} `)) return
    isIn = true
    if (++joined === Number(count)) process.stdout.write('ready\n')
  })
}
