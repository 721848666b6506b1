import { connect, type Socket } from 'node:net'
import { until } from './process.ts'

/** A person in a test: an IRC client over a bare socket that keeps every line it saw. */
export interface IrcPerson extends AsyncDisposable {
  /** The nick as the server knows it now. */
  readonly nick: string
  /** Every line received, tags and all, oldest first. */
  readonly lines: string[]
  /** The messages said where this person could hear them. */
  readonly heard: { nick: string; target: string; text: string; tags: string; at: number }[]
  send(line: string): void
  join(channel: string): Promise<void>
  say(channel: string, text: string): void
  dm(nick: string, text: string): void
  /** Resolves with the first line, from the first ever received, that matches. */
  waitFor(what: RegExp, timeoutMs?: number): Promise<string>
  /** Resolves with the first message whose text matches. */
  waitForText(what: RegExp | string, timeoutMs?: number): Promise<IrcPerson['heard'][number]>
  /** Resolves when the server has handled all that was sent. */
  settled(): Promise<void>
  close(): Promise<void>
}

const messageLine = /^(?:@(\S+) )?:([^! ]+)\S* (?:PRIVMSG|NOTICE) (\S+) :?([\s\S]*)$/

/** Connects and registers. `account` logs in with SASL PLAIN; `tags` asks for the capabilities that modern clients ask for. */
export async function ircPerson(options: {
  port: number
  nick: string
  account?: { name: string; password: string }
  tags?: boolean
}): Promise<IrcPerson> {
  const socket: Socket = connect({ host: '127.0.0.1', port: options.port, noDelay: true })
  const lines: string[] = []
  const heard: IrcPerson['heard'] = []
  let nick = options.nick
  let rest = ''
  let pings = 0
  const send = (line: string) => void socket.write(`${line}\r\n`)

  const onLine = (line: string) => {
    if (line.startsWith('PING')) return send(`PONG${line.slice(4)}`)
    lines.push(line)
    const welcome = / 001 (\S+) /.exec(line)
    if (welcome?.[1] !== undefined) nick = welcome[1]
    const renamed = /^(?:@\S+ )?:([^! ]+)\S* NICK :?(\S+)/.exec(line)
    if (renamed?.[1] === nick && renamed[2] !== undefined) nick = renamed[2]
    const said = messageLine.exec(line)
    if (said) {
      heard.push({
        nick: said[2] ?? '',
        target: said[3] ?? '',
        text: said[4] ?? '',
        tags: said[1] ?? '',
        at: performance.now(),
      })
    }
  }
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) onLine(part.replace(/\r$/, ''))
  })
  const closed = new Promise<void>((done) => {
    socket.on('close', () => done())
    socket.on('error', () => done())
  })

  const person: IrcPerson = {
    get nick() {
      return nick
    },
    lines,
    heard,
    send,
    async join(channel) {
      send(`JOIN ${channel}`)
      await person.waitFor(new RegExp(` 366 \\S+ ${quoted(channel)} `, 'i'))
    },
    say: (channel, text) => send(`PRIVMSG ${channel} :${text}`),
    dm: (to, text) => send(`PRIVMSG ${to} :${text}`),
    waitFor: (what, timeoutMs) =>
      until(`${options.nick} sees ${what}`, () => lines.find((line) => what.test(line)), timeoutMs),
    waitForText: (what, timeoutMs) =>
      until(
        `${options.nick} hears ${what}`,
        () => heard.find((one) => (typeof what === 'string' ? one.text === what : what.test(one.text))),
        timeoutMs,
      ),
    async settled() {
      const token = `settled-${++pings}`
      send(`PING ${token}`)
      await person.waitFor(new RegExp(` PONG .*${token}`))
    },
    async close() {
      socket.destroy()
      await closed
    },
    [Symbol.asyncDispose]: () => person.close(),
  }

  const caps =
    `${options.tags ? 'message-tags server-time account-tag batch ' : ''}${options.account ? 'sasl ' : ''}`.trim()
  if (caps) send('CAP LS 302')
  send(`NICK ${options.nick}`)
  send(`USER ${options.nick.slice(0, 9)} 0 * :${options.nick}`)
  if (caps) {
    send(`CAP REQ :${caps}`)
    await person.waitFor(/ CAP \S+ (ACK|NAK) /)
  }
  if (options.account) {
    const { name, password } = options.account
    send('AUTHENTICATE PLAIN')
    await person.waitFor(/AUTHENTICATE \+/)
    send(`AUTHENTICATE ${Buffer.from(`${name}\0${name}\0${password}`).toString('base64')}`)
    await person.waitFor(/ 903 /)
  }
  if (caps) send('CAP END')
  await person.waitFor(/ 001 /)
  return person
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
