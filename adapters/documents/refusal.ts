import { oneLine } from '../../core/clean-text.ts'
import { BreakroomError } from '../../core/errors.ts'

/** Why a document cannot be read, for programs: `detail.reason` of the `unreadable` that people see. */
export type RefusalReason =
  /** There is no such file, or it may not be opened, or it is a folder, a link, a device. */
  | 'no-file'
  /** Nothing here reads files of that name. */
  | 'kind'
  | 'too-large'
  /** It became shorter while it was read. */
  | 'changed'
  /** Not what its name says. */
  | 'content'
  /** What its name says, but damaged. */
  | 'broken'
  | 'password'
  /** Pictures only, as of a scanner. */
  | 'no-text'
  /** Made to cost whoever reads it: a zip bomb, entities in entities, tags in tags. */
  | 'hostile'
  | 'time'
  | 'memory'

/**
 * A file that cannot be read. The message is the end of a sentence that begins with the file: what is wrong; what to
 * do.
 */
export class Refusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Refusal'
    this.reason = reason
  }
}

/**
 * The error that a reader rejects with. `detail` has `file`, `reason`, and as `why` the sentence without the file's
 * name.
 */
export function unreadable(file: string, { reason, message: why }: Refusal): BreakroomError {
  return new BreakroomError('unreadable', `${oneLine(file, 300)} cannot be read: ${why}.`, {
    detail: { file, reason, why },
  })
}
