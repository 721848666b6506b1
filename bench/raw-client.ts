import { connect } from 'node:net'

/** Something said, as a bare client saw it. */
export interface Heard {
  nick: string
  target: string
  text: string
  /** The server's id of the message, null where it gives none. */
  id: string | null
  /** `performance.now()` when its bytes came. */
  at: number
}

/** An IRC client over a bare socket, with as little between the wire and the clock as can be. */
export interface RawClient extends Disposable {
  readonly closed: boolean
  send(text: string): void
  say(target: string, text: string): void
  /** Says many lines with one write. */
  sayAll(target: string, texts: string[]): void
  /** Calls `handler` for each line of chat until the answer is called. */
  listen(handler: (heard: Heard) => void): () => void
  /** Resolves with the first line from now on that matches; rejects after `timeoutMs`. */
  see(what: RegExp, timeoutMs?: number): Promise<string>
  join(channel: string): Promise<void>
  /** Who is in a channel. */
  names(channel: string): Promise<string[]>
}

const saying = /^(?:@(\S+) )?:([^! ]+)\S* PRIVMSG (\S+) :?(.*)$/

/** Connects and registers. `caps` are asked for, separated by spaces. */
export async function rawClient(port: number, nick: string, caps = ''): Promise<RawClient> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const listeners = new Set<(heard: Heard) => void>()
  const lookers = new Set<(line: string) => void>()
  let closed = false
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('close', () => {
    closed = true
  })
  socket.on('data', (chunk: string) => {
    const at = performance.now()
    const lines = (rest + chunk).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line, at)
  })

  function take(line: string, at: number) {
    if (line.startsWith('PING ')) return client.send(`PONG ${line.slice(5)}`)
    for (const look of [...lookers]) look(line)
    if (listeners.size === 0) return
    const said = saying.exec(line)
    if (said === null) return
    const [, tags = '', from = '', target = '', text = ''] = said
    const id = /(?:^|;)msgid=([^;]*)/.exec(tags)?.[1] ?? null
    for (const hear of [...listeners]) hear({ nick: from, target, text, id, at })
  }

  const client: RawClient = {
    get closed() {
      return closed
    },
    send: (text) => void socket.write(`${text}\r\n`),
    say: (target, text) => client.send(`PRIVMSG ${target} :${text}`),
    sayAll: (target, texts) => void socket.write(texts.map((text) => `PRIVMSG ${target} :${text}\r\n`).join('')),
    listen(handler) {
      listeners.add(handler)
      return () => listeners.delete(handler)
    },
    see(what, timeoutMs = 10_000) {
      return new Promise((resolve, reject) => {
        const look = (line: string) => what.test(line) && done(() => resolve(line))
        const end = () => done(() => reject(new Error(`${nick} did not see ${what}: the connection ended`)))
        const late = setTimeout(() => done(() => reject(new Error(`${nick} did not see ${what}`))), timeoutMs)
        const done = (settle: () => void) => {
          clearTimeout(late)
          lookers.delete(look)
          socket.off('close', end)
          settle()
        }
        lookers.add(look)
        socket.once('close', end)
      })
    },
    async join(channel) {
      const joined = client.see(new RegExp(` 366 \\S+ ${channel} `))
      client.send(`JOIN ${channel}`)
      await joined
    },
    async names(channel) {
      const found: string[] = []
      const look = (line: string) => {
        const list = / 353 \S+ . \S+ :(.*)$/.exec(line)?.[1]
        if (list)
          found.push(
            ...list
              .trim()
              .split(' ')
              .map((word) => word.replace(/^[~&@%+]+/, '').split('!')[0] ?? ''),
          )
      }
      lookers.add(look)
      const end = client.see(new RegExp(` 366 \\S+ ${channel} `))
      client.send(`NAMES ${channel}`)
      await end
      lookers.delete(look)
      return found
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
  const welcomed = client.see(/ 001 /, 15_000)
  if (caps) client.send(`CAP REQ :${caps}`)
  client.send(`NICK ${nick}\r\nUSER ${nick} 0 * :${nick}`)
  if (caps) client.send('CAP END')
  await welcomed
  return client
}
