import type { IncomingMessage } from 'node:http'
import type { Json } from '../message.ts'
import { Refusal } from './refusal.ts'

/**
 * The arguments of a call, from a form or from JSON. Follows docs.slack.dev "Using the Slack Web API": in a form, anything
 * that is not text is JSON-encoded.
 */
export function readArgs(request: IncomingMessage, body: Buffer): Json {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://slack').searchParams)
  const type = request.headers['content-type'] ?? ''
  if (type.includes('application/json')) return { ...query, ...(JSON.parse(body.toString() || '{}') as Json) }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) }
}

/** The token of a call: the bearer's, or the argument's. */
export function readToken(request: IncomingMessage, args: Json): string {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return bearer ?? (typeof args.token === 'string' ? args.token : '')
}

export function text(args: Json, name: string): string | undefined {
  const value = args[name]
  return value === undefined || value === null ? undefined : String(value)
}

/** A text that the method cannot do without. */
export function needed(args: Json, name: string, code = 'invalid_arguments'): string {
  const value = text(args, name)
  if (value === undefined || value === '') {
    throw new Refusal(code, { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } })
  }
  return value
}

export function flag(args: Json, name: string, unsaid = false): boolean {
  const value = text(args, name)
  return value === undefined ? unsaid : value === 'true' || value === '1'
}

/** An object or a list, given as such or as JSON. */
export function structure(args: Json, name: string, code: string): unknown {
  const value = args[name]
  if (typeof value !== 'string') return value
  if (value === '') return undefined
  try {
    return JSON.parse(value)
  } catch {
    throw new Refusal(code)
  }
}

export function list(args: Json, name: string): string[] {
  return (text(args, name) ?? '').split(',').filter((item) => item !== '')
}
