// Follows docs.slack.dev "Working with files" (uploads in three steps, `url_private` behind a token) for what is not the Web API.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readToken } from './api/args.ts'
import { receiveUpload } from './api/files.ts'
import { serveResponseUrl } from './api/responses.ts'
import type { WebApi } from './api/web-api.ts'
import type { SocketMode } from './events/socket-mode.ts'
import type { World } from './world.ts'

/** Listens on loopback: the Web API, uploads and downloads, response URLs and Socket Mode. */
export async function listen(world: World, api: WebApi, sockets: SocketMode): Promise<Server> {
  const server = createServer((request, response) => {
    serve(world, api, request, response).catch((error: unknown) => {
      // A mistake in the fake is to be seen in the test that met it, not to end the run.
      if (!response.headersSent) response.writeHead(500)
      response.end(`The fake Slack failed: ${error instanceof Error ? error.stack : String(error)}`)
    })
  })
  server.on('upgrade', (request, socket, head) => sockets.upgrade(request, socket, head))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  world.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return server
}

async function serve(world: World, api: WebApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const path = new URL(request.url ?? '/', 'http://slack').pathname
  if (path.startsWith('/api/')) return api(path.slice('/api/'.length), request, body, response)
  if (world.faults.state !== 'up') response.writeHead(500).end()
  else if (path.startsWith('/response/')) serveResponseUrl(world, path, body, response)
  else if (path.startsWith('/upload/')) upload(world, path, body, request, response)
  else if (path.startsWith('/files-pri/')) download(world, path, request, response)
  else response.writeHead(404).end()
}

function upload(world: World, path: string, body: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const bytes = filePart(body, request.headers['content-type'] ?? '')
  const whole = receiveUpload(world, path.slice('/upload/'.length), bytes)
  response.writeHead(whole ? 200 : 400).end(whole ? `OK - ${bytes.length}` : 'invalid length')
}

// Slack takes the bytes as they are, or as the one file of a form.
function filePart(body: Buffer, contentType: string): Buffer {
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1]
  if (boundary === undefined) return body
  const from = body.indexOf('\r\n\r\n') + 4
  return body.subarray(from, body.lastIndexOf(`\r\n--${boundary}`))
}

// Without a good token Slack shows its sign-in page.
function download(world: World, path: string, request: IncomingMessage, response: ServerResponse): void {
  const file = world.files.get(path.split('/')[2] ?? '')
  const token = readToken(request, {})
  const reader = [...world.apps.values()].find((app) => app.botToken === token && app.tokenState === 'good')
  if (file === undefined) response.writeHead(404).end()
  else if (!reader?.scopes.has('files:read')) response.writeHead(302, { location: `${world.origin}/signin` }).end()
  else response.writeHead(200, { 'content-type': file.mimetype }).end(file.bytes)
}
