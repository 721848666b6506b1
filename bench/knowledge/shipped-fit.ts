import { readFileSync } from 'node:fs'
import { type Fitted, parseFitted } from '../../core/knowledge/fitted.ts'

const file = new URL('../../knowledge-proxy/fitted/fitted.json', import.meta.url)

/** The fitted numbers that the project ships. */
export function shippedFit(): Fitted {
  return parseFitted(JSON.parse(readFileSync(file, 'utf8')), 'knowledge-proxy/fitted/fitted.json')
}
