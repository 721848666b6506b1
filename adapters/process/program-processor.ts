import { readFile } from 'node:fs/promises'
import { type Family, findMembers } from './program-family.ts'

/** The kernel counts for programs in hundredths of a second, on every Linux that Node runs on. */
const msPerTick = 10
/** So long it is known which processes a run has, in ms: to find them means to look at all there are on the machine. */
const knownForMs = 30_000

/**
 * A meter of the processor time that a run has used with all it started, in ms, as `RunningProgram.processorMs` says it. What began
 * elsewhere than in a process that is known counts half a minute later at the latest. It may fall when one ends that nobody waits for.
 */
export function createProcessorMeter(family: Family): () => Promise<number | null> {
  let members: { pid: number; mark: string }[] = []
  let lookedAt = Number.NEGATIVE_INFINITY

  return async function processorMs() {
    if (process.platform !== 'linux') return null
    const known = await usedBy(members)
    const now = performance.now()
    if (known !== null && now - lookedAt < knownForMs) return known
    members = await findMembers(family)
    lookedAt = now
    return usedBy(members)
  }
}

/** Null when none of them runs any more. */
async function usedBy(members: readonly { pid: number; mark: string }[]): Promise<number | null> {
  const ticks = (await Promise.all(members.map(ticksOf))).filter((one) => one !== null)
  return ticks.length === 0 ? null : ticks.reduce((sum, one) => sum + one, 0) * msPerTick
}

/** Its own and that of the children which it has waited for; null when it is gone, or is another by now. */
async function ticksOf({ pid, mark }: { pid: number; mark: string }): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  // The name in parentheses may hold anything, so count from its end: state is the first field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, startedAt] = [fields[0], fields[19]]
  if (stat === '' || state === 'Z' || state === 'X' || !mark.startsWith(`${startedAt}@`)) return null
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0)
}
