import { nextCursorOf } from '../web/json-object.ts'
import type { SlackWeb } from '../web/web.ts'
import type { Patience } from './patience.ts'

interface Pages {
  items: unknown[]
  /** The workspace's plan hides what came before. */
  limited: boolean
}

/** Calls a method until it has given its last page. */
export type ReadPages = (web: SlackWeb, method: string, args: Record<string, unknown>, list: string) => Promise<Pages>

/** Every page is asked for until it comes; rejects as `Patience`. */
export function createReadPages(patience: Patience, signal: AbortSignal): ReadPages {
  return async (web, method, args, list) => {
    const items: unknown[] = []
    let limited = false
    let cursor: string | null = null
    do {
      const page: Record<string, unknown> = cursor === null ? args : { ...args, cursor }
      const answer = await patience(method, () => web.call(method, page, { signal }))
      const found = answer[list]
      if (Array.isArray(found)) items.push(...found)
      limited ||= answer.is_limited === true
      cursor = nextCursorOf(answer)
    } while (cursor !== null)
    return { items, limited }
  }
}
