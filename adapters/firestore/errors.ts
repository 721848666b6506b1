import { BreakroomError, isBreakroomError, sentenceOf } from '../../core/errors.ts'

/** Which database is meant, and what we go in with. */
export interface FirestoreTarget {
  project: string
  database: string
  /** Null: what the machine itself may do. */
  keyFile: string | null
  /** `host:port`, null for Google's own. */
  emulator: string | null
}

/** As gRPC numbers them; of the others we never hear. */
const status = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unauthenticated: 16,
} as const

/** For people: `Firestore, project our-breakroom`. */
export function titleOf({ project, database, emulator }: FirestoreTarget): string {
  const named = database === '(default)' ? '' : `, database ${database}`
  return `Firestore, project ${project}${named}${emulator === null ? '' : ` (emulator at ${emulator})`}`
}

/** Whether a write was not done because a document is not as the writer took it to be. */
export function isOvertaken(cause: unknown): boolean {
  const code = codeOf(cause)
  if (code === status.notFound) return !isAboutDatabase(detailsOf(cause))
  return code === status.alreadyExists || code === status.failedPrecondition
}

/**
 * What went wrong in Firestore, to our callers, as `Store` has it:
 *
 * | gRPC | ours |
 * |---|---|
 * | UNAVAILABLE, INTERNAL, UNKNOWN, CANCELLED, anything of the network | `unavailable`, away |
 * | ABORTED, a transaction that was given up | `unavailable`, contended |
 * | DEADLINE_EXCEEDED | `unavailable`, slow; away where there was no connection at all |
 * | RESOURCE_EXHAUSTED | `unavailable`, busy; a spent quota is said |
 * | UNAUTHENTICATED, PERMISSION_DENIED, no database, no index, not the right kind of database | `denied` |
 * | INVALID_ARGUMENT, OUT_OF_RANGE, a request that is too large | `refused`, invalid or too-large |
 */
export function firestoreError(target: FirestoreTarget, cause: unknown): BreakroomError {
  if (isBreakroomError(cause)) return cause
  const title = titleOf(target)
  const said = detailsOf(cause)
  const unavailable = (reason: 'away' | 'contended' | 'slow' | 'busy', sentence: string) =>
    new BreakroomError('unavailable', sentence, { cause, detail: { reason } })
  const contended = () => unavailable('contended', `${title}: somebody else is writing the same documents.`)
  const denied = (sentence: string) => new BreakroomError('denied', sentence, { cause, detail: { rule: 'firestore' } })
  const refused = (rule: 'too-large' | 'invalid', sentence: string) =>
    new BreakroomError('refused', sentence, { cause, detail: { rule } })

  if (/transaction (?:has expired|is (?:invalid|no longer valid))/i.test(said)) return contended()
  // Whoever cannot reach where tokens are made is away, not forbidden.
  if (networkTrouble.test(said)) return unavailable('away', `${title}, cannot be reached: ${said}`)

  switch (codeOf(cause)) {
    case status.deadlineExceeded:
      if (/Waiting for LB pick|name resolution/i.test(said) && !/remote_addr/.test(said)) {
        return unavailable('away', `${title}, cannot be reached: there is no connection yet.`)
      }
      return unavailable('slow', `${title}, did not answer in time.`)
    case status.aborted:
      return contended()
    case status.resourceExhausted:
      if (tooLarge.test(said)) return refused('too-large', `${title}, does not take so much at once: ${said}`)
      if (/quota/i.test(said)) {
        return unavailable(
          'busy',
          `${title}: its quota is spent (${said}). It goes on when the quota is renewed or raised.`,
        )
      }
      return unavailable('busy', `${title}, has too much to do: ${said}`)
    case status.unauthenticated:
      return denied(`${title}, does not know us: ${said}. ${keyAdvice(target)}`)
    case status.permissionDenied:
      if (/has not been used|is disabled|SERVICE_DISABLED/i.test(said)) {
        return denied(`${title}: the Firestore API is off in this project. Switch it on (firestore.googleapis.com).`)
      }
      return denied(`${title}, does not let us in: ${said}. ${roleAdvice(target)}`)
    case status.notFound:
      return denied(
        `${title}: there is no such database or project. Create it (gcloud firestore databases create --project=${target.project} ` +
          `--database='${target.database}' --location=...), or correct state.firestore in breakroom.yaml.`,
      )
    case status.failedPrecondition:
      if (/index/i.test(said)) {
        return denied(`${title}, lacks an index that we ask by: deploy deploy/firestore.indexes.json. It says: ${said}`)
      }
      return denied(`${title}, cannot be used like this: ${said}. The database has to be one in native mode.`)
    case status.invalidArgument:
    case status.outOfRange:
      return refused(tooLarge.test(said) ? 'too-large' : 'invalid', `${title}, never takes this: ${said}`)
    default:
      return unavailable('away', `${title}, cannot be reached: ${said}`)
  }
}

/** What everything rejects with after `close`. */
export function closedError(): BreakroomError {
  return new BreakroomError('closed', 'The store in Firestore was closed.')
}

/** What is given up, as others were faster each time. `what` they keep changing: `t-13`. */
export function contendedError(target: FirestoreTarget, what: string): BreakroomError {
  return new BreakroomError('unavailable', `${titleOf(target)}: others keep changing ${what} at the same time.`, {
    detail: { reason: 'contended' },
  })
}

/** What is kept and makes no sense. `path` is that of the document. */
export function damagedError(target: FirestoreTarget, path: string, why: string): BreakroomError {
  return new BreakroomError('unreadable', `${titleOf(target)}: the document ${path} is damaged: ${why}`, {
    detail: { path },
  })
}

/** Why the machine, or the key, gives us nothing to go in with. */
export function keyError(target: FirestoreTarget, why: string, cause?: unknown): BreakroomError {
  return new BreakroomError('denied', `${titleOf(target)}: ${why} ${keyAdvice(target)}`, {
    cause,
    detail: { rule: 'firestore' },
  })
}

/** In it is the room that something is of, and what is off is told in every room. */
const documentName = /\bprojects\/[^\s"'`]*\/documents\/[^\s"'`]*/g
const tooLarge = /too big|too large|payload size|longer than|exceeds (the )?max/i
const networkTrouble = /\b(?:ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE)\b/

function keyAdvice({ keyFile }: FirestoreTarget): string {
  if (keyFile !== null)
    return `Look at the key file ${keyFile}: it has to be the key of a service account that still exists.`
  return 'Name the key file of a service account in the environment variable of state.firestore.credentials_env (GOOGLE_APPLICATION_CREDENTIALS), or run "gcloud auth application-default login".'
}

function roleAdvice({ project, emulator }: FirestoreTarget): string {
  if (emulator !== null) return 'The rules of the emulator say no.'
  return `Give its service account the role roles/datastore.user in ${project}.`
}

function isAboutDatabase(said: string): boolean {
  return /\b(?:database|project)\b/i.test(said) && /does not exist|not found/i.test(said)
}

/** The number of gRPC, null for an error of another kind. */
function codeOf(cause: unknown): number | null {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  return typeof code === 'number' ? code : null
}

function detailsOf(cause: unknown): string {
  const details = typeof cause === 'object' && cause !== null && 'details' in cause ? cause.details : null
  const said = typeof details === 'string' && details !== '' ? details : sentenceOf(cause)
  return said.replaceAll(documentName, 'a document').replace(/[\s.]+$/, '')
}
