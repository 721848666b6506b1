import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackTiming } from '../options.ts'
import { createWebClient } from './client.ts'
import { readFailure } from './failure.ts'
import { createLanes } from './lanes.ts'
import type { SlackWeb } from './web.ts'

export interface SlackWebOptions {
  /** Whose token it is: `breakroom` or a role. */
  app: string
  token: string
  /** Where the Web API is; ends in `/api/`. */
  apiUrl: string
  clock: Clock
  sleep: Sleep
  log: Log
  metrics: Metrics
  timing: Pick<SlackTiming, 'call'>
}

/** Slack's Web API with this token. Nothing is called before `call`. */
export function createSlackWeb({ app, token, apiUrl, clock, sleep, log, metrics, timing }: SlackWebOptions): SlackWeb {
  const client = createWebClient({ token, apiUrl, timeoutMs: timing.call })
  const lanes = createLanes({ clock, sleep })

  async function attempt(method: string, args: Record<string, unknown>) {
    try {
      return { done: { ...(await client.apiCall(method, args)) } }
    } catch (thrown) {
      const failure = readFailure(method, thrown)
      if ('error' in failure) throw failure.error
      metrics.count('breakroom_slack_limited_total', { voice: app, what: method })
      log.warn({ app, method, waitMs: failure.waitMs }, 'Slack wants this call later')
      return failure
    }
  }

  return {
    app,
    call: (method, args = {}, options = {}) => lanes.run(method, options, () => attempt(method, args)),
  }
}
