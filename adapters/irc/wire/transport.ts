import { EventEmitter } from 'node:events'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { guardLine } from './write-guard.ts'

/** What a connection wants of its socket. */
export interface TransportHooks {
  host: string
  port: number
  tls: boolean
  connectTimeoutMs: number
  /** False for lines that need not be decoded at all. */
  concerns(bytes: Buffer, start: number, end: number): boolean
  /** One line from the server, without its line break. Must not throw. */
  onLine(line: string): void
  /** Something came from the server, whatever it was. */
  onData(): void
}

/** Longer than any line with tags may be; whoever sends more without a line break is not an IRC server. */
const longestLine = 64 * 1024

/**
 * The socket under irc-framework's client, as its `transport` option wants it. Ours because the library's own leaves Nagle on,
 * copies its buffer for each line and hands every line to a parser that may throw. Every line out passes the write guard here.
 */
export class Transport extends EventEmitter {
  readonly #hooks: TransportHooks
  #socket: Socket | null = null
  #rest: Buffer | null = null
  #lastError: Error | false = false

  constructor(hooks: TransportHooks) {
    super()
    this.#hooks = hooks
  }

  connect(): void {
    const hooks = this.#hooks
    const { host, port } = hooks
    const socket = hooks.tls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connectTcp({ host, port })
    this.#socket = socket
    socket.setNoDelay(true)
    const timer = setTimeout(
      () => socket.destroy(new Error('no answer to the connection attempt')),
      hooks.connectTimeoutMs,
    )
    socket.once(hooks.tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer)
      this.emit('open')
    })
    socket.on('data', (chunk) => this.#read(chunk))
    socket.on('error', (error) => {
      this.#lastError = error
    })
    socket.once('close', () => {
      clearTimeout(timer)
      this.emit('close', this.#lastError)
    })
  }

  /** The last error of the socket, as a sentence. */
  get problem(): string | null {
    return this.#lastError === false ? null : this.#lastError.message || String(this.#lastError)
  }

  writeLine(line: string, done?: () => void): void {
    const safe = guardLine(line)
    const socket = this.#socket
    if (safe !== null && socket?.writable) {
      // Lines of one turn of the loop leave in one packet: a burst is a system call, not hundreds.
      if (socket.writableCorked === 0) {
        socket.cork()
        process.nextTick(() => socket.uncork())
      }
      socket.write(`${safe}\r\n`)
    }
    if (done) setImmediate(done)
  }

  /** Ends the connection; `force` also throws away what the kernel still holds, so that nothing of it arrives later. */
  close(force: boolean): void {
    const socket = this.#socket
    if (socket === null) return
    if (!force) socket.end()
    else if (this.#hooks.tls || socket.connecting) socket.destroy()
    else socket.resetAndDestroy()
  }

  disposeSocket(): void {
    this.#socket?.destroy()
  }

  setEncoding(): boolean {
    return true
  }

  #read(chunk: Buffer): void {
    const hooks = this.#hooks
    hooks.onData()
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      const last = end > start && bytes[end - 1] === 13 ? end - 1 : end
      if (last > start && hooks.concerns(bytes, start, last)) hooks.onLine(bytes.toString('utf8', start, last))
      start = end + 1
    }
    this.#rest = start < bytes.length ? bytes.subarray(start) : null
    if (this.#rest !== null && this.#rest.length > longestLine) this.#socket?.destroy(new Error('a line without end'))
  }
}

/** A socket for one connection; nothing happens before the library calls `connect`. */
export function createTransport(hooks: TransportHooks): Transport {
  return new Transport(hooks)
}
