import { createHash } from 'node:crypto'
import type { Task } from '../../core/task/task.ts'
import { quoted } from '../../core/task/wording.ts'
import type { ProgramOutcome } from '../../ports/program.ts'

const lineShown = 300

/** Whether a run counts as finished: it ended by itself, and says that all is well. */
export function succeeded({ exitCode, ended }: ProgramOutcome): boolean {
  return exitCode === 0 && ended === null
}

/** What it came to when nothing could be run. */
export function notRun(why: string): ProgramOutcome {
  return { exitCode: null, ended: why, durationMs: 0, outputTail: '', outputSha256: createHash('sha256').digest('hex') }
}

/** What a failed run came to, as a sentence for people: how it ended, and the last thing it said. */
export function failureOf(command: string, { exitCode, ended, outputTail }: ProgramOutcome): string {
  const how = ended ?? `ended with exit code ${exitCode}`
  const last = outputTail.trimEnd().split('\n').at(-1)?.trim() ?? ''
  const words = last === '' ? 'without a word' : `its last words: ${shortened(last)}`
  return `\`${command}\`: ${how}; ${words}`
}

/** The end of what a program said, at most `most` characters of it. */
export function endOf({ outputTail }: ProgramOutcome, most: number): string {
  const words = outputTail.trim()
  return words.length <= most ? words : `…${words.slice(1 - most)}`
}

/** What a seat says when its program came to no verdict, again and again. */
export function cannotReviewLine({ label, title }: Pick<Task, 'label' | 'title'>): string {
  return `I came to no verdict on ${label} ${quoted(title)}; somebody else has to look: !approve ${label}, or !reject ${label} <reason>.`
}

function shortened(line: string): string {
  return line.length <= lineShown ? line : `…${line.slice(-lineShown)}`
}
