import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createWriter } from '../../../adapters/models/writer.ts'
import { isBreakroomError } from '../../../core/errors.ts'
import type { ModelSettings } from '../../../core/knowledge/settings.ts'
import type { WritingTask } from '../../../ports/writer.ts'
import { type SeenModels, seeModels } from '../../support/models/model-context.ts'
import { type ModelServer, startModelServer } from '../../support/models/server.ts'
import { always } from '../../support/models/writing.ts'

let server: ModelServer
let seen: SeenModels

beforeEach(async () => {
  server = await startModelServer()
  seen = seeModels()
})
afterEach(() => server[Symbol.asyncDispose]())

const shape = z.strictObject({ question: z.string() })
const task: WritingTask<z.infer<typeof shape>> = {
  instructions: 'Make it whole.',
  data: JSON.stringify({ question: 'and there?', earlier: ['Is it warm here?'] }),
  shape,
  name: 'question',
}
const whole = { question: 'and there? (Is it warm here?)' }

function writer(settings: Partial<ModelSettings> = {}, key: string | undefined = server.key) {
  const defaults: ModelSettings = { provider: 'openai-compatible', model: 'm', base_url: server.url, key_env: 'KEY' }
  return createWriter({ ...defaults, ...settings }, key, seen.context)
}

/** The message of the `unavailable` that a request ends with. */
async function problem(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    (answer) => new Error(`it was answered: ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  )
  if (!isBreakroomError(error, 'unavailable')) throw error
  expect(error.cause).toBeUndefined()
  return error.message
}

test('writes what has the shape that was asked for, and counts what it cost', async () => {
  expect(await writer().write(task, { timeoutMs: 5_000 })).toEqual(whole)
  expect(server.requests).toHaveLength(1)
  expect(server.requests[0]?.body).toMatchObject({
    model: 'm',
    response_format: { type: 'json_schema', json_schema: { name: 'question', strict: true } },
  })
  expect(seen.counted('breakroom_model_calls_total', 'writer', 'ok')).toBe(1)
  expect(seen.counted('breakroom_model_tokens_total', 'writer', 'in')).toBe(120)
  expect(seen.counted('breakroom_model_tokens_total', 'writer', 'out')).toBe(30)
})

test('tells whoever wants to know what each request used', async () => {
  const used: object[] = []
  seen.context.used = (tokens) => used.push(tokens)
  const asked = writer()
  for (const _ of [1, 2]) await asked.write(task, { timeoutMs: 5_000 })
  expect(used).toEqual([
    { input: 120, output: 30 },
    { input: 120, output: 30 },
  ])
})

test('writes through Anthropic, at its base_url and with its key', async () => {
  const anthropic = writer({ provider: 'anthropic', model: 'claude-sonnet-4-5' })
  expect(await anthropic.write(task, { timeoutMs: 5_000 })).toEqual(whole)
  expect(server.requests[0]).toMatchObject({ path: '/v1/messages', headers: { 'x-api-key': server.key } })
  expect(seen.counted('breakroom_model_tokens_total', 'writer', 'in')).toBe(100)
})

describe('a server that understands less', () => {
  test.each([
    ['JSON without a schema', { formats: ['json_object'], limit: 'max_tokens' }, 2],
    ['no format at all', { formats: [], limit: 'max_tokens' }, 3],
    ['another name for the limit', { formats: ['json_schema'], limit: 'max_completion_tokens' }, 2],
    ['another name and no schema', { formats: ['json_object'], limit: 'max_completion_tokens' }, 3],
  ])('%s: is asked as it likes, at once from the second time on', async (_, understands, requests) => {
    Object.assign(server, { understands })
    const asked = writer()
    expect(await asked.write(task, { timeoutMs: 5_000 })).toEqual(whole)
    expect(server.requests).toHaveLength(requests)
    await asked.write(task, { timeoutMs: 5_000 })
    expect(server.requests).toHaveLength(requests + 1)
  })

  test('is told the shape in words, and may put its JSON into a fence', async () => {
    server.understands.formats = []
    server.writing = always(`\`\`\`json\n${JSON.stringify(whole)}\n\`\`\``)
    expect(await writer().write(task, { timeoutMs: 5_000 })).toEqual(whole)
    expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain('additionalProperties')
  })

  test('a request that it takes in no form is given up, and the next begins as before', async () => {
    server.faults.push(...[1, 2, 3].map(() => ({ status: 400 })))
    const asked = writer()
    expect(await problem(asked.write(task, { timeoutMs: 5_000 }))).toBe(
      'The writer (openai-compatible/m) does not take our request (400).',
    )
    await asked.write(task, { timeoutMs: 5_000 })
    expect(server.requests.at(-1)?.body).toMatchObject({ response_format: { type: 'json_schema' } })
  })
})

