import type { Assignment } from './assignment.ts'
import type { KnownNames } from './assignment-values.ts'
import type { Priority } from './task.ts'

/** A new task as a form asks for it: what people fill in, as they wrote it. */
export interface AssignmentForm {
  role: string | null
  title: string
  about: string
  /** A criterion on each line. */
  accept: string
  /** Names under `checks:`. */
  checks: string[]
  /** A role. */
  reviewer: string | null
  /** Whether a person has to say yes. */
  approval: boolean
  priority: Priority
  /** `2h`. */
  due: string
  /** `t-3, t-4`. */
  after: string
  /** As behind `then:`; one on each line, and each follows the one before. */
  then: string
  /** What has no field of its own, as it is typed: `ack: 60s; budget: 3 attempts`. */
  more: string
}

/** What is wrong with a field, in a sentence that stands beside it. */
export interface FormProblem {
  field: keyof AssignmentForm
  sentence: string
}

/** A form as the command that says the same, as it would be typed without a prefix, or what is wrong with it. Never throws. */
export function readForm(_form: AssignmentForm, _known: KnownNames): { words: string } | { problems: FormProblem[] } {
  throw new Error('being written')
}

/** The form as far as an assignment fills it in. */
export function formOf(_assignment: Assignment): Partial<AssignmentForm> {
  throw new Error('being written')
}

/** The form as far as a message fills it in that somebody wants to be a task; `link` leads back to it. */
export function formOfMessage(_text: string, _link: string | null): Partial<AssignmentForm> {
  throw new Error('being written')
}
