import { hash } from 'node:crypto'
import { canonicalJson } from '../../core/state/state-digest.ts'

/** A short mark of a value: the same for values that say the same, in whatever order their fields are. */
export function markOf(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'base64url').slice(0, 22)
}

/** Whether two values say the same, in whatever order their fields are. */
export function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other)
}
