import { z } from 'zod'
import type { WebRequest, WebResponse } from '../ports/web-request.ts'

/** A request that came to our address, as the gateway hands it on: it judges nothing of it. */
const forwardedSchema = z.strictObject({
  platform: z.string().max(64),
  app: z.string().max(64),
  headers: z.record(z.string(), z.string()),
  /** The raw body in base64: what Slack signed are its bytes. */
  body: z.base64(),
})

/** A workspace that can be reached with requests. */
export interface ReachedByRequests {
  name: string
  receive(app: string, request: WebRequest): Promise<WebResponse>
}

const unknown: WebResponse = { status: 404, type: 'text/plain', body: '' }

/** Answers what the gateway hands on. The signature is judged by the app that it is for, before anything is read. */
export function serveSlack(networks: readonly ReachedByRequests[]) {
  return async (data: unknown): Promise<WebResponse> => {
    const parsed = forwardedSchema.safeParse(data)
    if (!parsed.success) return unknown
    const { platform, app, headers, body } = parsed.data
    const network = networks.find(({ name }) => name === platform)
    return network === undefined ? unknown : network.receive(app, { headers, body: Buffer.from(body, 'base64') })
  }
}
