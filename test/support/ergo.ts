import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ircPerson } from './irc-person.ts'
import { freePort, listens, type Running, run, serverProgram, temporaryFolder, until } from './process.ts'

/** A real Ergo in a folder of its own. */
export interface Ergo extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  /** Registers an account, by a passing client. */
  register(name: string, password: string): Promise<void>
  /** Ends it at once; what it held in memory (history, sessions) is lost, accounts stay. */
  kill(): Promise<void>
  /** Starts it again on the same port and folder. */
  restart(): Promise<void>
}

/** Starts Ergo with history in memory, no limits for loopback, and, unless asked, no fake lag. */
export async function startErgo(
  options: { port?: number; fakelag?: boolean; accounts?: Record<string, string> } = {},
): Promise<Ergo> {
  const program = serverProgram('ergochat')
  const folder = temporaryFolder()
  const port = options.port ?? (await freePort())
  const file = join(folder.path, 'ircd.yaml')
  writeFileSync(file, configuration(port, options.fakelag ?? false))
  const made = run(program, ['initdb', '--conf', file, '--quiet'], { cwd: folder.path })
  if ((await made.exited) !== 0) throw new Error(`ergochat initdb failed: ${made.output}`)

  let running: Running
  const start = async () => {
    running = run(program, ['run', '--conf', file], { cwd: folder.path })
    await until('ergochat listens', () => listens(port))
  }
  await start()
  const ergo: Ergo = {
    port,
    get pid() {
      return running.pid
    },
    async register(name, password) {
      await using person = await ircPerson({ port, nick: name })
      person.send(`NS REGISTER ${password}`)
      await person.waitFor(/NOTICE .*(Account created|registered)| 900 /i)
    },
    kill: () => running.kill('SIGKILL'),
    restart: start,
    async [Symbol.asyncDispose]() {
      await running.kill('SIGKILL')
      folder[Symbol.dispose]()
    },
  }
  for (const [name, password] of Object.entries(options.accounts ?? {})) await ergo.register(name, password)
  return ergo
}

function configuration(port: number, fakelag: boolean): string {
  return `
network: { name: ErgoTest }
server:
  name: ergo.test
  listeners: { "127.0.0.1:${port}": {} }
  casemapping: ascii
  enforce-utf8: true
  lookup-hostnames: false
  check-ident: false
  coerce-ident: "~u"
  max-sendq: 8M
  compatibility: { force-trailing: true, send-unprefixed-sasl: true, allow-truncation: false }
  ip-limits: { count: false, throttle: false }
  ip-cloaking: { enabled: true, netname: irc, cidr-len-ipv4: 32, cidr-len-ipv6: 64, num-bits: 64 }
  relaymsg: { enabled: false }
accounts:
  authentication-enabled: true
  registration:
    enabled: true
    allow-before-connect: true
    throttling: { enabled: false }
    bcrypt-cost: 4
    email-verification: { enabled: false }
  login-throttling: { enabled: false }
  login-via-pass-command: true
  nick-reservation: { enabled: true, additional-nick-limit: 0, method: strict, force-nick-equals-account: true, guest-nickname-format: "Guest-*" }
  multiclient: { enabled: true, allowed-by-default: true, always-on: disabled, auto-away: disabled }
channels: { default-modes: +ntC, max-channels-per-client: 100, registration: { enabled: true } }
logging: [{ method: stderr, type: "* -userinput -useroutput", level: warn }]
lock-file: ircd.lock
datastore: { path: ircd.db, autoupgrade: true }
languages: { enabled: false }
limits:
  nicklen: 32
  identlen: 20
  realnamelen: 150
  channellen: 64
  awaylen: 390
  kicklen: 390
  topiclen: 390
  monitor-entries: 100
  whowas-entries: 100
  chan-list-modes: 60
  registration-messages: 1024
  multiline: { max-bytes: 4096, max-lines: 100 }
fakelag: { enabled: ${fakelag}, window: 1s, burst-limit: 5, messages-per-window: 2, cooldown: 2s }
history:
  enabled: true
  channel-length: 2048
  client-length: 256
  autoresize-window: 3d
  autoreplay-on-join: 0
  chathistory-maxmessages: 1000
  restrictions: { expire-time: 1w, query-cutoff: none, grace-period: 1h }
  persistent: { enabled: false }
  retention: { allow-individual-delete: false }
  tagmsg-storage: { default: false }
`
}
