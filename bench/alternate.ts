import { setTimeout as pause } from 'node:timers/promises'

const perBlock = 50
/** What one of them still writes behind its last sample must not burden the next. */
const restMs = 300

/**
 * Takes samples of several ways in turn, block by block, so that a noisy machine is noisy for all of them. Warm-up samples are
 * thrown away: all are compiled by then.
 */
export async function alternate(
  ways: ((count: number) => Promise<number[]>)[],
  { warmUp, samples }: { warmUp: number; samples: number },
): Promise<number[][]> {
  const taken: number[][] = ways.map(() => [])
  for (const way of ways) await way(warmUp)
  for (let done = 0; done < samples; done += perBlock) {
    for (const [index, way] of ways.entries()) {
      await pause(restMs)
      taken[index]?.push(...(await way(Math.min(perBlock, samples - done))))
    }
  }
  return taken
}
