import { textArgument } from '../command.ts'
import type { Task } from './task.ts'

type Judged = Pick<Task, 'epoch' | 'result' | 'passed' | 'rounds'>

/**
 * What a yes or a no is about, in one word: which result, and which step it waits at. Another result, the next step, and the same step
 * after something was looked at anew have another.
 */
export function judgedResult({ epoch, result, passed, rounds }: Judged): string {
  return `#${result?.epoch ?? epoch}.${passed}${rounds === 0 ? '' : `.${rounds}`}`
}

/** That word at the front of what somebody says of a result, as buttons write it there, and the rest; null when it is not said. */
export function judgedFront(words: string): { about: string | null; words: string } {
  const [whole, about] = words.match(/^(#\d{1,9}\.\d{1,4}(?:\.\d{1,2})?)(?:\s+|$)/) ?? []
  if (whole === undefined || about === undefined) return { about: null, words }
  return { about, words: textArgument(words.slice(whole.length)) }
}
