import { BreakroomError } from '../../core/errors.ts'
import type { ModelSettings } from '../../core/knowledge/settings.ts'

/** What a model is for, as it is called in breakroom.yaml. */
export type ModelJob = 'writer' | 'embedder' | 'reranker'

/** Where requests go and what lets them in. `fetch` makes them. */
export interface ProviderAccess {
  baseURL: string
  apiKey: string
  fetch: typeof fetch
}

const ownAddress = { anthropic: 'https://api.anthropic.com/v1', cohere: 'https://api.cohere.com/v2' }

const cannot: Record<ModelJob, Partial<Record<ModelSettings['provider'], string>>> = {
  writer: { cohere: 'cohere is not asked to write; choose anthropic or openai-compatible' },
  embedder: { anthropic: 'anthropic has no embeddings; choose openai-compatible or cohere' },
  reranker: {
    anthropic: 'anthropic has no reranking; choose cohere',
    'openai-compatible':
      "there is no reranking in OpenAI's API; for a server with Cohere's /rerank choose cohere and set base_url",
  },
}

/**
 * How to reach what the settings name. Throws `config_invalid` when this provider cannot do the job, or when its address or its key is
 * missing or cannot be used. Nothing is ever taken from the environment.
 */
export function accessOf(
  job: ModelJob,
  settings: ModelSettings,
  key: string | undefined,
  fetch: typeof globalThis.fetch,
): ProviderAccess {
  const { provider, key_env: variable } = settings
  const refuse = (problem: string) =>
    new BreakroomError('config_invalid', `breakroom.yaml, knowledge.${job}: ${problem}.`, { detail: { job, provider } })

  const unable = cannot[job][provider]
  if (unable !== undefined) throw refuse(unable)
  const baseURL = settings.base_url ?? (provider === 'openai-compatible' ? undefined : ownAddress[provider])
  if (baseURL === undefined) throw refuse(`${provider} needs base_url: where the server is`)
  const { protocol, username, password } = new URL(baseURL)
  if (protocol !== 'https:' && protocol !== 'http:') throw refuse('base_url must begin with https:// or http://')
  if (username !== '' || password !== '') throw refuse('base_url must not hold a password; use key_env')
  if (variable !== undefined && (key === undefined || key === '')) throw refuse(`${variable} is not set`)
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw refuse(`${variable ?? 'the key'} has characters that no key has, such as a space or a line break`)
  }
  if (key === undefined && settings.base_url === undefined)
    throw refuse(`${provider} needs a key; name its variable as key_env`)
  // A server that one runs oneself may want no key. An empty one would make the SDK look into the environment.
  return { baseURL, apiKey: key ?? 'none', fetch }
}
