import { describe, expect, it, test } from 'vitest'
import { admit, median, msInHand, placeOf, queueHint, refuseBeyondLimit } from '../../../core/task/admission.ts'
import type { TaskEvent } from '../../../core/task/commit.ts'
import { taskStatuses } from '../../../core/task/task.ts'
import { taskAt, taskCommit } from '../../support/tasks.ts'

const alice = { requester: 'human-alice', tier: 'member', name: 'alice', chain: [] as string[] } as const
const authority = { ...alice, chain: [] }
/** The sentence that somebody is refused with, or null. */
function refused(all: number, own: number, limit: number, by = 'human-alice', requester?: string): string | null {
  try {
    admit('cto', requester === undefined ? authority : { ...authority, requester }, by, { all, own }, limit)
    return null
  } catch (error) {
    expect(error).toMatchObject({
      code: 'refused',
      detail: { rule: 'queue-full', path: 'role', role: 'cto', waiting: all, own, limit },
    })
    return (error as Error).message
  }
}

describe('F55: one more task may wait for a role', () => {
  const cases: [string, number, number, number, boolean][] = [
    ['while there is a place', 199, 0, 200, true],
    ['not beyond its limit', 200, 0, 200, false],
    ['up to half of the places for one requester', 99, 99, 200, true],
    ['not beyond half of them', 100, 100, 200, false],
    ['also of one place alone', 0, 0, 1, true],
    ['once, of one place alone', 1, 1, 1, false],
    ['of three places one is half', 1, 1, 3, false],
  ]
  test.each(cases)('%s', (_, all, own, limit, may) => {
    expect(refused(all, own, limit) === null).toBe(may)
  })

  it('when the house asks for it itself, up to the limit', () => {
    expect(refused(199, 199, 200, 'breakroom', 'breakroom')).toBeNull()
    expect(refused(200, 0, 200, 'breakroom', 'breakroom')).not.toBeNull()
  })

  it('when the house publishes what follows a task, as if whoever asked for that one did', () => {
    expect(refused(99, 99, 200, 'breakroom')).toBeNull()
    expect(refused(100, 100, 200, 'breakroom')).toContain("100 of the 100 tasks that wait for cto are alice's")
  })

  it('or is refused with how many wait, whose they are, and what to do', () => {
    const todo =
      'Try again when some are done, cancel what is not needed any more (!tasks cto shows them), or ask another role.'
    expect(refused(200, 12, 200)).toBe(`cto has 200 tasks waiting, 12 of them yours, and takes no more. ${todo}`)
    expect(refused(140, 100, 200)).toBe(
      `100 of the 140 tasks that wait for cto are yours, and nobody may have more than 100, so that others have a place. ${todo}`,
    )
    expect(refused(200, 12, 200, 'ceo')).toContain("12 of them alice's")
    for (const sentence of [refused(10_000, 5_000, 10_000), refused(9_999, 5_000, 10_000)])
      expect(Buffer.byteLength(sentence ?? '')).toBeLessThanOrEqual(350)
  })
})

it('a role has no more in hand than it may', () => {
  expect(() => refuseBeyondLimit('cto', 1, 2)).not.toThrow()
  expect(() => refuseBeyondLimit('cto', 1, 1)).toThrow(
    'cto has 1 task in hand, and no more than 1 at the same time: finish one first, or give one back (!tasks cto shows them).',
  )
  expect(() => refuseBeyondLimit('cto', 12, 10)).toThrow(/has 12 tasks in hand, and no more than 10/)
})

it('every status is a place among those that wait, one in hand, or none', () => {
  const places = taskStatuses.map((status) => placeOf({ status }))
  expect(Object.fromEntries(taskStatuses.map((status, index) => [status, places[index]]))).toEqual({
    waiting: 'waiting',
    open: 'waiting',
    claimed: 'in-hand',
    working: 'in-hand',
    blocked: 'in-hand',
    verifying: null,
    done: null,
    failed: null,
    cancelled: null,
  })
})

describe('who asks is told the place in the queue', () => {
  const place = { role: 'cto', ahead: 3, inHand: 2, limit: 10, msEach: 600_000 }
  it('and when the task will begin: places times the time of the last ones, by how many are in hand at once', () => {
    expect(queueHint(place)).toBe(
      'It is number 4 in line for cto; at the pace of the last ones it begins in about 20 min.',
    )
    expect(queueHint({ ...place, msEach: 3 })).toContain('it begins in about 1 s.')
    expect(queueHint({ ...place, inHand: 0 })).toContain('it begins in about 40 min.')
  })
  it('without a guess where nothing was done yet', () => {
    expect(queueHint({ ...place, msEach: null })).toBe('It is number 4 in line for cto.')
  })
  it('also when it is the next one and nothing more may be in hand', () => {
    expect(queueHint({ ...place, ahead: 0, inHand: 10, msEach: null })).toBe('It is number 1 in line for cto.')
  })
  it('but not when it begins at once', () => {
    expect(queueHint({ ...place, ahead: 0 })).toBeNull()
  })
})

it('the time in hand is that between a claim and what ends it, every time', () => {
  const task = taskAt(1, 1)
  const minute = (at: number) => new Date(Date.UTC(2026, 10, 21, 12, at)).toISOString()
  const history: [number, ...TaskEvent[]][] = [
    [0, ...taskCommit(task).events],
    [10, { type: 'claimed', epoch: 1, doorbell: null }],
    [12, { type: 'started' }],
    [15, { type: 'returned', reason: 'stopped', counted: false }],
    [30, { type: 'claimed', epoch: 2, doorbell: null }],
    [37, { type: 'submitted', result: 'merged', epoch: 2 }],
    [90, { type: 'completed' }],
  ]
  const commits = history.map(([at, ...events], index) =>
    taskCommit(task, { version: index + 1, at: minute(at), events }),
  )
  expect(msInHand(commits)).toBe(12 * 60_000)
  expect(msInHand(commits.slice(0, 3))).toBe(2 * 60_000)
})

it('the middle of some times is one of them', () => {
  expect([median([]), median([7]), median([9, 1, 5]), median([4, 1])]).toEqual([null, 7, 5, 4])
})
