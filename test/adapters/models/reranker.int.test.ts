import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReranker } from '../../../adapters/models/reranker.ts'
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
const passages = ['We ship on Friday.', 'Your leave is 25 days a year.', 'Holidays of a year are taken by March.']

const reranker = () =>
  createReranker(
    { provider: 'cohere', model: 'r', base_url: server.cohereUrl, key_env: 'KEY' },
    server.key,
    seen.context,
  )

test('puts first what answers best', async () => {
  const places = await reranker().rerank('How many days of vacation a year?', passages, limits)
  expect(places).toEqual([1, 2, 0])
  expect(seen.counted('breakroom_model_calls_total', 'reranker', 'ok')).toBe(1)
})

test('asks nobody for nothing', async () => {
  expect(await reranker().rerank('Why?', [], limits)).toEqual([])
  expect(server.requests).toEqual([])
})

test.each([
  ['a place that there is not', [{ index: 3, relevance_score: 1 }]],
  ['half a place', [{ index: 0.5, relevance_score: 1 }]],
  ['the same place twice', [1, 1].map((index) => ({ index, relevance_score: 1 }))],
])('takes nothing that makes no sense: %s', async (_, results) => {
  server.always = { status: 200, body: JSON.stringify({ results }) }
  await expect(reranker().rerank('Why?', passages, limits)).rejects.toMatchObject({ code: 'unavailable' })
})

test.each([
  ['anthropic', 'anthropic has no reranking; choose cohere'],
  [
    'openai-compatible',
    "there is no reranking in OpenAI's API; for a server with Cohere's /rerank choose cohere and set base_url",
  ],
] as const)('%s is refused in one sentence', (provider, sentence) => {
  expect(() => createReranker({ provider, model: 'm' }, 'k', seen.context)).toThrow(
    `breakroom.yaml, knowledge.reranker: ${sentence}.`,
  )
})
