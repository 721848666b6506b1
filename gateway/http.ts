import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Health } from './health.ts'
import type { SlackDoor } from './slack-door.ts'

/** Where it listens and what it shows. */
export interface HttpParts {
  host: string
  port: number
  health: () => Health
  metrics: () => Promise<string>
  /** For requests that Slack sends us; null where no workspace is reached that way. */
  slack: SlackDoor | null
  /** The error for a port that somebody else has. */
  portBusy: (host: string, port: number) => Promise<Error>
}

/**
 * Serves `/healthz` (200 also when degraded: the process is alive and says what is wrong) and `/metrics`. Resolves when it
 * listens; rejects with what `portBusy` says when the port is taken.
 */
export async function listen(parts: HttpParts): Promise<{ port: number; close(): Promise<void> }> {
  // Node looks every half minute for requests that take too long, unless it is told otherwise.
  const timeouts = { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 2_000 }
  const server = createServer(timeouts, (request, response) => {
    respond(parts, request, response).catch(() => response.destroy())
  })
  await bind(server, parts)
  const address = server.address()
  return {
    port: address !== null && typeof address === 'object' ? address.port : parts.port,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function respond(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Before the names: Slack comes through whatever name people gave us, and signs what it sends.
  const answered = await parts.slack?.(request)
  if (answered) return send(response, answered.status, answered.type, answered.body)
  // Only names of this machine: a page elsewhere must not read us through a name it rebinds to loopback.
  if (!isLocalName(request.headers.host, parts.host)) return send(response, 421, 'text/plain', 'Unknown host.\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') return send(response, 405, 'text/plain', 'Only GET.\n')
  const path = (request.url ?? '/').split('?')[0]
  if (path === '/healthz') return send(response, 200, 'application/json', `${JSON.stringify(parts.health())}\n`)
  if (path === '/metrics') return send(response, 200, 'text/plain; version=0.0.4', await parts.metrics())
  if (path === '/') return send(response, 200, 'text/plain', 'Breakroom. See /healthz and /metrics.\n')
  return send(response, 404, 'text/plain', 'Not found. See /healthz and /metrics.\n')
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'",
    'x-content-type-options': 'nosniff',
    // What is left of a request that nobody reads would be taken for the next one.
    ...(response.req.complete ? {} : { connection: 'close' }),
  })
  response.end(body)
}

function isLocalName(header: string | undefined, host: string): boolean {
  const name = (header ?? '').replace(/:\d+$/, '')
  // Bound to every address it stands in a container network, whose names are not ours to know.
  return host !== '127.0.0.1' || ['127.0.0.1', 'localhost', '[::1]'].includes(name)
}

function bind(server: Server, { host, port, portBusy }: HttpParts): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      portBusy(host, port).then(reject, reject)
    })
    server.listen(port, host)
  })
}
