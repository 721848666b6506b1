import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { BreakroomError } from '../../core/errors.ts'

/** A bare IRC connection that asks and reads, for setting a network up. */
export interface IrcExchange {
  /**
   * Sends the lines and resolves with all that came until a line matches `until`; without it, until the server has dealt with
   * them all. Rejects with `unavailable` when the connection ends or nothing matched in time.
   */
  ask(lines: string[], until?: RegExp): Promise<string[]>
  /** Says goodbye. */
  close(): void
}

/** Connects to an IRC server. Rejects with `unavailable` when it is not there, or says nothing for `timeoutMs`. */
export async function openIrcExchange(host: string, port: number, timeoutMs = 5_000): Promise<IrcExchange> {
  const socket = connect({ host, port, noDelay: true })
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('it says nothing')))
  let asked: { heard: string[]; until: RegExp; resolve(lines: string[]): void; reject(error: Error): void } | undefined
  let barriers = 0

  const lost = (error?: Error) => {
    const reason = error?.message ?? 'it closed the connection'
    asked?.reject(new BreakroomError('unavailable', `The IRC server at ${host}:${port} does not answer: ${reason}`))
    asked = undefined
  }
  await new Promise<void>((resolve, reject) => {
    asked = { heard: [], until: /^/, resolve: () => {}, reject }
    socket.once('connect', resolve)
    socket.once('error', lost)
    socket.once('close', () => lost())
  })
  asked = undefined

  const lines = createInterface({ input: socket })
  // It repeats the errors of the socket, which are dealt with above.
  lines.on('error', () => {})
  lines.on('line', (line) => {
    if (line.startsWith('PING')) socket.write(`PONG${line.slice(4)}\r\n`)
    asked?.heard.push(line)
    if (asked?.until.test(line)) {
      asked.resolve(asked.heard)
      asked = undefined
    }
  })
  return {
    ask(lines, until) {
      const barrier = `breakroom-${++barriers}`
      const all = until === undefined ? [...lines, `PING ${barrier}`] : lines
      return new Promise((resolve, reject) => {
        asked = { heard: [], until: until ?? new RegExp(` PONG .*${barrier}$`), resolve, reject }
        if (socket.destroyed) lost()
        else socket.write(`${all.join('\r\n')}\r\n`)
      })
    },
    close() {
      asked = undefined
      if (!socket.destroyed) socket.end('QUIT\r\n', () => socket.destroySoon())
    },
  }
}

/** True when the server lets this account in with this password. Rejects as `openIrcExchange` does. */
export async function takesLogin(host: string, port: number, account: string, password: string): Promise<boolean> {
  const irc = await openIrcExchange(host, port)
  try {
    return await logIn(irc, account, password)
  } finally {
    irc.close()
  }
}

/** Proves an account by SASL; the connection is not registered yet after this. */
export async function logIn(irc: IrcExchange, account: string, password: string): Promise<boolean> {
  const proof = Buffer.from(`${account}\0${account}\0${password}`).toString('base64')
  const heard = await irc.ask(
    ['CAP REQ :sasl', 'AUTHENTICATE PLAIN', `AUTHENTICATE ${proof}`],
    /^\S+ (90[2-8]|CAP \S+ NAK)/,
  )
  return heard.some((line) => /^\S+ 903 /.test(line))
}
