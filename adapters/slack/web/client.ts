import { WebClient } from '@slack/web-api'
import { silentLogger } from './silent-logger.ts'

/** Slack's own client as we use it: it makes one try, waits for nothing, prints nothing, and takes its token to no other server. */
export function createWebClient(options: {
  token: string
  /** Where the Web API is; ends in `/api/`. */
  apiUrl: string
  /** Until a call is answered. Milliseconds. */
  timeoutMs: number
}): WebClient {
  return new WebClient(options.token, {
    slackApiUrl: options.apiUrl,
    timeout: options.timeoutMs,
    // Its own ways to wait stop every call of the token, and it repeats what may be done already.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: silentLogger,
  })
}
