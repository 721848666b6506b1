import { describe, expect, it } from 'vitest'
import { dueLines, receiptText, resumeAfter, settle, type WaitingLines } from '../../core/receipt.ts'
import { personLine, roleLine } from '../support/lines.ts'

function waitingFor(...seats: string[]): WaitingLines {
  return new Map([['1', { line: personLine('1', 'hi'), seq: 10, seats: new Set(seats), dueAt: 1_500 }]])
}

describe('a line that waits for its answer', () => {
  it('is settled when every seat it named has answered', () => {
    const waiting = waitingFor('cto', 'cso')
    expect(settle(waiting, roleLine('2', 'cto', 'yes', { in_reply_to: '1' }), 'breakroom')).toBe(false)
    expect(settle(waiting, roleLine('3', 'cso', 'no', { in_reply_to: '1' }), 'breakroom')).toBe(true)
    expect(waiting.size).toBe(0)
  })

  it('is settled by a receipt of the desk, so that nobody is told twice', () => {
    const waiting = waitingFor('cto')
    expect(settle(waiting, roleLine('2', 'breakroom', 'kept', { in_reply_to: '1' }), 'breakroom')).toBe(true)
  })

  it('of a command is settled by the seat that the desk handed it to', () => {
    const waiting = waitingFor('breakroom')
    expect(settle(waiting, roleLine('2', 'knowledge', '30 days', { in_reply_to: '1' }), 'breakroom')).toBe(true)
    expect(settle(waitingFor('breakroom', 'cto'), roleLine('2', 'cso', 'hm', { in_reply_to: '1' }), 'breakroom')).toBe(
      false,
    )
  })

  it('is not settled by another seat, nor by an answer to another line', () => {
    const waiting = waitingFor('cto')
    settle(waiting, roleLine('2', 'cso', 'hm', { in_reply_to: '1' }), 'breakroom')
    settle(waiting, roleLine('3', 'cto', 'hm', { in_reply_to: '0' }), 'breakroom')
    expect(waiting.size).toBe(1)
  })

  it('is due at its time, and stays until its receipt is given', () => {
    const waiting = waitingFor('cto')
    expect(dueLines(waiting, 1_499)).toEqual([])
    expect(dueLines(waiting, 1_500)).toHaveLength(1)
    expect(resumeAfter(waiting, 50)).toBe(9)
  })

  it('keeps the stored cursor before itself, so that a restart sees it again', () => {
    expect(resumeAfter(waitingFor('cto'), 50)).toBe(9)
    expect(resumeAfter(new Map(), 50)).toBe(50)
  })
})

it('says the truth of each seat in one line, those alike together', () => {
  const seats: Parameters<typeof receiptText>[1] = [
    ['cto', 'working'],
    ['cso', 'offline'],
    ['ceo', 'offline'],
  ]
  expect(receiptText('alice', seats, 'k3f9')).toBe(
    'alice: cto has it and is working · cso and ceo are offline; kept, they answer when they are back · k3f9',
  )
  expect(receiptText(null, [['cto', 'stopped']], 'k3f9')).toBe('cto is stopped; kept until it is resumed · k3f9')
})
