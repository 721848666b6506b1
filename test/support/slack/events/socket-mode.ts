import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { SlackApp } from '../app.ts'
import type { AppSocket, DisconnectReason } from '../interface.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'
import { type Ack, type Carrier, withinThreeSeconds } from './deliver.ts'

const mostSockets = 10
const ticketLifeMs = 30_000
const closeAfterNoticeMs = 10_000
const pingEveryMs = 5_000

interface Line extends AppSocket {
  app: SlackApp
  socket: WebSocket
  frozen: boolean
  send(message: Json): void
}

/** The sockets of all apps. */
export interface SocketMode {
  carrier: Carrier
  /** The answer to `apps.connections.open`: an address that works once. */
  address(app: SlackApp): string
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  of(app: SlackApp): AppSocket[]
  /** Sends something that no envelope is for, over one socket. */
  tell(app: SlackApp, message: Json): void
  cutAll(): void
}

/** Follows docs.slack.dev "Using Socket Mode": hello, envelopes, acknowledgements, disconnects, ten sockets at most. */
export function createSocketMode(world: () => World): SocketMode {
  // Pongs are ours to send, so that a frozen socket can stay silent.
  const server = new WebSocketServer({ noServer: true, autoPong: false })
  const lines = new Set<Line>()
  const tickets = new Map<string, { app: SlackApp; at: number }>()
  const awaited = new Map<string, (ack: Ack) => void>()
  let count = 0

  function open(socket: WebSocket, app: SlackApp): void {
    const mine = () => [...lines].filter((line) => line.app === app)
    const line = createLine(world(), socket, app, ++count)
    socket.on('error', () => socket.terminate())
    socket.on('ping', (data) => socket.pong(data))
    socket.on('message', (data) => {
      if (line.frozen) return
      const { envelope_id, payload } = JSON.parse(String(data)) as { envelope_id?: string; payload?: Json }
      const waiting = envelope_id === undefined ? undefined : awaited.get(envelope_id)
      waiting?.({ acked: true, payload: payload !== undefined && Object.keys(payload).length > 0 ? payload : null })
    })
    if (mine().length >= mostSockets) {
      line.disconnect('too_many_websockets')
      return
    }
    lines.add(line)
    const pings = setInterval(() => line.frozen || socket.ping(), pingEveryMs)
    socket.on('close', () => {
      lines.delete(line)
      clearInterval(pings)
    })
    line.send({
      type: 'hello',
      num_connections: mine().length,
      debug_info: { host: 'applink-fake', build_number: 1, approximate_connection_time: 18060 },
      connection_info: { app_id: app.appId },
    })
  }

  function anyLine(app: SlackApp): Line | undefined {
    const open = [...lines].filter((line) => line.app === app && line.socket.readyState === line.socket.OPEN)
    return open[Math.floor(world().random() * open.length)]
  }

  return {
    async carrier(app, attempt) {
      const line = anyLine(app)
      if (line === undefined) return { acked: false, reason: 'connection_failed' }
      const envelopeId = world().ids.uuid()
      const answer = new Promise<Ack>((done) => awaited.set(envelopeId, done))
      line.send({
        envelope_id: envelopeId,
        type: attempt.type,
        payload: attempt.payload,
        accepts_response_payload: attempt.type !== 'events_api',
        ...(attempt.type === 'events_api'
          ? { retry_attempt: attempt.retry.number, retry_reason: attempt.retry.reason }
          : {}),
      })
      const ack = await withinThreeSeconds(world(), answer, () => {})
      awaited.delete(envelopeId)
      return ack
    },
    address(app) {
      const ticket = world().ids.uuid()
      tickets.set(ticket, { app, at: world().clock.monotonic() })
      return `${world().origin.replace('http', 'ws')}/link/?ticket=${ticket}&app_id=${app.appId}`
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://slack').searchParams.get('ticket') ?? ''
      const entry = tickets.get(ticket)
      tickets.delete(ticket)
      const valid = entry !== undefined && world().clock.monotonic() - entry.at <= ticketLifeMs
      // Whoever was shut out since the address was given is shut out here too.
      if (!valid || entry.app.tokenState !== 'good' || world().faults.state !== 'up') {
        socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
        return
      }
      // node-slack-sdk's notes on socket-mode 3.2.0: Slack does not close the TCP connection after the close handshake.
      if (world().faults.lingeringSockets) socket.end = () => socket
      server.handleUpgrade(request, socket, head, (websocket) => open(websocket, entry.app))
    },
    of: (app) => [...lines].filter((line) => line.app === app),
    tell: (app, message) => anyLine(app)?.send(message),
    cutAll() {
      for (const line of lines) line.cut()
    },
  }
}

function createLine(world: World, socket: WebSocket, app: SlackApp, number: number): Line {
  return {
    app,
    socket,
    number,
    frozen: false,
    send(message) {
      if (!this.frozen && socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
    },
    disconnect(reason: DisconnectReason) {
      this.send({ type: 'disconnect', reason, debug_info: { host: 'applink-fake' } })
      if (reason !== 'warning' && reason !== 'refresh_requested') socket.close(1000)
      else void world.clock.sleep(closeAfterNoticeMs, world.ended).then(() => socket.close(1000))
    },
    cut: () => socket.terminate(),
    freeze() {
      this.frozen = true
      socket.pause()
    },
  }
}
