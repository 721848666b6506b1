import type { Json } from '../message.ts'
import { text } from './args.ts'
import { Refusal } from './refusal.ts'

/** Follows docs.slack.dev "Pagination": an opaque cursor, and an empty one when there is no more. */
export function page<T>(
  items: T[],
  args: Json,
  limits: { unsaid: number; most: number },
): { items: T[]; next: string } {
  const limit = Number(text(args, 'limit') ?? limits.unsaid)
  if (!Number.isInteger(limit) || limit < 0 || limit > limits.most) throw new Refusal('invalid_limit')
  const size = limit === 0 ? limits.unsaid : limit
  const from = offset(text(args, 'cursor'))
  const next = from + size < items.length ? Buffer.from(`next:${from + size}`).toString('base64') : ''
  return { items: items.slice(from, from + size), next }
}

function offset(cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0
  const found = /^next:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())
  if (found === null) throw new Refusal('invalid_cursor')
  return Number(found[1])
}
