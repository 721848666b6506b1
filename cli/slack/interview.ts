import { BreakroomError } from '../../core/errors.ts'
import type { Prompt } from './prompt.ts'

/** What was found out about an answer. `problem` and `fix` are sentences. */
export type Verdict<T> = { good: T } | { problem: string; fix: string }

interface Question<T> {
  text: string
  /** Shows nothing of what is typed. */
  hidden?: boolean
  /** What a blank answer means; without it there has to be an answer. */
  blank?: { good: T }
  /** What to do where nobody can answer. */
  otherwise: string
  judge(answer: string): Promise<Verdict<T>>
}

/** A conversation of few questions. */
export interface Interview {
  say(text: string): void
  /**
   * Asks until an answer is good, three times at most. Throws `usage` when there is no answer and has to be one, `refused` after
   * three bad ones, and whatever `judge` throws.
   */
  ask<T>(question: Question<T>): Promise<T>
}

const tries = 3

/** Numbers its questions. `talk` shows a text to whoever answers. */
export function createInterview(prompt: Prompt, talk: (text: string) => void): Interview {
  let asked = 0
  return {
    say: talk,
    async ask({ text, hidden = false, blank, otherwise, judge }) {
      asked += 1
      talk(`\n${asked}. ${text}`)
      for (let left = tries; left > 0; left--) {
        const answer = await prompt.line(hidden)
        if ((answer === null || answer === '') && blank !== undefined) return blank.good
        if (answer === null) throw new BreakroomError('usage', otherwise)
        const verdict =
          answer === '' ? { problem: 'Nothing was typed.', fix: 'It is needed here.' } : await judge(answer)
        if ('good' in verdict) return verdict.good
        talk(`${verdict.problem} ${verdict.fix}${left > 1 ? ' Once more:' : ''}`)
      }
      throw new BreakroomError(
        'refused',
        `That was ${tries} times not it. What was good is kept; run the same command again.`,
      )
    },
  }
}