describe('what goes wrong is tried again', () => {
  test.each(['reset', 'cut', 'nonsense', 'length', { status: 500 }, { status: 503, body: '<html>' }] as const)(
    '%j',
    async (fault) => {
      server.faults.push(fault)
      expect(await writer().write(task, { timeoutMs: 5_000 })).toEqual(whole)
      expect(server.requests).toHaveLength(2)
    },
  )

  test.each(['reset', 'cut', 'nonsense', 'length', { status: 500 }, { status: 429 }] as const)(
    'three times at most: %j',
    async (fault) => {
      server.always = fault
      await problem(writer().write(task, { timeoutMs: 5_000 }))
      expect(server.requests).toHaveLength(3)
    },
  )

  test('as late as the server asks', async () => {
    server.faults.push({ status: 429, headers: { 'retry-after': '2' } })
    expect(await writer().write(task, { timeoutMs: 5_000 })).toEqual(whole)
    expect(seen.slept).toEqual([2_000])
    expect(seen.counted('breakroom_model_calls_total', 'writer', 'limited')).toBe(1)
  })

  test('not when the server asks for more time than there is; until then nobody asks', async () => {
    server.faults.push({ status: 429, headers: { 'retry-after': '60' } })
    const asked = writer()
    expect(await problem(asked.write(task, { timeoutMs: 5_000 }))).toBe(
      'The writer (openai-compatible/m) is asked more often than it allows.',
    )
    seen.pass(50_000)
    expect(await problem(asked.write(task, { timeoutMs: 5_000 }))).toMatch(/is left alone for another \d+ s/)
    expect(server.requests).toHaveLength(1)
    expect(asked.trouble()).toContain('more often')
    seen.pass(10_001)
    expect(await asked.write(task, { timeoutMs: 5_000 })).toEqual(whole)
    expect(asked.trouble()).toBeNull()
  })

  test.each([
    [401, 'does not let us in (401); look at its key'],
    [404, 'is not there (404); look at model and base_url'],
  ])('not at all with %i', async (status, sentence) => {
    server.faults.push({ status })
    expect(await problem(writer().write(task, { timeoutMs: 5_000 }))).toContain(sentence)
    expect(server.requests).toHaveLength(1)
  })
})

