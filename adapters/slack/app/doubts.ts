import { isBreakroomError } from '../../../core/errors.ts'
import type { SlackWeb } from '../web/web.ts'

/** Reasons to ask again whether a token is good. */
export interface Doubts {
  /** The same calls; one that is denied is such a reason. */
  watch(web: SlackWeb): SlackWeb
  /** Resolves at the next reason, or when all is over. */
  next(): Promise<void>
}

/** `signal` ends it. */
export function createDoubts(signal: AbortSignal): Doubts {
  let doubt = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => doubt.resolve(), { once: true })
  return {
    watch: (web) => ({
      app: web.app,
      async call(method, args, options) {
        try {
          return await web.call(method, args, options)
        } catch (error) {
          if (isBreakroomError(error, 'denied')) doubt.resolve()
          throw error
        }
      },
    }),
    async next() {
      doubt = Promise.withResolvers<void>()
      if (!signal.aborted) await doubt.promise
    },
  }
}
