import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBreakroomError } from '../../../core/errors.ts'
import { fitTask, mostBytes, refuseTooLarge } from '../../../core/state/fit-task.ts'
import { type Evidence, evidenceSchema, type Task } from '../../../core/task/task.ts'
import { anyTask } from '../../support/any-task.ts'
import { taskAt } from '../../support/tasks.ts'

const note = '(left out here to save space; it is in the commits of this task)'
const sizeOf = (task: Task) => Buffer.byteLength(JSON.stringify(task))

/** Evidence whose every character takes three bytes. */
const evidence = (step: number, output = 5_000, comment = 2_000): Evidence => ({
  step,
  epoch: 1,
  passed: true,
  by: null,
  comment: '語'.repeat(comment),
  run: {
    check: 'tests',
    argv: ['npm', 'test'],
    exit_code: 0,
    ended: null,
    duration_ms: 4_200,
    output_tail: '語'.repeat(output),
    output_sha256: 'e'.repeat(64),
  },
})

/** With a description that makes it as large as the test wants, whatever the schema says. */
const withEvidence = (count: number, padding = 0) =>
  taskAt(13, 5, {
    evidence: Array.from({ length: count }, (_, step) => evidence(step)),
    description: 'x'.repeat(padding),
  })

describe('a task that goes into one document', () => {
  it('is itself when it fits', () => {
    const task = withEvidence(40)
    expect(fitTask(task)).toBe(task)
  })

  it('loses the outputs of its oldest checks first, and says so in their place', () => {
    const task = withEvidence(50)
    const fitted = fitTask(task)
    expect(sizeOf(task)).toBeGreaterThan(mostBytes)
    expect(sizeOf(fitted)).toBeLessThanOrEqual(mostBytes)
    const outputs = fitted.evidence.map(({ run }) => run?.output_tail)
    const cut = outputs.filter((output) => output === note).length
    expect(outputs).toEqual([...Array(cut).fill(note), ...Array(50 - cut).fill('語'.repeat(5_000))])
    // One output less would not have done.
    expect(sizeOf(fitted) + 15_000).toBeGreaterThan(mostBytes)
    expect({ ...fitted, evidence: [] }).toEqual({ ...task, evidence: [] })
    expect(fitted.evidence.map(({ comment }) => comment)).toEqual(task.evidence.map(({ comment }) => comment))
  })

  it('loses comments only when no output is left', () => {
    const fitted = fitTask(withEvidence(50, 750_000))
    expect(sizeOf(fitted)).toBeLessThanOrEqual(mostBytes)
    expect(fitted.evidence.map(({ run }) => run?.output_tail)).toEqual(Array(50).fill(note))
    const comments = fitted.evidence.map(({ comment }) => comment)
    expect(comments[0]).toBe(note)
    expect(comments.at(-1)).toBe('語'.repeat(2_000))
  })

  it('comes back as small as it gets when nothing is left to cut, and is refused then', () => {
    const fitted = fitTask(withEvidence(3, 1_200_000))
    expect(fitted.evidence.map(({ comment, run }) => [comment, run?.output_tail])).toEqual(Array(3).fill([note, note]))
    expect(fitTask(fitted)).toEqual(fitted)
    expect(() => refuseTooLarge('Task t-13', JSON.stringify(fitted))).toThrow('Task t-13 has')
  })

  it('keeps what is no longer than the note that it was cut', () => {
    const task = taskAt(13, 5, { evidence: [evidence(0, 3, 2)], description: 'x'.repeat(mostBytes) })
    expect(fitTask(task)).toEqual(task)
  })

  it('is a task still, and fitting it again changes nothing', () => {
    fc.assert(
      fc.property(anyTask, fc.integer({ min: 900_000, max: 1_010_000 }), (task, padding) => {
        const large = { ...task, padding: 'x'.repeat(padding) }
        const fitted = fitTask(large)
        for (const one of fitted.evidence) expect(evidenceSchema.parse(one)).toEqual(one)
        expect(fitTask(fitted)).toEqual(fitted)
        expect(sizeOf(fitted)).toBeLessThanOrEqual(sizeOf(large))
        if (sizeOf(large) > mostBytes && sizeOf(fitted) > mostBytes) {
          const texts = fitted.evidence.flatMap(({ comment, run }) => [comment, run?.output_tail ?? ''])
          for (const text of texts) expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(note.length + 2)
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is too large for a document', () => {
  it('is refused with how large it is and how large it may be', () => {
    // Quotation marks of the JSON count; letters count in bytes.
    expect(() => refuseTooLarge('A decision', JSON.stringify('x'.repeat(mostBytes - 2)))).not.toThrow()
    const error = refusalOf(() => refuseTooLarge('A decision', JSON.stringify('é'.repeat(mostBytes / 2))))
    expect(error.message).toBe('A decision has 1,000,002 bytes, and a document holds 1,000,000.')
    expect(error.detail).toEqual({ rule: 'too-large', bytes: 1_000_002, limit: 1_000_000 })
  })
})

function refusalOf(work: () => void) {
  try {
    work()
  } catch (error) {
    if (isBreakroomError(error, 'refused')) return error
    throw error
  }
  throw new Error('nothing was refused')
}
