import type { ChatLine, LineAction } from '../../core/envelope.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { DirectoryEntry } from '../../core/mention.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import type { LearningLog } from '../../ports/learning-log.ts'
import type { Log } from '../../ports/log.ts'
import type { AskedQuestion, QuestionLog, QuestionRoom } from '../../ports/question-log.ts'
import type { Asker } from '../asker.ts'

/** A line of the house. */
export interface Words {
  /** The same id is the same line, however often it is said. */
  id: string
  room: QuestionRoom
  text: string
  /** Of the conversation that it belongs to. */
  trace: string
  thread?: NonNullable<ChatLine['thread']>
  /** Envelope id of the line that it answers. */
  answers?: string
  actions?: LineAction[]
}

/** What learning is made of. */
export interface LearningParts {
  questions: QuestionLog
  learning: LearningLog
  library: Library
  fleet: Pick<Fleet, 'people' | 'rooms' | 'knowledge'>
  /** Roles, so that what is said to one of them is not taken for an answer. */
  directory: readonly DirectoryEntry[]
  /** Resolves when it is stored. */
  say: (words: Words) => Promise<void>
  clock: Clock
  log: Log
}

/** Who gives a command. */
export type Teller = Pick<Asker, 'actor' | 'tier' | 'name' | 'reader'>

/** The answer to a command, and what its reader can do with a press. */
export interface Told {
  text: string
  actions?: LineAction[]
}

/** The name of a person of the fleet. */
export function nameOf({ people }: Pick<Fleet, 'people'>, person: string): string {
  return people[person]?.name ?? person
}

/** `2026-11-21` */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}

/** The conversation in which a question is answered. */
export function traceOfAnswer({ put, trace }: AskedQuestion): string {
  return put?.trace ?? trace
}
