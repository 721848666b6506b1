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
const withEvidence = (all: Evidence[], padding = 0) =>
  taskAt(13, 5, { evidence: all, description: 'x'.repeat(padding) })
const many = (count: number, output?: number, comment?: number) =>
  Array.from({ length: count }, (_, step) => evidence(step, output, comment))
const outputsOf = (task: Task) => task.evidence.map(({ run }) => run?.output_tail)
const commentsOf = (task: Task) => task.evidence.map((one) => one.comment)

describe('a task that goes into one document', () => {
  it('is itself when it has room', () => {
    for (const task of [
      withEvidence([]),
      withEvidence(many(26, 5_000, 2_000)),
      withEvidence(many(33, 0, 2_000), 700_000),
    ]) {
      expect(fitTask(task)).toBe(task)
    }
  })

  it('loses the outputs of its oldest checks where they are very much, and says so in their place', () => {
    const task = withEvidence(many(40, 5_000, 1_000))
    const fitted = fitTask(task)
    // 26 outputs of 15 kB are 390 kB.
    expect(outputsOf(fitted)).toEqual([...Array(14).fill(note), ...Array(26).fill('語'.repeat(5_000))])
    expect(commentsOf(fitted)).toEqual(commentsOf(task))
    expect({ ...fitted, evidence: [] }).toEqual({ ...task, evidence: [] })
  })

  it('loses its oldest comments in the same way', () => {
    const fitted = fitTask(withEvidence(many(40, 0, 2_000)))
    expect(commentsOf(fitted)).toEqual([...Array(7).fill(note), ...Array(33).fill('語'.repeat(2_000))])
  })

  it('loses more of its outputs, the oldest first, where what else it says needs the room', () => {
    const task = withEvidence(many(26), 500_000)
    const fitted = fitTask(task)
    expect(sizeOf(task)).toBeGreaterThan(mostBytes)
    expect(sizeOf(fitted)).toBeLessThanOrEqual(mostBytes)
    // One less would not have done.
    expect(sizeOf(fitted) + 15_000).toBeGreaterThan(mostBytes)
    const cut = outputsOf(fitted).filter((output) => output === note).length
    expect(outputsOf(fitted)).toEqual([...Array(cut).fill(note), ...Array(26 - cut).fill('語'.repeat(5_000))])
    expect(commentsOf(fitted)).toEqual(commentsOf(task))
  })

  it('loses comments for that only when no output is left', () => {
    const fitted = fitTask(withEvidence(many(30), 900_000))
    expect(sizeOf(fitted)).toBeLessThanOrEqual(mostBytes)
    expect(outputsOf(fitted)).toEqual(Array(30).fill(note))
    expect(commentsOf(fitted)[0]).toBe(note)
    expect(commentsOf(fitted).at(-1)).toBe('語'.repeat(2_000))
  })

  it('comes to the same, whether it goes on from what was cut or from all of it', () => {
    const anyEvidence = fc.record({
      output: fc.constantFrom(0, 30, ...Array<number>(10).fill(5_000)),
      comment: fc.constantFrom(0, 30, ...Array<number>(10).fill(2_000)),
    })
    let cuts = 0
    fc.assert(
      fc.property(fc.array(anyEvidence, { minLength: 45, maxLength: 60 }), (all) => {
        let [whole, cut] = [withEvidence([]), withEvidence([])]
        for (const [step, { output, comment }] of all.entries()) {
          const next = (task: Task) => ({
            ...task,
            evidence: [...task.evidence, evidence(step, output, comment)].slice(-40),
          })
          whole = next(whole)
          cut = fitTask(next(cut))
          if (step % 9 !== 0) continue
          const fitted = fitTask(whole)
          expect(cut).toEqual(fitted)
          if (fitted !== whole) cuts++
        }
      }),
      { numRuns: 5 },
    )
    expect(cuts).toBeGreaterThan(0)
  })

  it('comes back as small as it gets when nothing is left to cut, and is refused then', () => {
    const fitted = fitTask(withEvidence(many(3), 1_200_000))
    expect(fitted.evidence.map(({ comment, run }) => [comment, run?.output_tail])).toEqual(Array(3).fill([note, note]))
    expect(fitTask(fitted)).toEqual(fitted)
    expect(() => refuseTooLarge('Task t-13', JSON.stringify(fitted))).toThrow('Task t-13 has')
  })

  it('keeps what is no longer than the note that it was cut', () => {
    const task = taskAt(13, 5, { evidence: [evidence(0, 3, 2)], description: 'x'.repeat(mostBytes) })
    expect(fitTask(task)).toBe(task)
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
      { numRuns: 20 },
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
