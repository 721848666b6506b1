import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'
import type { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import { createWebClient } from './web/client.ts'
import { networkWord } from './web/failure.ts'

/** Makes one call with one token, and reads its answer in the given shape; `scopes` are what the token was granted, null when not told. */
export type SetupCall = <T>(
  token: string,
  method: string,
  shape: z.ZodType<T>,
  args?: Record<string, unknown>,
) => Promise<{ data: T; scopes: string[] | null }>

/** Its calls reject as those of `SlackSetup`. */
export function createSetupCall({ apiUrl, timeoutMs }: { apiUrl: string; timeoutMs: number }): SetupCall {
  return async (token, method, shape, args = {}) => {
    const client = createWebClient({ token, apiUrl, timeoutMs })
    const answer = await client.apiCall(method, args).catch((error: unknown) => {
      throw explained(error, method, apiUrl)
    })
    const parsed = shape.safeParse(answer)
    if (!parsed.success) throw new BreakroomError('unavailable', `${apiUrl} does not answer ${method} as Slack does.`)
    return { data: parsed.data, scopes: answer.response_metadata?.scopes ?? null }
  }
}

/** Whether Slack understood a call and did not do it, for one of these reasons. */
export function refusedWith(error: unknown, ...reasons: string[]): boolean {
  return error instanceof BreakroomError && error.code === 'refused' && reasons.includes(String(error.detail.error))
}

function explained(error: unknown, method: string, apiUrl: string): BreakroomError {
  if (error instanceof WebAPIPlatformError) {
    const { error: word, errors } = error.data as { error: string; errors?: { message?: string; pointer?: string }[] }
    const detail = { error: word, errors: errors ?? [], method }
    return new BreakroomError('refused', `Slack refuses ${method}: ${word}.`, { cause: error, detail })
  }
  return new BreakroomError('unavailable', `Slack cannot be asked at ${apiUrl}: ${reasonOf(error)}.`, { cause: error })
}

function reasonOf(error: unknown): string {
  if (error instanceof WebAPIRateLimitedError) return `it asks to wait ${error.retryAfter} seconds`
  if (error instanceof WebAPIHTTPError) return `it answers with status ${error.statusCode}`
  return networkWord(error instanceof WebAPIRequestError ? error.original : error)
}
