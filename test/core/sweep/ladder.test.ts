import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Stall } from '../../../core/sweep/finding.ts'
import { type Move, nextMove, withRung } from '../../../core/sweep/ladder.ts'
import type { StallRecord } from '../../../core/sweep/stall-record.ts'
import { rungKinds, stallStates } from '../../../core/sweep/states.ts'
import { now as noon, thresholds } from '../../support/sweep-captures.ts'

const everyMs = 5 * 60_000
const patience = { thresholds, everyMs }
const all: Stall['can'] = { ask: true, ping: true, restart: true, take_back: true, reassign: true, escalate: true }

const stallOf = (more: Partial<Stall> = {}): Stall => ({
  role: 'backend',
  task: 't-1',
  epoch: 1,
  state: 'stalled',
  since: noon,
  why: 'no word for 35 min',
  question: null,
  queue: null,
  can: { ...all, ask: false },
  rungTaken: 0,
  ...more,
})

/** What is done about a stall that never ends, sweep by sweep; `after` shows what a rung does to it. */
function treat(stall: Stall, sweeps: number, after: (stall: Stall, move: Move) => Stall = (same) => same) {
  const moves: Move[] = []
  let record: StallRecord | null = null
  let current = stall
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const at = noon + 60_000 + sweep * everyMs
    const move = nextMove(current, record, patience, at)
    if (move === null) continue
    record = withRung(withRung(record, current, move, at, false), current, move, at, true)
    moves.push(move)
    current = after(current, move)
  }
  return moves.map(({ kind }) => kind)
}

describe('the ladder', () => {
  test.each([
    ['stalled', {}, ['ping', 'ping', 'take_back', 'ping', 'reassign', 'escalate']],
    ['looping', {}, ['ping', 'take_back', 'ping', 'ping', 'reassign', 'escalate']],
    ['idle-with-work', { take_back: false }, ['ping', 'restart', 'ping', 'ping', 'reassign', 'escalate']],
    ['deaf', { take_back: false }, ['restart', 'ping', 'ping', 'ping', 'reassign', 'escalate']],
    ['dead', { restart: false }, ['ping', 'take_back', 'ping', 'ping', 'reassign', 'escalate']],
    ['zombie', { ask: true, ping: false, take_back: false, reassign: false, escalate: false }, ['restart', 'ask']],
  ] as const)('of what is %s', (state, can, kinds) => {
    expect(treat(stallOf({ state, can: { ...all, ask: false, ...can } }), 100)).toEqual(kinds)
  })

  it('of a seat with nothing to do is one line', () => {
    const can = { ...all, ping: false, restart: false, take_back: false, reassign: false, escalate: false }
    expect(treat(stallOf({ task: null, state: 'dead', can }), 100)).toEqual(['ask'])
  })

  it('F10: does anew what a sweep that was killed had begun under an epoch that nobody knows any more', () => {
    const seat = stallOf({ task: null, state: 'dead', epoch: 23, can: { ...all, ping: false, reassign: false } })
    const move = nextMove(seat, null, patience, noon) as Move
    const begun = withRung(null, seat, move, noon, false)
    expect(nextMove({ ...seat, epoch: 0 }, begun, patience, noon + 20_000)).toMatchObject({ kind: 'ask', again: false })
    expect(nextMove(seat, begun, patience, noon + 20_000)).toMatchObject({ kind: 'ask', number: 1, again: true })
  })

  it('answers a question, and asks only whether that was heard', () => {
    const stall = stallOf({ state: 'waiting-for-answer', question: 'Which port?', can: { ...all, reassign: false } })
    const answered = (one: Stall): Stall => ({ ...one, state: 'waiting-for-human', question: null })
    expect(treat(stall, 4, answered)).toEqual(['answer', 'ping', 'ping', 'ping'])
  })

  it('asks a person once, gives them half a day, and tells the next one up', () => {
    const stall = stallOf({ state: 'waiting-for-human', can: { ...all, reassign: false } })
    expect(treat(stall, 40)).toEqual(['ask'])
    expect(treat(stall, 1_000)).toEqual(['ask', 'escalate'])
    expect(treat({ ...stall, can: { ...stall.can, ask: false } }, 1_000)).toEqual(['ping', 'escalate'])
  })

  it('goes on with what a person was asked, where the answer was written down nowhere', () => {
    const stall = stallOf({ state: 'waiting-for-answer', question: 'Why?', can: all })
    const move = nextMove(stall, null, patience, noon) as Move
    expect(move.kind).toBe('answer')
    const record = withRung(withRung(null, stall, move, noon, false), stall, move, noon, true, 'ask')
    expect(nextMove(stall, record, patience, noon + everyMs)).toBeNull()
    const later = noon + thresholds.human_patience * 60_000
    expect(nextMove(stall, record, patience, later)).toMatchObject({ kind: 'escalate', number: 2 })
  })

  it('takes a task back from a seat once: when it stands still there again it is another that gets it', () => {
    let round = 0
    // It is claimed again, and stands still again.
    const again = (stall: Stall, { kind }: Move): Stall => {
      if (kind !== 'take_back') return stall
      round += 1
      return { ...stall, epoch: stall.epoch + 1, since: noon + 16 * 60_000 }
    }
    const kinds = treat(stallOf(), 200, again)
    expect(kinds).toEqual(['ping', 'ping', 'take_back', 'ping', 'ping', 'ping', 'reassign', 'escalate'])
    expect(round).toBe(1)
  })

  it('begins anew after a sign of life, under a higher number', () => {
    const first = nextMove(stallOf(), null, patience, noon) as Move
    const record = withRung(null, stallOf(), first, noon, true)
    const next = nextMove(stallOf({ since: noon + 60_000 }), record, patience, noon + 60 * 60_000)
    expect(next).toMatchObject({ kind: 'ping', number: 2, again: false })
  })

  it('goes above what the task knows that others did', () => {
    expect(nextMove(stallOf({ rungTaken: 4 }), null, patience, noon)).toMatchObject({ number: 5 })
  })

  it('does one thing in a sweep, however often somebody asks for one', () => {
    const move = nextMove(stallOf(), null, patience, noon) as Move
    const record = withRung(null, stallOf(), move, noon, true)
    expect(nextMove(stallOf(), record, patience, noon + 3 * 60_000)).toBeNull()
    expect(nextMove(stallOf(), record, patience, noon + 4 * 60_000)).toMatchObject({ kind: 'ping', number: 2 })
  })
})

