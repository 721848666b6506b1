import type { LineAction } from '../../core/envelope.ts'

/** What the desk answers, and what its reader can do with a press where there are buttons. */
export interface Reply {
  text: string
  actions?: LineAction[]
}

/** An answer of words alone. */
export function inWords(text: string): Reply {
  return { text }
}
