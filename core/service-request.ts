import type { z } from 'zod'
import { isDeeperThan } from './envelope.ts'
import { BreakroomError } from './errors.ts'
import { redact } from './redact.ts'

/** A part of a request to a service, read strictly. Throws `usage` with a sentence that begins with the verb and names the place. */
export function readRequest<T>(schema: z.ZodType<T>, data: unknown, verb: string): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.path.join('.') ?? ''
  const sentence = `${verb}: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'it cannot be read'}.`
  throw new BreakroomError('usage', sentence, { detail: { path } })
}

/** Throws `usage` for what nests deeper than so many levels; to be asked before anything that takes a stack frame for each. */
export function refuseDeep(data: unknown, limit: number, verb: string): void {
  if (isDeeperThan(data, limit)) throw new BreakroomError('usage', `${verb}: it nests too deep.`)
}

/** Every text in it redacted. Chat was redacted when it was heard; what agents, programs and the command line write comes to a door first. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return redact(value).text
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]))
}