it('begins anew when the clock was set back: what was done tomorrow holds nothing up, and its number is not used again', () => {
  const tomorrow = noon + 24 * 60 * 60_000
  const move = nextMove(stallOf(), null, patience, tomorrow) as Move
  const record = withRung(null, stallOf(), move, tomorrow, true)
  expect(nextMove(stallOf(), record, patience, noon + 60_000)).toMatchObject({ kind: 'ping', number: 2, again: false })
  // Clocks of two sweepers differ by a little.
  expect(nextMove(stallOf(), record, patience, tomorrow - 30_000)).toBeNull()
})

describe('F10: a rung that was begun and not finished', () => {
  const move = nextMove(stallOf(), null, patience, noon) as Move
  const begun = withRung(null, stallOf(), move, noon, false)

  it('is done again under its own number, at once', () => {
    expect(nextMove(stallOf(), begun, patience, noon + 1_000)).toEqual({ ...move, again: true })
  })

  it('is over when it is not possible any more, or the task was given out again', () => {
    const moved = nextMove(stallOf({ can: { ...all, ask: false, ping: false } }), begun, patience, noon + everyMs)
    expect(moved).toMatchObject({ kind: 'take_back', number: 2, again: false })
    expect(nextMove(stallOf({ epoch: 2 }), begun, patience, noon + everyMs)).toMatchObject({ number: 1, again: false })
  })
})

it('never takes a task away for good before three pings went unanswered, nor uses a number twice', () => {
  const can = fc.record({
    ask: fc.boolean(),
    ping: fc.constant(true),
    restart: fc.boolean(),
    take_back: fc.boolean(),
    reassign: fc.boolean(),
    escalate: fc.boolean(),
  })
  const step = fc.record({
    state: fc.constantFrom(...stallStates),
    can,
    epochs: fc.integer({ min: 0, max: 1 }),
    alive: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const done = new Set<string>()
      let [record, epoch, since, pings]: [StallRecord | null, number, number, number] = [null, 1, noon, 0]
      for (const [sweep, { state, can, epochs, alive }] of steps.entries()) {
        const at = noon + sweep * everyMs
        epoch += epochs
        if (alive) [since, pings] = [at, 0]
        const stall = stallOf({ state, can, epoch, since, question: state === 'waiting-for-answer' ? 'Why?' : null })
        const move = nextMove(stall, record, patience, at)
        if (move === null) continue
        expect(rungKinds).toContain(move.kind)
        expect(done.has(`${epoch} ${move.number}`)).toBe(false)
        done.add(`${epoch} ${move.number}`)
        if (move.kind === 'reassign') expect(pings).toBeGreaterThanOrEqual(3)
        if (move.kind === 'ping') pings++
        record = withRung(record, stall, move, at, true)
      }
    }),
  )
})
