import { setTimeout as pause } from 'node:timers/promises'

/** Several changes to one thing, one after another; each is timed. */
export type Story = (change: <T>(work: () => Promise<T>) => Promise<T>) => Promise<void>

/** What many stories came to. */
export interface Stories {
  /** Milliseconds from asking to the answer, of each change. */
  samples: number[]
  stories: number
  /** Changes that were answered, a second, from the first question to the last answer. */
  rate: number
}

/** Begins stories at a steady pace for `seconds`, whether or not those before have ended, and waits for all. */
export async function steadily(story: Story, perSecond: number, seconds: number): Promise<Stories> {
  const told: Promise<void>[] = []
  const { samples, tell, result } = storyteller(story)
  const begun = performance.now()
  const count = Math.round(perSecond * seconds)
  // One that fails ends it at once, also while the others are still begun.
  const failed = Promise.withResolvers<never>()
  const beginAll = async () => {
    while (told.length < count) {
      const due = Math.min(count, Math.floor(((performance.now() - begun) / 1_000) * perSecond) + 1)
      while (told.length < due) {
        told.push(tell())
        told.at(-1)?.catch(failed.reject)
      }
      await pause(2)
    }
    await Promise.all(told)
  }
  await Promise.race([beginAll(), failed.promise])
  return result(begun, samples, told.length)
}

/** Keeps `width` stories under way for `seconds`: as fast as it goes. */
export async function crowded(story: Story, width: number, seconds: number): Promise<Stories> {
  const { samples, tell, result } = storyteller(story)
  const begun = performance.now()
  let count = 0
  const one = async () => {
    while (performance.now() - begun < seconds * 1_000) {
      count++
      await tell()
    }
  }
  await Promise.all(Array.from({ length: width }, one))
  return result(begun, samples, count)
}

function storyteller(story: Story) {
  const samples: number[] = []
  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    const begun = performance.now()
    const done = await work()
    samples.push(performance.now() - begun)
    return done
  }
  return {
    samples,
    tell: () => story(change),
    result: (begun: number, taken: number[], stories: number): Stories => ({
      samples: taken,
      stories,
      rate: (taken.length / (performance.now() - begun)) * 1_000,
    }),
  }
}
