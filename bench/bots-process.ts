import { createIrcNetwork } from '../adapters/irc/network.ts'
import { systemClock } from '../adapters/process/system-clock.ts'

// Many voices of one network in one process, without a bus behind them.

const [port = '', count = '', channel = ''] = process.argv.slice(2)
const network = createIrcNetwork({
  name: 'bench',
  host: '127.0.0.1',
  port: Number(port),
  ear: { nick: 'breakroom' },
  voices: Array.from({ length: Number(count) }, (_, index) => ({
    role: `role-${index}`,
    nick: `bot-${index}`,
    rooms: ['breakroom'],
  })),
  rooms: new Map([['breakroom', channel]]),
  heardUpTo: async () => null,
  stampKey: 'bench',
  pace: null,
  clock: systemClock,
  random: Math.random,
  log: { info() {}, warn() {}, error() {} },
  metrics: { count() {}, gauge() {} },
})
process.once('SIGTERM', () => void network.stop().then(() => process.exit(0)))
network.start({ onLine() {}, onGap() {}, onSessionEnd() {}, onConnection() {} })
await network.ready(60_000)
process.stdout.write('ready\n')
