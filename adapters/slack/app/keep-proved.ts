import { backoffMs } from '../../../core/backoff.ts'
import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackTiming } from '../options.ts'
import type { SlackWeb } from '../web/web.ts'
import type { SlackIdentity } from './app.ts'
import { proveIdentity } from './identity.ts'

export interface KeepProvedOptions {
  web: SlackWeb
  /** The workspace the token has to belong to, or null for any. */
  team: string | null
  /** Resolves when there is a reason to ask again whether the token is good. */
  doubted(): Promise<void>
  onProved(identity: SlackIdentity): void
  /** `final` when only another token, or the workspace's owner, can help. */
  onLost(reason: string, final: boolean): void
  sleep: Sleep
  /** In [0, 1). */
  random: () => number
  timing: Pick<SlackTiming, 'retryBase' | 'retryCap'>
  signal: AbortSignal
}

/** Proves the token until Slack answers, and again whenever it is doubted, until `signal` aborts. Never rejects. */
export async function keepProved(options: KeepProvedOptions): Promise<void> {
  const { web, team, doubted, onProved, onLost, sleep, random, timing, signal } = options
  let failures = 0
  while (!signal.aborted) {
    try {
      const identity = await proveIdentity(web, team, signal)
      if (signal.aborted) return
      failures = 0
      onProved(identity)
      await doubted()
    } catch (error) {
      if (signal.aborted) return
      const final = isBreakroomError(error, 'denied') || isBreakroomError(error, 'refused')
      onLost(sentenceOf(error), final)
      const floorMs = Math.min(timing.retryBase, timing.retryCap)
      await sleep(final ? timing.retryCap : backoffMs(++failures, random, { floorMs, capMs: timing.retryCap }), signal)
    }
  }
}
