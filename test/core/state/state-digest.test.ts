import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StateEntry } from '../../../core/state/entry.ts'
import { fitTask } from '../../../core/state/fit-task.ts'
import { canonicalJson, createStateDigest } from '../../../core/state/state-digest.ts'
import type { Task } from '../../../core/task/task.ts'
import { dayRecord, hugeEvidence, knowledgeRecord, startRecord } from '../../support/state.ts'
import { taskAt, taskCommit } from '../../support/tasks.ts'

const commitEntry = (number: number, version = 1): StateEntry => ({
  section: 'commits',
  place: number * 1_000 + version,
  commit: taskCommit(taskAt(number, version)),
})
const entries: StateEntry[] = [
  commitEntry(1),
  commitEntry(1, 2),
  commitEntry(2),
  { section: 'knowledge', record: knowledgeRecord('decision-1') },
  { section: 'configuration', record: startRecord('start-1') },
  { section: 'metrics', record: dayRecord('cto', '2026-11-21') },
  { section: 'metrics', record: dayRecord('cso', '2026-11-21') },
]

function digestOf(all: readonly StateEntry[], tasks: readonly Task[] = []) {
  const digest = createStateDigest()
  for (const entry of all) digest.add(entry)
  for (const task of tasks) digest.addTask(task)
  return digest.result()
}

/** The same value with the keys of all objects in another order. */
function reordered<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(reordered) as T
  const entries = Object.entries(value).map(([key, inner]) => [key, reordered(inner)])
  return Object.fromEntries(entries.reverse())
}

describe('the digest of a store', () => {
  it('counts what was added', () => {
    expect(digestOf(entries).counts).toEqual({ tasks: 2, commits: 3, knowledge: 1, configuration: 1, metrics: 2 })
  })

  it('counts tasks as they stand where there are some, so that a lost one is seen', () => {
    expect(digestOf(entries, [taskAt(1, 2)]).counts.tasks).toBe(1)
  })

  it('is the same in whatever order things come, and their keys', () => {
    const whole = digestOf(entries, [taskAt(1, 2), taskAt(2, 1)])
    fc.assert(
      fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
        expect(digestOf(shuffled.map(reordered), [taskAt(2, 1), reordered(taskAt(1, 2))])).toEqual(whole)
      }),
    )
  })

  it('is another one when anything is missing, is there twice, or is other by one character', () => {
    const seen = [
      entries,
      ...entries.map((_, index) => entries.filter((_, at) => at !== index)),
      ...entries.map((entry) => [...entries, entry]),
      entries.map((entry) => (entry.section === 'commits' ? { ...entry, place: entry.place + 1 } : entry)),
      entries.map((entry) =>
        entry.section === 'knowledge' ? { ...entry, record: { ...entry.record, title: 'decision decision-1' } } : entry,
      ),
      // What is there twice does not take itself away.
      [...entries, ...entries],
      [],
    ].map((some) => digestOf(some).sha256)
    expect(new Set(seen).size).toBe(seen.length)
    for (const sha256 of seen) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('tells tasks apart by how they stand, beside their commits', () => {
    const [one, other] = [digestOf(entries, [taskAt(1, 2)]), digestOf(entries, [taskAt(1, 2, { status: 'claimed' })])]
    expect(one.sha256).toBe(other.sha256)
    expect(one.tasks_sha256).not.toBe(other.tasks_sha256)
  })

  it('is the same for a store that cuts what is too large for a document, and one that keeps it whole', () => {
    const huge = taskAt(1, 2, hugeEvidence())
    const cut = fitTask(huge)
    expect(cut).not.toEqual(huge)
    expect(digestOf([], [cut])).toEqual(digestOf([], [huge]))
    expect(digestOf([], [{ ...huge, title: 'Another' }])).not.toEqual(digestOf([], [huge]))
  })

  it('can be looked at on the way', () => {
    const digest = createStateDigest()
    digest.add(commitEntry(1))
    const before = digest.result()
    digest.add(commitEntry(2))
    expect(before.counts.commits).toBe(1)
    expect(digest.result().counts.commits).toBe(2)
    expect(digestOf([commitEntry(1)])).toEqual(before)
  })

  it('takes not much longer than writing and hashing what it is given, however much that is', () => {
    const some = Array.from({ length: 5_000 }, (_, index) => commitEntry(index + 1))
    // A machine that is busy is so for both.
    const ratios = Array.from({ length: 5 }, () => {
      const plain = timed(() => some.map((entry) => hash('sha256', JSON.stringify(entry))))
      return timed(() => digestOf(some)) / plain
    })
    expect(Math.min(...ratios)).toBeLessThan(15)
  })
})

function timed(work: () => unknown): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

describe('canonical JSON', () => {
  it('is JSON of the same value, with its keys sorted', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}')
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has one zero only.
        const plain = JSON.parse(JSON.stringify(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(plain)
        expect(canonicalJson(reordered(plain))).toBe(canonicalJson(value))
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))
      }),
    )
  })

  it('leaves out what is undefined, as JSON does', () => {
    expect(canonicalJson({ a: undefined, b: [undefined, 1] })).toBe('{"b":[null,1]}')
    expect(canonicalJson(undefined)).toBe('null')
  })

  it('sorts by code units, also keys that look like numbers, and keeps a key that objects have by themselves', () => {
    expect(canonicalJson({ 9: 0, 10: 0, é: 0, z: 0, A: 0 })).toBe('{"10":0,"9":0,"A":0,"z":0,"é":0}')
    expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}')
  })
})
