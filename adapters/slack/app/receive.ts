import type { Sleep } from '../../../ports/sleep.ts'
import type { WebRequest, WebResponse } from '../../../ports/web-request.ts'
import { parseObject } from '../web/json-object.ts'
import type { Intake } from './intake.ts'
import { readEvent, readInteraction, type SlackPayload } from './payload.ts'
import { headerOf, isSigned } from './signature.ts'

/** Above what Slack sends by far. */
const mostBytes = 2 * 1024 * 1024

/** What a request from outside is to us: its payload, a bad one of Slack's, or nobody's. */
export function readRequest(request: WebRequest, secret: string | null, now: Date): SlackPayload | 401 | 400 {
  if (secret === null || request.body.byteLength > mostBytes || !isSigned(request, secret, now)) return 401
  const text = new TextDecoder().decode(request.body)
  if (headerOf(request.headers, 'content-type')?.startsWith('application/x-www-form-urlencoded')) return readForm(text)
  const body = parseObject(text)
  return body === null ? 400 : readEvent(body, Number(headerOf(request.headers, 'x-slack-retry-num') ?? 0))
}

/** Slash commands are the form itself, everything else is JSON in one field. */
function readForm(text: string): SlackPayload | 400 {
  const form = new URLSearchParams(text)
  const payload = form.get('payload')
  if (payload === null) return readInteraction(Object.fromEntries(form))
  const body = parseObject(payload)
  return body === null ? 400 : readInteraction(body)
}

/**
 * Hands a payload on and says what Slack is told: 200 with what the handler answered as soon as it did, 500 when it did not, or not within
 * `acceptMs`: an event then comes again, and a person sees that their command was not taken.
 */
export async function answerRequest(
  payload: SlackPayload,
  { intake, sleep, acceptMs }: { intake: Intake; sleep: Sleep; acceptMs: number },
): Promise<WebResponse> {
  const over = new AbortController()
  let answer: WebResponse = emptyResponse(500)
  const handled = intake.take(payload, async (response) => {
    // Too late for this request: Slack has been told already.
    if (over.signal.aborted) return
    answer = taken(response)
    over.abort()
  })
  void handled.then(() => over.abort())
  await sleep(acceptMs, over.signal)
  over.abort()
  return answer
}

export function emptyResponse(status: number): WebResponse {
  return { status, type: 'text/plain; charset=utf-8', body: '' }
}

function taken(response: unknown): WebResponse {
  if (response === undefined || response === null) return emptyResponse(200)
  if (typeof response === 'string') return { ...emptyResponse(200), body: response }
  return { status: 200, type: 'application/json; charset=utf-8', body: JSON.stringify(response) }
}
