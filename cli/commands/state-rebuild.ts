import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import { jobStatusSchema } from '../../core/state/request.ts'
import { withState } from '../ask-state.ts'
import { withTasks } from '../ask-tasks.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { grouped, type Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'
import { goesOn, watchJob } from '../watch-job.ts'

const lookEveryMs = 200
/** What shows it again. */
const again = 'breakroom state rebuild'

const rebuildSchema = z.looseObject({
  running: z.boolean(),
  done: z.number(),
  /** 0 until it has looked. */
  total: z.number(),
  error: z.string().nullable(),
  /** Null until it has ended well. */
  took_ms: z.number().nullable(),
})

const rebuiltSchema = jobStatusSchema.extend({
  /** Those of the ledger, and those of them that had to be put right. */
  commits: z.number().default(0),
  mended: z.number().default(0),
})

/** What a rebuild came to: what to say of it, and for programs. */
interface Rebuilt {
  text: string
  json: object
}

/**
 * `breakroom state rebuild`: has the task store made anew from the ledger, then what the state store keeps put right from it, and shows how far
 * that is; joins a rebuild that is under way. Exit code 1 when one failed, was cut short, or found what it cannot put right, and when `stop`
 * aborted the watching; the rebuild itself then goes on.
 */
export async function stateRebuild(
  settings: Settings,
  output: Output,
  progressOf: (things: string) => Progress,
  stop: AbortSignal,
): Promise<number> {
  const store = await rebuildTaskStore(settings, output, progressOf('commits'), stop)
  if (store === null) return exitCodes.failure
  // It is done, whatever becomes of the other one.
  if (!output.json) output.result(store.text, store.json)
  const watching = { output, progress: progressOf('entries of the ledger'), stop }
  const kept = rebuiltSchema.parse(await withState(settings, (ask) => watchJob(ask, 'rebuild', watching)))
  if (kept.running) {
    goesOn(output, kept, again)
    return exitCodes.failure
  }
  output.result(keptText(kept), { ...store.json, kept })
  return kept.different > 0 ? exitCodes.failure : exitCodes.ok
}

/** Null when `stop` aborted the watching. */
async function rebuildTaskStore(
  settings: Settings,
  output: Output,
  progress: Progress,
  stop: AbortSignal,
): Promise<Rebuilt | null> {
  const last = await withTasks(settings, output, async (ask) => {
    await ask('rebuild', {})
    try {
      for (;;) {
        const state = rebuildSchema.parse(await ask('rebuild_status', {}))
        progress.show(state.done, state.total)
        if (!state.running || stop.aborted) return state
        await pause(lookEveryMs, undefined, { signal: stop }).catch(() => {})
      }
    } finally {
      progress.end()
    }
  })
  if (last.running) {
    goesOn(output, last, again)
    return null
  }
  if (last.error !== null) throw new BreakroomError('unavailable', `The rebuild failed: ${last.error}`)
  if (last.took_ms === null) {
    throw new BreakroomError('unavailable', 'The rebuild was cut short, the task service began anew. Run it again.')
  }
  const text = `The task store is built anew: ${grouped(last.done)} commits in ${seconds(last.took_ms)}.`
  return { text, json: { commits: last.done, took_ms: last.took_ms } }
}

/** What was put right in what the state store keeps, and what could not be. */
function keptText({ commits, mended, took_ms, different, differences }: z.infer<typeof rebuiltSchema>): string {
  const found = mended === 0 ? 'nothing was off' : `${grouped(mended)} put right`
  const took = took_ms === null ? '' : ` in ${seconds(took_ms)}`
  const more = different - differences.length
  return [
    `What is kept was held against the ledger: ${grouped(commits)} commits${took}, ${found}.`,
    ...(different === 0 ? [] : ['Not put right:', ...differences.map((difference) => `  ${difference}.`)]),
    ...(more > 0 ? [`  and ${grouped(more)} more`] : []),
  ].join('\n')
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