test('takes no longer than it may when the server hangs', async () => {
  server.always = 'hang'
  const began = performance.now()
  expect(await problem(writer().write(task, { timeoutMs: 200 }))).toContain('did not answer within 0.2 s')
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('after three requests in vain it is left alone for a while', async () => {
  server.always = 'hang'
  const asked = writer()
  for (let time = 0; time < 3; time++) await problem(asked.write(task, { timeoutMs: 50 }))
  expect(await problem(asked.write(task, { timeoutMs: 50 }))).toContain('left alone')
  expect(server.requests.length).toBeLessThanOrEqual(3)
  server.always = null
  seen.pass(60_001)
  expect(await asked.write(task, { timeoutMs: 5_000 })).toEqual(whole)
})

test('stops as soon as nobody wants it, and holds that against nobody', async () => {
  server.always = 'hang'
  const asked = writer()
  const reasons = new AbortController()
  const request = problem(asked.write(task, { timeoutMs: 20_000, signal: reasons.signal }))
  reasons.abort()
  expect(await request).toContain('was not needed any more')
  expect(asked.trouble()).toBeNull()
})

test('asks for eight things at a time; what finds no place in its time is given up', async () => {
  server.always = 'hang'
  const asked = writer()
  const reasons = new AbortController()
  const first = Array.from({ length: 8 }, () =>
    problem(asked.write(task, { timeoutMs: 20_000, signal: reasons.signal })),
  )
  const others = Array.from({ length: 12 }, () => problem(asked.write(task, { timeoutMs: 100 })))
  for (const sentence of await Promise.all(others)) expect(sentence).toContain('has too much to do')
  expect(server.requests).toHaveLength(8)
  reasons.abort()
  await Promise.all(first)
  server.always = null
  expect(await asked.write(task, { timeoutMs: 5_000 })).toEqual(whole)
})

test('S20: the key is in no error and in no log, also when the server repeats it', async () => {
  const key = ['sk', 'proj', 'Ab12Cd34Ef56Gh78Ij90'].join('-')
  const sentence = await problem(writer({}, key).write(task, { timeoutMs: 5_000 }))
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`)
  expect(sentence).not.toContain(key)
  expect(seen.logged.join('\n')).toContain('does not let us in')
  expect(seen.logged.join('\n')).not.toContain(key)
})

test('follows no redirect, so the key goes nowhere else', async () => {
  server.always = { status: 307, headers: { location: `${server.url}/elsewhere` } }
  expect(await problem(writer().write(task, { timeoutMs: 5_000 }))).toContain('cannot be reached')
  expect(server.requests.map(({ path }) => path)).not.toContain('/v1/elsewhere')
})

test('S35: an answer without an end is not read to its end', async () => {
  let sent = 0
  const endless = createServer((_, response) => {
    const piece = Buffer.alloc(1_000_000, ' ')
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent += piece.length
    }
    response.on('drain', more)
    more()
  })
  await new Promise<void>((done) => endless.listen(0, '127.0.0.1', done))
  try {
    const base_url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`
    await problem(writer({ base_url }).write(task, { timeoutMs: 20_000 }))
    expect(sent).toBeLessThan(3 * 64 * 1024 * 1024)
  } finally {
    endless.closeAllConnections()
    await new Promise((done) => endless.close(done))
  }
})

describe('settings that cannot work are refused in one sentence', () => {
  const refused = (settings: Partial<ModelSettings>, key?: string) => {
    const whole: ModelSettings = { provider: 'openai-compatible', model: 'm', ...settings }
    try {
      createWriter(whole, key, seen.context)
    } catch (error) {
      if (isBreakroomError(error, 'config_invalid')) return error.message
      throw error
    }
    return null
  }

  test.each<[Partial<ModelSettings>, string | undefined, string]>([
    [{ provider: 'cohere' }, 'k', 'cohere is not asked to write; choose anthropic or openai-compatible'],
    [{}, 'k', 'openai-compatible needs base_url: where the server is'],
    [{ base_url: 'ftp://models.example' }, 'k', 'base_url must begin with https:// or http://'],
    [{ base_url: 'https://me:secret@models.example' }, 'k', 'base_url must not hold a password; use key_env'],
    [{ base_url: 'https://models.example', key_env: 'THE_KEY' }, undefined, 'THE_KEY is not set'],
    [
      { base_url: 'https://models.example', key_env: 'THE_KEY' },
      'a\nb',
      'THE_KEY has characters that no key has, such as a space or a line break',
    ],
    [{ provider: 'anthropic' }, undefined, 'anthropic needs a key; name its variable as key_env'],
  ])('%j', (settings, key, sentence) => {
    expect(refused(settings, key)).toBe(`breakroom.yaml, knowledge.writer: ${sentence}.`)
  })

  test('but a server of our own needs no key', () => {
    expect(refused({ base_url: 'http://127.0.0.1:8080/v1' })).toBeNull()
  })
})
