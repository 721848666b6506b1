import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sayDegraded } from '../../bridge/say-degraded.ts'
import type { ChatNetwork, OutgoingLine } from '../../ports/chat.ts'

let wrong: boolean
let reachable: boolean
let unclear: boolean
let said: string[]
let ending: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  wrong = false
  reachable = true
  unclear = false
  said = []
  ending = new AbortController()
  const post = async (line: OutgoingLine) => {
    said.push(line.text)
    return { ids: [], how: 'confirmed' as const }
  }
  const network = { name: 'local', post } as unknown as ChatNetwork
  const condition = {
    key: 'bus',
    afterMs: 3_000,
    holds: () => wrong,
    isUnclear: () => unclear,
    began: () => 'the bus is away',
    ended: () => 'the bus is back',
    rooms: [{ network, room: 'breakroom', reachable: () => reachable }],
  }
  sayDegraded([condition], { now: () => new Date(Date.now()), monotonic: () => performance.now() }, ending.signal)
})
afterEach(() => {
  ending.abort()
  vi.useRealTimers()
})

it('says once that something is wrong when it lasts, and once that it is over', () => {
  wrong = true
  vi.advanceTimersByTime(20_000)
  expect(said).toEqual(['the bus is away'])
  wrong = false
  vi.advanceTimersByTime(1_000)
  expect(said).toEqual(['the bus is away', 'the bus is back'])
})

it('says nothing of what heals by itself', () => {
  for (let n = 0; n < 10; n++) {
    wrong = !wrong
    vi.advanceTimersByTime(2_000)
  }
  expect(said).toEqual([])
})

it('says nothing where it could only be said when it is old news', () => {
  reachable = false
  wrong = true
  vi.advanceTimersByTime(20_000)
  reachable = true
  wrong = false
  vi.advanceTimersByTime(20_000)
  expect(said).toEqual([])
})

it('tells who could not be reached as soon as it can, while it is still true', () => {
  reachable = false
  wrong = true
  vi.advanceTimersByTime(20_000)
  reachable = true
  vi.advanceTimersByTime(1_000)
  expect(said).toEqual(['the bus is away'])
})

it('says it again when it comes back', () => {
  for (const state of [true, false, true, false]) {
    wrong = state
    vi.advanceTimersByTime(5_000)
  }
  expect(said).toHaveLength(4)
})

it('says neither that it is over nor that it began while that cannot be told', () => {
  wrong = true
  vi.advanceTimersByTime(5_000)
  unclear = true
  wrong = false
  vi.advanceTimersByTime(5_000)
  expect(said).toEqual(['the bus is away'])
  unclear = false
  vi.advanceTimersByTime(1_000)
  expect(said).toEqual(['the bus is away', 'the bus is back'])

  unclear = true
  wrong = true
  vi.advanceTimersByTime(20_000)
  unclear = false
  vi.advanceTimersByTime(2_000)
  wrong = false
  vi.advanceTimersByTime(2_000)
  expect(said).toHaveLength(2)
})
