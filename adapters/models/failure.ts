import type { Sdk } from './sdk.ts'

/** What a request to a model failed of. */
export interface ModelFailure {
  kind: 'limited' | 'denied' | 'unknown' | 'refused' | 'failed' | 'unreachable' | 'unreadable'
  /** HTTP status, or null when there was no answer. */
  status: number | null
  /** What the provider asked us to wait, ms. */
  retryAfterMs: number | null
  /** A second try may go better. */
  mayPass: boolean
  /** Tokens that were used nonetheless. */
  usage: { inputTokens: number | undefined; outputTokens: number | undefined } | null
}

/** An answer that came but makes no sense. */
export class Nonsense extends Error {}

/**
 * Reads an error of the AI SDK. Its words are never passed on: they may repeat a key, an address or what was asked. `now` is for
 * `Retry-After` as a date.
 */
export function readFailure(error: unknown, sdk: Sdk, now: Date): ModelFailure {
  const nothing = { status: null, retryAfterMs: null, usage: null }
  if (sdk.APICallError.isInstance(error)) {
    const status = error.statusCode ?? null
    if (status === null) return { ...nothing, kind: 'unreachable', mayPass: error.isRetryable }
    const retryAfterMs = retryAfter(error.responseHeaders ?? {}, now)
    const kind = kindOf(status)
    return { ...nothing, kind, status, retryAfterMs, mayPass: ['limited', 'failed', 'unreadable'].includes(kind) }
  }
  if (sdk.NoObjectGeneratedError.isInstance(error)) {
    return { ...nothing, kind: 'unreadable', mayPass: true, usage: error.usage ?? null }
  }
  const readable = !(error instanceof Nonsense || sdk.AISDKError.isInstance(error))
  return { ...nothing, kind: readable ? 'failed' : 'unreadable', mayPass: true }
}

function kindOf(status: number): ModelFailure['kind'] {
  if (status < 300) return 'unreadable'
  if (status === 429) return 'limited'
  if (status === 401 || status === 402 || status === 403) return 'denied'
  if (status === 404) return 'unknown'
  if (status === 408 || status === 409 || status >= 500) return 'failed'
  return 'refused'
}

function retryAfter(headers: Record<string, string>, now: Date): number | null {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '')
  if (ms >= 0) return ms
  const value = headers['retry-after'] ?? ''
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - now.getTime()) / 1000
  return seconds >= 0 ? seconds * 1000 : null
}
