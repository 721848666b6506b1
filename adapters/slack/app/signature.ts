import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WebRequest } from '../../../ports/web-request.ts'

/** Slack's own advice; older ones may be somebody's recording. Seconds, either way: clocks are wrong in both directions. */
const window = 300

/**
 * Whether Slack signed this request for the app with this secret within five minutes of `now`: version 0 of its signatures, over the raw
 * bytes of the body.
 */
export function isSigned({ headers, body }: WebRequest, secret: string, now: Date): boolean {
  if (secret === '') return false
  const signature = headerOf(headers, 'x-slack-signature')
  const timestamp = headerOf(headers, 'x-slack-request-timestamp')
  if (signature === null || timestamp === null || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > window) return false
  const proof = Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`)
  const given = Buffer.from(signature)
  return given.length === proof.length && timingSafeEqual(given, proof)
}

/** A header by its lower-case name, however the server before us writes names. */
export function headerOf(headers: Record<string, string>, name: string): string | null {
  for (const [key, value] of Object.entries(headers)) if (key.toLowerCase() === name) return value
  return null
}
