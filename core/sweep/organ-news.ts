import { z } from 'zod'
import { traceOf } from '../envelope.ts'
import { cut, lineBytes } from '../task/wording.ts'
import type { OrganFinding } from './organs.ts'

/** What sweeps remember of organs that ail, by name. */
export const organMemorySchema = z.record(
  z.string(),
  z.looseObject({
    /** Of the first sweep that found it so. */
    since: z.iso.datetime(),
    /** In a row. */
    sweeps: z.int().min(1),
    said: z.boolean(),
  }),
)
export type OrganMemory = z.infer<typeof organMemorySchema>

/** A line for the room. The same id again is the same line. */
export interface OrganLine {
  id: string
  text: string
}

const longestWhy = 140
/** Sweeps may follow each other closely when somebody asks for them. */
const lastsMs = 60_000

/**
 * What is to be said of organs: that they ail, once, and once that they are well again. What is unknown now is remembered as it was. The
 * lines are to be said first, and `after` kept then: whoever has to say them again says the same ones.
 */
export function organNews(
  before: OrganMemory,
  organs: readonly OrganFinding[],
  at: Date,
): { lines: OrganLine[]; after: OrganMemory } {
  const after = { ...before }
  const ailing: News[] = []
  const well: News[] = []
  for (const { organ, state, why, sayAfter } of organs) {
    const known = Object.hasOwn(before, organ) ? before[organ] : undefined
    if (state === 'well') {
      delete after[organ]
      if (known?.said === true) well.push({ organ, since: known.since, words: organ })
    }
    if (state !== 'ailing') continue
    const { since, sweeps, said } = known ?? { since: at.toISOString(), sweeps: 0, said: false }
    const lasts = sayAfter === 1 || at.getTime() - Date.parse(since) >= lastsMs
    const isNews = !said && sayAfter !== null && sweeps + 1 >= sayAfter && lasts
    if (isNews) ailing.push({ organ, since, words: `${organ} (${cut(why.replace(/\.$/, ''), longestWhy)})` })
    after[organ] = { ...known, since, sweeps: sweeps + 1, said: said || isNews }
  }
  return { lines: [...lineOf('Something is wrong', ailing), ...lineOf('Well again', well)], after }
}

/** An organ of which there is something to say, and since when it ails or ailed. */
interface News {
  organ: string
  since: string
  words: string
}

function lineOf(head: string, news: readonly News[]): OrganLine[] {
  if (news.length === 0) return []
  const which = news.map(({ organ, since }) => `${organ} ${since}`).join('\n')
  return [
    {
      id: `organs:${traceOf(`${head}\n${which}`)}`,
      text: cut(`${head}: ${news.map(({ words }) => words).join('; ')}.`, lineBytes),
    },
  ]
}
