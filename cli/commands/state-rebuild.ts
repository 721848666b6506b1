import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { BreakroomError } from '../../core/errors.ts'
import { withTasks } from '../ask-tasks.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { grouped, type Progress } from '../progress.ts'
import type { Settings } from '../settings.ts'

const lookEveryMs = 200

const rebuildSchema = z.looseObject({
  running: z.boolean(),
  done: z.number(),
  /** 0 until it has looked. */
  total: z.number(),
  error: z.string().nullable(),
  /** Null until it has ended well. */
  took_ms: z.number().nullable(),
})

/**
 * `breakroom state rebuild`: has the task store made anew from the ledger and shows how far it is; joins a rebuild that is under
 * way. Exit code 1 when it failed, was cut short, or `stop` aborted the watching; the rebuild itself then goes on.
 */
export async function stateRebuild(
  settings: Settings,
  output: Output,
  progress: Progress,
  stop: AbortSignal,
): Promise<number> {
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
    if (output.json) output.result('', last)
    output.talk('The rebuild goes on without you; "breakroom state rebuild" shows it again.')
    return exitCodes.failure
  }
  if (last.error !== null) throw new BreakroomError('unavailable', `The rebuild failed: ${last.error}`)
  if (last.took_ms === null) {
    throw new BreakroomError('unavailable', 'The rebuild was cut short, the task service began anew. Run it again.')
  }
  const text = `The task store is built anew: ${grouped(last.done)} commits in ${seconds(last.took_ms)}.`
  output.result(text, { commits: last.done, took_ms: last.took_ms })
  return exitCodes.ok
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`
}
