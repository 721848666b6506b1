import { createServer, type Socket } from 'node:net'
import { until } from './process.ts'

/** One connection to the scripted server, seen from the server's side. */
export interface ScriptedClient {
  nick: string
  /** Every line it sent. */
  readonly lines: string[]
  readonly caps: Set<string>
  readonly open: boolean
  send(line: string): void
  /** Ends it: at once and without a word, or after these. */
  drop(lastWords?: string): void
  /** Ends it, but the others are not told: the server has not noticed yet. */
  fade(): void
}

/** A server that says just what a test wants, for what real servers do not do on demand. */
export interface ScriptedIrc extends AsyncDisposable {
  readonly port: number
  /** All connections ever made, oldest first. */
  readonly clients: ScriptedClient[]
  /** Resolves with the connection that has this nick now and is open. */
  client(nick: string): Promise<ScriptedClient>
}

/** What a script may do with a line: answer it itself (true), or leave it to the server's usual ways. */
export type Script = (line: string, client: ScriptedClient, server: ScriptedIrc) => boolean | undefined

/**
 * Starts a server that welcomes everybody, acknowledges capabilities, shows JOINs and PRIVMSGs to all that share the room
 * (labelled and echoed where asked for), answers PING, and keeps nothing. `caps` is what it offers; `connected` is called for each
 * new connection and may drop it.
 */
export async function startScriptedIrc(
  options: {
    caps?: string[]
    isupport?: string
    script?: Script
    connected?: (client: ScriptedClient, count: number) => void
  } = {},
): Promise<ScriptedIrc> {
  const offer = options.caps ?? [
    'message-tags',
    'server-time',
    'batch',
    'echo-message',
    'labeled-response',
    'account-tag',
  ]
  const isupport = options.isupport ?? 'CASEMAPPING=ascii CHANTYPES=# NICKLEN=30'
  const sockets = new Set<Socket>()
  const clients: ScriptedClient[] = []
  const rooms = new Map<string, Set<ScriptedClient>>()
  const welcomed = new Set<ScriptedClient>()
  let msgids = 0

  const welcome = (client: ScriptedClient) => {
    if (welcomed.has(client) || client.nick === '' || !client.lines.some((line) => line.startsWith('USER'))) return
    welcomed.add(client)
    client.send(`:scripted 001 ${client.nick} :Welcome`)
    client.send(`:scripted 005 ${client.nick} ${isupport} :are supported by this server`)
    client.send(`:scripted 422 ${client.nick} :no MOTD`)
  }

  const usual = (line: string, client: ScriptedClient) => {
    const [, tags = '', command = '', rest = ''] = /^(?:@(\S+) )?(\S+) ?(.*)$/.exec(line) ?? []
    const label = /(?:^|;)label=([^;]*)/.exec(tags)?.[1]
    const mask = `${client.nick}!user@host`
    switch (command) {
      case 'CAP':
        if (rest.startsWith('LS')) client.send(`:scripted CAP * LS :${offer.join(' ')}`)
        if (rest.startsWith('REQ')) {
          const asked = rest.slice(rest.indexOf(':') + 1).split(' ')
          for (const cap of asked) client.caps.add(cap)
          client.send(`:scripted CAP * ACK :${asked.join(' ')}`)
        }
        return
      case 'NICK':
        if (welcomed.has(client)) client.send(`:${mask} NICK ${rest}`)
        client.nick = rest
        return welcome(client)
      case 'USER':
        return welcome(client)
      case 'PING':
        return client.send(`:scripted PONG scripted ${rest}`)
      case 'JOIN':
        for (const room of rest.split(',')) {
          const here = rooms.get(room) ?? new Set()
          rooms.set(room, here.add(client))
          for (const other of here) other.send(`:${mask} JOIN ${room}`)
          client.send(`:scripted 366 ${client.nick} ${room} :End of NAMES`)
        }
        return
      case 'PRIVMSG': {
        const [to = ''] = rest.split(' ')
        const stamp = tags.split(';').filter((tag) => tag.startsWith('+'))
        const own = [`msgid=m${++msgids}`, `time=${new Date().toISOString()}`, ...stamp]
        const says = `:${mask} PRIVMSG ${rest}`
        const tagged = (other: ScriptedClient, more: string[]) =>
          other.send(other.caps.has('message-tags') ? `@${[...own, ...more].join(';')} ${says}` : says)
        if (client.caps.has('echo-message')) tagged(client, label === undefined ? [] : [`label=${label}`])
        for (const other of rooms.get(to) ?? clients.filter((one) => one.nick === to)) {
          if (other !== client && other.open) tagged(other, [])
        }
        return
      }
    }
  }

  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.setEncoding('utf8')
    let rest = ''
    const client: ScriptedClient = {
      nick: '',
      lines: [],
      caps: new Set(),
      get open() {
        return !socket.destroyed && socket.writable
      },
      send: (line) => void (socket.writable && socket.write(`${line}\r\n`)),
      fade() {
        for (const here of rooms.values()) here.delete(client)
        socket.destroy()
      },
      drop: (lastWords) => void (lastWords === undefined ? socket.destroy() : socket.end(`${lastWords}\r\n`)),
    }
    clients.push(client)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      for (const here of rooms.values()) {
        if (here.delete(client)) for (const other of here) other.send(`:${client.nick}!user@host QUIT :gone`)
      }
    })
    socket.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const line = part.replace(/\r$/, '')
        client.lines.push(line)
        if (options.script?.(line, client, server) !== true) usual(line, client)
        if (line.startsWith('QUIT')) socket.end()
      }
    })
    options.connected?.(client, clients.length)
  })
  await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done))
  const { port } = tcp.address() as { port: number }
  const server: ScriptedIrc = {
    port,
    clients,
    client: (nick) => until(`${nick} is connected`, () => clients.find((one) => one.nick === nick && one.open)),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => tcp.close(done))
    },
  }
  return server
}
