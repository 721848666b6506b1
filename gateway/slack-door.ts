import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { OrgSubjects } from '../core/subject.ts'
import type { Services } from '../ports/bus.ts'
import type { WebResponse } from '../ports/web-request.ts'

/** Far more than Slack sends, and little enough for one message on the bus. */
const mostBytes = 512 * 1024
/** Slack waits for three seconds. */
const answerWithinMs = 2_900
/** At once; a stranger must not fill the bus with what nobody signed. */
const mostAtOnce = 64

/** What is read of a request: its line, its headers and its body. */
type WholeRequest = Pick<IncomingMessage, 'url' | 'method' | 'headers'> & AsyncIterable<Buffer>

const responseSchema = z.object({ status: z.int().min(100).max(599), type: z.string(), body: z.string() })

/** Hands requests to `/slack/<platform>/<app>` to the bridge, unread: it alone has the secrets that tell whether Slack signed them. */
export function createSlackDoor({ bus, subjects }: { bus: Pick<Services, 'request'>; subjects: OrgSubjects }) {
  let underWay = 0

  return async function answer(request: WholeRequest): Promise<WebResponse | null> {
    const [, platform, app] = new URL(request.url ?? '/', 'http://door').pathname.match(path) ?? []
    if (platform === undefined || app === undefined) return null
    if (request.method !== 'POST') return plain(405)
    // Read before it takes a place: whoever sends slowly keeps only their own connection.
    const body = await bodyOf(request)
    if (body === null) return plain(413)
    if (underWay >= mostAtOnce) return plain(503)
    underWay++
    try {
      const forwarded = { platform, app, headers: headersOf(request), body: body.toString('base64') }
      return responseSchema.parse(await bus.request(subjects.service('bridge', 'slack'), forwarded, answerWithinMs))
    } catch {
      // Slack brings what it has no answer to again.
      return plain(503)
    } finally {
      underWay--
    }
  }
}
export type SlackDoor = ReturnType<typeof createSlackDoor>

const path = /^\/slack\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})$/
const needed = ['content-type', 'x-slack-signature', 'x-slack-request-timestamp', 'x-slack-retry-num']

function headersOf({ headers }: WholeRequest): Record<string, string> {
  return Object.fromEntries(
    needed.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

async function bodyOf(request: WholeRequest): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > mostBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function plain(status: number): WebResponse {
  return { status, type: 'text/plain', body: '' }
}
