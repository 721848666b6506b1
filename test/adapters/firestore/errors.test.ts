import { describe, expect, it } from 'vitest'
import { type FirestoreTarget, firestoreError, isOvertaken } from '../../../adapters/firestore/errors.ts'
import { BreakroomError } from '../../../core/errors.ts'

const target: FirestoreTarget = {
  project: 'our-breakroom',
  database: '(default)',
  keyFile: '/keys/ours.json',
  emulator: null,
}

function said(code: number | string, details: string): Error {
  return Object.assign(new Error(`${code}: ${details}`), { code, details })
}

describe('what Firestore says is to callers', () => {
  it.each<[string, number | string, string, Record<string, unknown>, RegExp]>([
    ['a server that is away', 14, 'No connection established', { reason: 'away' }, /cannot be reached/],
    ['a name that is not known', 14, 'Name resolution failed', { reason: 'away' }, /cannot be reached/],
    ['a connection that broke', 'ECONNRESET', 'read ECONNRESET', { reason: 'away' }, /cannot be reached/],
    [
      'tokens that cannot be fetched',
      16,
      'Getting metadata from plugin failed with error: getaddrinfo ENOTFOUND oauth2.googleapis.com',
      { reason: 'away' },
      /cannot be reached/,
    ],
    ['a fault of the server', 13, 'Received RST_STREAM', { reason: 'away' }, /cannot be reached/],
    [
      'a connection that never came up in time',
      4,
      'Deadline exceeded after 10.0s,Waiting for LB pick',
      { reason: 'away' },
      /no connection/,
    ],
    [
      'a late answer',
      4,
      'Deadline exceeded after 10.0s,LB pick: 0.1s,remote_addr=1.2.3.4:443',
      { reason: 'slow' },
      /in time/,
    ],
    ['contention', 10, 'Too much contention on these documents', { reason: 'contended' }, /somebody else/],
    ['a transaction that was given up', 3, 'The referenced transaction has expired', { reason: 'contended' }, /else/],
    ['too much at once', 8, 'Too many requests', { reason: 'busy' }, /too much to do/],
    ['a spent quota', 8, 'Quota exceeded.', { reason: 'busy' }, /quota is spent \(Quota exceeded\)/],
  ])('%s: unavailable', (_, code, details, detail, sentence) => {
    const error = firestoreError(target, said(code, details))
    expect(error).toMatchObject({ code: 'unavailable', detail })
    expect(error.message).toMatch(/^Firestore, project our-breakroom/)
    expect(error.message).toMatch(sentence)
  })

  it.each<[string, number, string, RegExp]>([
    ['no permission', 7, 'Missing or insufficient permissions.', /roles\/datastore\.user in our-breakroom/],
    [
      'an API that is off',
      7,
      'Cloud Firestore API has not been used in project 1 before or it is disabled.',
      /firestore\.googleapis\.com/,
    ],
    ['a key that is not known', 16, 'Request had invalid authentication credentials.', /\/keys\/ours\.json/],
    ['no database', 5, 'The database (default) does not exist for project our-breakroom', /databases create/],
    ['a missing index', 9, 'The query requires an index.', /firestore\.indexes\.json/],
    ['a database of the other mode', 9, 'not available for Datastore Mode databases', /native mode/],
  ])('%s: denied, with how to mend it', (_, code, details, sentence) => {
    const error = firestoreError(target, said(code, details))
    expect(error).toMatchObject({ code: 'denied' })
    expect(error.message).toMatch(sentence)
  })

  it.each<[string, number, string, string]>([
    ['too large a document', 3, 'The value of property "body" is longer than 1048487 bytes.', 'too-large'],
    ['too large a request', 8, 'gRPC message exceeds maximum size 4194304', 'too-large'],
    ['what makes no sense', 3, 'Resource id "__x__" is invalid because it is reserved.', 'invalid'],
  ])('%s: refused', (_, code, details, rule) => {
    expect(firestoreError(target, said(code, details))).toMatchObject({ code: 'refused', detail: { rule } })
  })

  it('names no document, whose name has that of its room in it', () => {
    const name = 'projects/our-breakroom/databases/(default)/documents/breakroom/acme/rooms/board/tasks/abc'
    for (const code of [3, 7, 8, 9, 13]) {
      const { message } = firestoreError(target, said(code, `Document "${name}" is off: ${name}.`))
      expect(message).toContain('Document "a document" is off: a document')
      expect(message).not.toContain('board')
    }
  })

  it('leaves our own errors as they are', () => {
    const ours = new BreakroomError('unreadable', 'x')
    expect(firestoreError(target, ours)).toBe(ours)
  })

  it('tells a document that changed from a database that is not there', () => {
    expect([6, 9].map((code) => isOvertaken(said(code, 'x')))).toEqual([true, true])
    expect(isOvertaken(said(5, 'No document to update: projects/p/databases/(default)/documents/a/b'))).toBe(true)
    expect(isOvertaken(said(5, 'The database (default) does not exist for project p'))).toBe(false)
    expect(isOvertaken(said(14, 'x'))).toBe(false)
  })
})
