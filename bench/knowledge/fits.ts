import { existsSync, readFileSync } from 'node:fs'
import { type Fitted, parseFitted } from '../../core/knowledge/fitted.ts'
import { foldCount } from './data.ts'

const shipped = new URL('../../knowledge-proxy/fitted/fitted.json', import.meta.url)
const folds = new URL('fit/folds.json', import.meta.url)

/** The fitted numbers that the project ships. */
export function shippedFit(): Fitted {
  return parseFitted(JSON.parse(readFileSync(shipped, 'utf8')), 'knowledge-proxy/fitted/fitted.json')
}

/**
 * For a set that the shipped numbers have seen: numbers that were fitted in the same way, but for the first without the articles whose
 * `foldOf` is 0, and so on. Null when there are none: `fit/folds.json` holds a list of `foldCount` for each name of a set.
 */
export function foldFits(set: string): Fitted[] | null {
  if (!existsSync(folds)) return null
  const all = JSON.parse(readFileSync(folds, 'utf8')) as Record<string, unknown[]>
  const found = all[set]?.map((fitted, fold) => parseFitted(fitted, `bench/knowledge/fit/folds.json, ${set} ${fold}`))
  return found?.length === foldCount ? found : null
}
