import type { PartContext } from '../adapters/process/part-context.ts'
import { startDesk } from '../bots/desk/main.ts'
import { startBots } from '../bots/main.ts'
import { startSweep } from '../bots/sweep/main.ts'
import { startBridge } from '../bridge/main.ts'
import { startRouter } from '../bridge/router/main.ts'
import { startKnowledge } from '../knowledge-proxy/main.ts'
import type { RunningPart } from '../ports/part.ts'
import { startState } from '../state/main.ts'
import { startTasks } from '../tasks/main.ts'

/** Starts one part by name. */
export type PartStarter = (context: PartContext) => Promise<RunningPart>

/** The parts that do the work, in the order in which they are started: who is spoken to before who hears. */
export const partStarters = {
  router: startRouter,
  tasks: startTasks,
  state: startState,
  knowledge: startKnowledge,
  desk: startDesk,
  sweep: startSweep,
  bots: startBots,
  bridge: startBridge,
} satisfies Record<string, PartStarter>
export type PartName = keyof typeof partStarters

/** Starts parts; when one cannot be, those that were are stopped again. */
export async function startParts(context: PartContext, names: readonly PartName[]): Promise<RunningPart[]> {
  const parts: RunningPart[] = []
  try {
    for (const name of names) parts.push(await partStarters[name](context))
    return parts
  } catch (error) {
    await stopParts(parts)
    throw error
  }
}

/** Stops parts in the opposite order: the ears first, so that nothing is heard that nobody handles. */
export async function stopParts(parts: readonly RunningPart[]): Promise<void> {
  const failures: unknown[] = []
  for (const part of [...parts].reverse()) await part.stop().catch((error) => failures.push(error))
  // Everybody is stopped first: one that cannot let go must not keep the others.
  if (failures.length > 0) throw failures[0]
}
