import { describe, expect, it, test } from 'vitest'
import { decodeEnvelope, type Envelope, encodeEnvelope } from '../../../core/envelope.ts'
import { subjectToken } from '../../../core/subject.ts'
import { asCommit, commitEnvelope, type TaskCommit, taskKey } from '../../../core/task/commit.ts'
import { everyStatus } from '../../support/task-story.ts'

const commits = Object.values(everyStatus).flatMap((story) => story().commits)
const [commit] = commits as [TaskCommit]
const envelope = commitEnvelope(commit)

/** What the ledger says when its entry has this instead. */
function read(changes: Partial<Envelope>): TaskCommit {
  return asCommit({ ...envelope, ...changes })
}
const unreadable = (sentence: string) =>
  expect.objectContaining({
    code: 'unreadable',
    message: expect.stringContaining(sentence),
    detail: { reason: 'schema' },
  })

describe('a commit in the ledger', () => {
  it('is read back as it was written', () => {
    for (const one of [...commits, { ...commit, cause: 't-7 done' }]) {
      expect(asCommit(decodeEnvelope(encodeEnvelope(commitEnvelope(one))))).toEqual(one)
    }
  })

  it('has the id of the command, so that the same one again is the same message', () => {
    expect(envelope.id).toBe(commit.id)
  })

  it('F58: keeps what a newer writer adds, and is unreadable with an event that is not known here', () => {
    const [event] = commit.events
    const newer = read({ data: { ...envelope.data, mood: 'good', events: [{ ...event, colour: 'red' }] } })
    expect(newer.events).toEqual([{ ...event, colour: 'red' }])
    expect(newer).toMatchObject({ mood: 'good' })
    expect(() => read({ data: { ...envelope.data, events: [{ type: 'pondered' }] } })).toThrow(unreadable('no commit'))
  })

  it('is by whom the envelope says, then, and under its id, whatever its data says', () => {
    const claims = { id: 'another', by: 'human-mallory', at: '1999-01-01T00:00:00.000Z', trace: 'another' }
    expect(read({ data: { ...envelope.data, ...claims } })).toEqual(commit)
  })

  const off: [string, Record<string, unknown>][] = [
    ['no events', { events: [] }],
    ['more events than one command makes', { events: Array(9).fill({ type: 'started' }) }],
    ['version 0', { version: 0 }],
    ['no key', { key: '' }],
    ['a reason that is empty', { events: [{ type: 'blocked', reason: '' }] }],
    ['evidence without a hash', { events: [{ type: 'step_passed', evidence: withHash('') }] }],
    ['evidence with half a hash', { events: [{ type: 'step_passed', evidence: withHash('abc') }] }],
  ]
  test.each(off)('with %s is unreadable', (_, changes) => {
    expect(() => read({ data: { ...envelope.data, ...changes } })).toThrow(
      unreadable('An entry of the ledger is no commit'),
    )
  })

  it('is of its own type', () => {
    expect(() => read({ type: 'chat.line' })).toThrow(unreadable('it is a chat.line'))
  })
})

function withHash(output_sha256: string) {
  const run = { check: 'tests', argv: [], exit_code: 0, ended: null, duration_ms: 1, output_tail: '', output_sha256 }
  return { step: 0, epoch: 1, passed: true, by: null, comment: '', run }
}

describe('the key of a task', () => {
  it('is the same for the same command, and another for another', () => {
    expect(taskKey('irc/local:42')).toBe(taskKey('irc/local:42'))
    const keys = Array.from({ length: 1_000 }, (_, index) => taskKey(`irc/local:${index}`))
    expect(new Set(keys).size).toBe(1_000)
  })

  it('is a subject token as it is, whatever the command is called', () => {
    for (const id of ['', '>', '*.*', 'a b', 'é'.repeat(1_000), 'irc/local:42']) {
      expect(taskKey(id)).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(subjectToken(taskKey(id))).toBe(taskKey(id))
    }
  })
})
