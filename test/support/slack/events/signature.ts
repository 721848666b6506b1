import { createHmac } from 'node:crypto'

/** The `X-Slack-Signature` of a raw body. Follows docs.slack.dev "Verifying requests from Slack". */
export function signature(secret: string, timestamp: number, rawBody: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`
}
