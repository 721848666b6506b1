import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEmbedder } from '../../../adapters/models/embedder.ts'
import type { ModelSettings } from '../../../core/knowledge/settings.ts'
import { type SeenModels, seeModels } from '../../support/models/model-context.ts'
import { type ModelServer, startModelServer } from '../../support/models/server.ts'

let server: ModelServer
let seen: SeenModels

beforeEach(async () => {
  server = await startModelServer()
  seen = seeModels()
})
afterEach(() => server[Symbol.asyncDispose]())

const limits = { timeoutMs: 5_000 }
const cosine = (one?: Float32Array, other?: Float32Array) =>
  one?.reduce((sum, value, at) => sum + value * (other?.[at] ?? Number.NaN), 0) ?? Number.NaN

function embedder(provider: 'openai-compatible' | 'cohere') {
  const base_url = provider === 'cohere' ? server.cohereUrl : server.url
  return createEmbedder({ provider, model: 'e', base_url, key_env: 'KEY' }, server.key, seen.context)
}

describe.each(['openai-compatible', 'cohere'] as const)('%s', (provider) => {
  test('gives vectors of length 1, in the order of the texts; what means the same is near', async () => {
    const [leave, holiday, ship] = await embedder(provider).embed(
      ['my leave', 'a holiday', 'we ship'],
      'passage',
      limits,
    )
    expect(cosine(leave, leave)).toBeCloseTo(1, 5)
    expect(cosine(leave, holiday)).toBeGreaterThan(0.9)
    expect(cosine(leave, ship)).toBeLessThan(0.1)
    expect(seen.counted('breakroom_model_tokens_total', 'embedder', 'in')).toBe(provider === 'cohere' ? 9 : 7)
  })

  test('embeds as many at a time as it says, in one request', async () => {
    const { batch, embed } = embedder(provider)
    const texts = Array.from({ length: batch }, (_, at) => `text ${at}`)
    expect(await embed(texts, 'passage', limits)).toHaveLength(batch)
    expect(server.requests).toHaveLength(1)
    await expect(embed([...texts, 'more'], 'passage', limits)).rejects.toThrow(RangeError)
  })

  test('asks nobody for nothing', async () => {
    expect(await embedder(provider).embed([], 'passage', limits)).toEqual([])
    expect(server.requests).toEqual([])
  })
})

test('tells cohere what is a question and what a passage', async () => {
  await embedder('cohere').embed(['a'], 'question', limits)
  await embedder('cohere').embed(['a'], 'passage', limits)
  expect(server.requests.map(({ body }) => body.input_type)).toEqual(['search_query', 'search_document'])
})

test.each([
  ['fewer vectors than texts', { data: [{ embedding: [1, 2] }] }],
  ['vectors of different dimensions', { data: [{ embedding: [1, 2] }, { embedding: [1] }] }],
  ['vectors without a direction', { data: [{ embedding: [0, 0] }, { embedding: [0, 1] }] }],
  ['no numbers', { data: [{ embedding: ['1'] }, { embedding: ['2'] }] }],
  ['empty vectors', { data: [{ embedding: [] }, { embedding: [] }] }],
])('takes nothing that makes no sense: %s', async (_, body) => {
  server.always = { status: 200, body: JSON.stringify(body) }
  await expect(embedder('openai-compatible').embed(['a', 'b'], 'passage', limits)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The embedder (openai-compatible/e) answers with something that makes no sense.',
  })
})

test('a provider without embeddings is refused in one sentence', () => {
  const settings: ModelSettings = { provider: 'anthropic', model: 'm' }
  expect(() => createEmbedder(settings, 'k', seen.context)).toThrow(
    'breakroom.yaml, knowledge.embedder: anthropic has no embeddings; choose openai-compatible or cohere.',
  )
})
