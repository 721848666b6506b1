import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import { BreakroomError } from '../../../core/errors.ts'
import { wasNeverSent } from './never-sent.ts'

/** What a failed call means: wait and call again, or an error as web.ts says. */
export type CallFailure = { waitMs: number } | { error: BreakroomError }

/** The token, or whom it stands for, is gone. */
const deadTokens = new Set([
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'not_allowed_token_type',
  'not_authed',
  'team_disabled',
  'token_expired',
  'token_revoked',
  'user_removed_from_team',
])

/** Slack's trouble, not ours; of these Slack says that it stopped before it did anything. */
const notNow = new Set(['migration_in_progress', 'request_timeout', 'team_added_to_org'])
/** The same, but part of it may be done. */
const brokeOff = new Set(['fatal_error', 'internal_error', 'service_unavailable'])

const tooMuch = new Set(['ratelimited', 'rate_limited'])

/** Where a refusal does not say how long. Milliseconds. */
const waitUnsaid = 10_000

/** Reads what Slack's client rejected with. Nothing of the request, nor of its headers, gets into the error. */
export function readFailure(method: string, thrown: unknown): CallFailure {
  if (thrown instanceof WebAPIRateLimitedError) return { waitMs: Math.max(1, thrown.retryAfter) * 1000 }
  if (thrown instanceof WebAPIPlatformError) return readRefusal(method, thrown)
  if (thrown instanceof WebAPIHTTPError) {
    // Somebody between us and Slack may say anything; below 500 it is at least that the request was not taken.
    return unavailable(method, `HTTP ${thrown.statusCode}`, thrown.statusCode >= 500)
  }
  if (thrown instanceof WebAPIRequestError) {
    return unavailable(method, networkWord(thrown.original), !wasNeverSent(thrown.original))
  }
  // The client's words for a 429 without a readable Retry-After.
  if (thrown instanceof Error && thrown.message.startsWith('Retry header did not contain'))
    return { waitMs: waitUnsaid }
  return unavailable(method, networkWord(thrown), true)
}

function readRefusal(method: string, { data }: WebAPIPlatformError): CallFailure {
  const word = data.error
  if (tooMuch.has(word)) return { waitMs: waitUnsaid }
  if (notNow.has(word)) return unavailable(method, word, false)
  if (brokeOff.has(word)) return unavailable(method, word, true)
  // The client puts a page that is not JSON here, whole.
  if (!/^[a-z0-9_.:-]{1,100}$/i.test(word)) return unavailable(method, 'an answer that cannot be read', true)
  const detail = {
    error: word,
    ...('needed' in data && typeof data.needed === 'string' ? { needed: data.needed } : {}),
  }
  if (deadTokens.has(word)) {
    return {
      error: new BreakroomError('denied', `Slack no longer takes the token for ${method}: ${word}.`, { detail }),
    }
  }
  return { error: new BreakroomError('refused', `Slack refused ${method}: ${word}.`, { detail }) }
}

function unavailable(method: string, what: string, maybeDone: boolean): CallFailure {
  return {
    error: new BreakroomError('unavailable', `Slack did not answer ${method}: ${what}.`, { detail: { maybeDone } }),
  }
}

/** A word of ours or a code: messages of network errors can quote headers, and so the token. */
export function networkWord(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return 'no answer in time'
  const { code } = error as NodeJS.ErrnoException
  if (typeof code === 'string') return code
  return error.cause === undefined ? 'no answer' : networkWord(error.cause)
}
