// Follows platform.openai.com/docs/api-reference (chat, embeddings), docs.cohere.com/v2/reference (embed, rerank) and docs.anthropic.com (messages).
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { embed, relevance } from './meaning.ts'
import { type Writing, writeHonestly } from './writing.ts'

/** What a request meets instead of an answer. */
type ModelFault =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** Never answers; cuts the connection; ends in the middle of the answer; answers with another kind of JSON; is told to stop too early. */
  | 'hang'
  | 'reset'
  | 'cut'
  | 'nonsense'
  | 'length'

interface SeenRequest {
  path: string
  headers: IncomingHttpHeaders
  body: Record<string, unknown>
}

/** A server that speaks the APIs of models on loopback. */
export interface ModelServer extends AsyncDisposable {
  /** Where OpenAI's and Anthropic's API are, and where Cohere's is. */
  url: string
  cohereUrl: string
  /** The only key it takes. */
  key: string
  requests: SeenRequest[]
  /** Met by the next requests, one each, in order. */
  faults: ModelFault[]
  /** Met by all requests that find no other; null for an honest answer. */
  always: ModelFault | null
  writing: Writing
  /** What it takes in a chat request. */
  understands: { formats: string[]; limit: string }
  dimensions: number
  /** Texts with this in them are not embedded. */
  refuses: string | null
}

const usage = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 }

/** Starts a server whose models answer honestly until a test says otherwise. */
export async function startModelServer(): Promise<ModelServer> {
  const held = new Set<ServerResponse>()
  const http = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Record<string, unknown>
      const seen = { path: request.url ?? '', headers: request.headers, body }
      server.requests.push(seen)
      const fault = server.faults.shift() ?? server.always
      if (fault === 'hang') held.add(response)
      else if (fault === 'reset') request.socket.destroy()
      else answer(server, seen, fault, response)
    })
  })
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const server: ModelServer = {
    url: `${origin}/v1`,
    cohereUrl: `${origin}/v2`,
    key: 'test-key-of-the-double',
    requests: [],
    faults: [],
    always: null,
    writing: writeHonestly,
    understands: { formats: ['json_schema', 'json_object'], limit: 'max_tokens' },
    dimensions: 512,
    refuses: null,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((done) => http.close(done))
    },
  }
  return server
}

interface Reply {
  status: number
  body: string
  headers?: Record<string, string> | undefined
}

function answer(server: ModelServer, seen: SeenRequest, fault: ModelFault | null, response: ServerResponse): void {
  const { status, body, headers } = replyOf(server, seen, fault)
  const length = fault === 'cut' ? { 'content-length': body.length } : {}
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...length })
  if (fault === 'cut') response.write(body.slice(0, body.length / 2), () => response.destroy())
  else response.end(body)
}

function replyOf(server: ModelServer, seen: SeenRequest, fault: ModelFault | null): Reply {
  const key = seen.headers['x-api-key'] ?? seen.headers.authorization?.slice('Bearer '.length)
  // Some providers do repeat it.
  if (key !== server.key) return refusal(401, `Incorrect API key provided: ${key}.`)
  if (typeof fault === 'object' && fault !== null) return { body: '{}', ...fault }
  if (fault === 'nonsense') return { status: 200, body: '{"something":"else"}' }
  const problem = seen.path === '/v1/chat/completions' ? misunderstood(server, seen.body) : null
  if (problem !== null) return refusal(400, problem)
  if (server.refuses !== null && JSON.stringify(seen.body.input)?.includes(server.refuses)) {
    return refusal(400, 'One of the inputs cannot be embedded.')
  }
  return { status: 200, body: JSON.stringify(honestReply(server, seen, fault === 'length')) }
}

function refusal(status: number, message: string): Reply {
  return { status, body: JSON.stringify({ error: { message, type: 'invalid_request_error' } }) }
}

function misunderstood({ understands }: ModelServer, body: Record<string, unknown>): string | null {
  const format = (body.response_format as { type?: string } | undefined)?.type
  if (format !== undefined && !understands.formats.includes(format))
    return 'This response_format type is unavailable now'
  const other = ['max_tokens', 'max_completion_tokens'].find((name) => name !== understands.limit && name in body)
  return other === undefined ? null : `Unsupported parameter: '${other}'. Use '${understands.limit}' instead.`
}

function honestReply(server: ModelServer, { path, body }: SeenRequest, cutShort: boolean): unknown {
  switch (path) {
    case '/v1/chat/completions':
      return completion(server, body, cutShort)
    case '/v1/messages':
      return message(server, body)
    case '/v1/embeddings':
      return {
        data: (body.input as string[]).map((text, index) => ({ index, embedding: embed(text, server.dimensions) })),
        usage: { prompt_tokens: 7, total_tokens: 7 },
      }
    case '/v2/embed':
      return {
        embeddings: { float: (body.texts as string[]).map((text) => embed(text, server.dimensions)) },
        meta: { billed_units: { input_tokens: 9 } },
      }
    case '/v2/rerank':
      return {
        id: 'r',
        results: (body.documents as string[])
          .map((text, index) => ({ index, relevance_score: relevance(String(body.query), text) }))
          .toSorted((one, other) => other.relevance_score - one.relevance_score),
        meta: {},
      }
    default:
      return { error: `nothing at ${path}` }
  }
}

interface ChatMessage {
  role: string
  content: string
}

function completion(server: ModelServer, body: Record<string, unknown>, cutShort: boolean): unknown {
  const messages = body.messages as ChatMessage[]
  const format = body.response_format as { json_schema?: { name?: string } } | undefined
  const text = written(server, {
    instructions: messages.find(({ role }) => role === 'system')?.content ?? '',
    data: messages.find(({ role }) => role === 'user')?.content ?? '',
    shape: format?.json_schema?.name ?? null,
  })
  const content = cutShort ? text.slice(0, text.length / 2) : text
  return {
    id: 'c',
    created: 0,
    model: body.model,
    choices: [{ index: 0, finish_reason: cutShort ? 'length' : 'stop', message: { role: 'assistant', content } }],
    usage,
  }
}

function message(server: ModelServer, body: Record<string, unknown>): unknown {
  const [system] = body.system as { text: string }[]
  const [user] = body.messages as { content: { text: string }[] }[]
  const text = written(server, { instructions: system?.text ?? '', data: user?.content[0]?.text ?? '', shape: null })
  const isTool = Array.isArray(body.tools)
  return {
    type: 'message',
    id: 'm',
    model: body.model,
    role: 'assistant',
    content: isTool ? [{ type: 'tool_use', id: 't', name: 'json', input: JSON.parse(text) }] : [{ type: 'text', text }],
    stop_reason: isTool ? 'tool_use' : 'end_turn',
    usage: { input_tokens: 100, output_tokens: 20 },
  }
}

function written(server: ModelServer, said: { instructions: string; data: string; shape: string | null }): string {
  const data = JSON.parse(said.data) as Parameters<Writing>[0]['data']
  const shape = said.shape ?? (data.passages === undefined ? 'question' : 'answer')
  const answer = server.writing({ instructions: said.instructions, data, shape })
  return typeof answer === 'string' ? answer : JSON.stringify(answer)
}
