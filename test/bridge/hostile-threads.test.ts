import { expect, it } from 'vitest'
import { createThreads, type Thread } from '../../bridge/threads.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import { quietLog } from '../support/quiet.ts'

const now = new Date('2026-01-10T00:00:00.000Z')

function open() {
  const state: KeyedState<Thread> = {
    get: async () => null,
    put: async () => {},
    delete: async () => {},
    entries: async () => new Map(),
    watch: async () => {},
  }
  return createThreads({ state, now: () => now, log: quietLog, signal: new AbortController().signal })
}

const board: Thread = {
  network: 'acme',
  id: 'T1:C1:1.000',
  room: 'board',
  trace: 'trace-of-the-board',
  at: '2026-01-09T00:00:00.000Z',
  task: null,
}

it('a role that names somebody else’s thread in a line of another room moves it nowhere, and not into another conversation', () => {
  const threads = open()
  threads.spoke(board)
  threads.spoke({ ...board, room: 'breakroom', trace: 'trace-of-a-liar', at: '2026-01-09T12:00:00.000Z' })

  expect(threads.find('acme', board.id)?.trace).toBe('trace-of-the-board')
  expect(threads.live('acme', 'breakroom')).toEqual([])
  expect(threads.live('acme', 'board')).toEqual([{ thread: board.id, at: new Date(board.at), heard: null }])
  expect(threads.idOf('acme', 'breakroom', 'trace-of-a-liar')).toBeNull()
})

it('a line that says it is of a later time than now does not keep later lines from being noted', () => {
  const threads = open()
  threads.spoke({ ...board, at: '9999-01-01T00:00:00.000Z' })
  expect(threads.live('acme', 'board')).toEqual([{ thread: board.id, at: now, heard: null }])
})

it('a card gives its thread the conversation of its task, also when somebody answered before it was noted', () => {
  const threads = open()
  threads.spoke(board)
  threads.spoke({ ...board, trace: 'trace-of-the-task', task: 't-1' })
  expect(threads.find('acme', board.id)?.trace).toBe('trace-of-the-task')
})

it('a card is noted also when a clock ahead of ours has heard an answer below it already', () => {
  const threads = open()
  threads.spoke({ ...board, trace: 'task', at: '2026-01-10T00:00:00.000Z' })
  threads.spoke({ ...board, trace: 'task', at: '2026-01-09T23:59:59.000Z', task: 't-1' })
  threads.spoke({ ...board, id: 'T1:C1:2.000', trace: 'task' })
  expect(threads.idOf('acme', 'board', 'task')).toBe(board.id)
})
