import { backoffMs } from '../../core/backoff.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { ModelCallLimits } from '../../ports/model-call.ts'
import type { Sleep } from '../../ports/sleep.ts'
import { type ModelFailure, readFailure } from './failure.ts'
import type { ModelJob } from './provider.ts'
import { loadSdk, type Sdk } from './sdk.ts'
import { createTurnstile } from './turnstile.ts'

/** What models are asked with. */
export interface ModelContext {
  clock: Clock
  sleep: Sleep
  random(): number
  log: Log
  metrics: Metrics
  /** Told what each request used, as far as the provider counted it. */
  used?: (tokens: { input: number; output: number }) => void
  /** The one of Node when left out. */
  fetch?: typeof fetch
}

/** Tokens as a provider counted them. */
interface Usage {
  inputTokens: number | undefined
  outputTokens: number | undefined
}

/** One try of a request. `used` is to be told what it cost. */
export type Attempt<T> = (sdk: Sdk, signal: AbortSignal, used: (usage: Usage) => void) => Promise<T>

export interface Calls {
  /** Tries within the limits. Rejects with `unavailable` only. */
  run<T>(limits: ModelCallLimits, attempt: Attempt<T>): Promise<T>
  trouble(): string | null
}

/** Tries of one request, and requests at a time. */
const tries = 3
const atOnce = 8
const pauses = { floorMs: 200, capMs: 2_000 }
/** After so many failed requests in a row it is left alone for a while, so that not everybody who asks waits for nothing. */
const patience = 3
const rest = { floorMs: 5_000, capMs: 60_000 }
/** Nobody makes us wait for longer than that. */
const longestRestMs = 600_000

/** The requests to one model: tried again, bounded in number and time, counted, and left off for a while when they are in vain. */
export function createCalls(job: ModelJob, model: string, context: ModelContext): Calls {
  const { clock, sleep, random, log, metrics } = context
  const turnstile = createTurnstile(atOnce)
  let failures = 0
  let restsUntil = 0
  let trouble: string | null = null

  const count = (what: string) => metrics.count('breakroom_model_calls_total', { job, what })
  const used = ({ inputTokens, outputTokens }: Usage) => {
    if (inputTokens) metrics.count('breakroom_model_tokens_total', { job, what: 'in' }, inputTokens)
    if (outputTokens) metrics.count('breakroom_model_tokens_total', { job, what: 'out' }, outputTokens)
    if (inputTokens || outputTokens) context.used?.({ input: inputTokens ?? 0, output: outputTokens ?? 0 })
  }
  const unavailable = (problem: string, detail: { retry_after_ms?: number; kind?: ModelFailure['kind'] } = {}) =>
    new BreakroomError('unavailable', `The ${job} (${model}) ${problem}.`, { detail: { job, model, ...detail } })

  /** Notes that it is of no use now, and says so. */
  function giveUp(problem: string, failure: ModelFailure | null): BreakroomError {
    const kind = failure?.kind
    // Whoever refuses a request is there for the next one.
    if (kind !== 'refused') failures += 1
    const restMs = Math.min(restAfter(failure) ?? restInVain(failures, random), longestRestMs)
    restsUntil = Math.max(restsUntil, clock.monotonic() + restMs)
    const error = unavailable(problem, {
      ...(restMs > 0 ? { retry_after_ms: Math.ceil(restMs) } : {}),
      ...(kind === undefined ? {} : { kind }),
    })
    if (trouble === null) log.warn({ job, model, problem }, 'models: it is done without')
    trouble = error.message
    return error
  }

  function succeeded(): void {
    if (trouble !== null) log.info({ job, model }, 'models: it answers again')
    failures = 0
    restsUntil = 0
    trouble = null
  }

  function stopped(): BreakroomError {
    count('stopped')
    return unavailable('was not needed any more')
  }

  async function tryOut<T>(attempt: Attempt<T>, { timeoutMs, signal }: ModelCallLimits, late: AbortSignal): Promise<T> {
    const bounded = either(late, signal)
    const end = clock.monotonic() + timeoutMs
    const sdk = await loadSdk().catch(() => {
      throw giveUp('cannot be loaded; install the packages again', null)
    })
    for (let tried = 1; ; tried++) {
      let failure: ModelFailure | null = null
      try {
        const result = await attempt(sdk, bounded, used)
        count('ok')
        succeeded()
        return result
      } catch (error) {
        if (!bounded.aborted) failure = readFailure(error, sdk, clock.now())
      }
      if (failure !== null) {
        count(failure.kind)
        if (failure.usage !== null) used(failure.usage)
        const pause = failure.retryAfterMs ?? backoffMs(tried, random, pauses)
        if (!failure.mayPass || tried === tries || clock.monotonic() + pause >= end) {
          throw giveUp(sentences[failure.kind](failure.status), failure)
        }
        await sleep(pause, bounded)
      }
      if (signal?.aborted) throw stopped()
      if (late.aborted) {
        count('timeout')
        throw giveUp(`did not answer within ${timeoutMs / 1000} s`, null)
      }
    }
  }

  return {
    trouble: () => trouble,
    async run(limits, attempt) {
      const restMs = restsUntil - clock.monotonic()
      if (restMs > 0) {
        count('resting')
        throw unavailable(`is left alone for another ${Math.ceil(restMs / 1000)} s`, {
          retry_after_ms: Math.ceil(restMs),
        })
      }
      const began = clock.monotonic()
      const late = AbortSignal.timeout(limits.timeoutMs)
      const leave = await turnstile.enter(either(late, limits.signal)).catch(() => {
        if (limits.signal?.aborted) throw stopped()
        count('crowded')
        throw unavailable('has too much to do')
      })
      try {
        return await tryOut(attempt, limits, late)
      } finally {
        leave()
        metrics.count('breakroom_model_ms_total', { job }, Math.round(clock.monotonic() - began))
      }
    },
  }
}

function either(late: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? late : AbortSignal.any([late, signal])
}

const sentences: Record<ModelFailure['kind'], (status: number | null) => string> = {
  limited: () => 'is asked more often than it allows',
  denied: (status) => `does not let us in (${status}); look at its key`,
  unknown: () => 'is not there (404); look at model and base_url',
  refused: (status) => `does not take our request (${status})`,
  failed: (status) => (status === null ? 'cannot be asked' : `is out of order (${status})`),
  unreachable: () => 'cannot be reached',
  unreadable: () => 'answers with something that makes no sense',
}

/** How long to leave it alone at once, ms; null when one failure says nothing. */
function restAfter(failure: ModelFailure | null): number | null {
  if (failure === null) return null
  if (failure.retryAfterMs !== null) return failure.retryAfterMs
  // Nothing but another configuration helps.
  return failure.kind === 'denied' || failure.kind === 'unknown' ? rest.capMs : null
}

/** How long to leave it alone after so many failures in a row, ms. */
function restInVain(failures: number, random: () => number): number {
  return failures < patience ? 0 : backoffMs(failures - patience, random, rest)
}
