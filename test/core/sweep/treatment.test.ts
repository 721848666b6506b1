import { describe, expect, it } from 'vitest'
import { leftoverLine, restartLine, seatLine, sureAnswer, whatCame } from '../../../core/sweep/treatment.ts'
import { anyAnswer } from '../../support/knowledge-double.ts'
import { taskAt } from '../../support/tasks.ts'

describe('what came of a command', () => {
  it('is what the task service did, whatever was asked of it', () => {
    const at = '2026-11-22T12:00:00.000Z'
    const escalation = {
      by: 'sweep',
      at,
      to: 'ceo',
      reason: 'nobody else fits',
      parked: false,
      rung: 1,
      reminded_at: null,
    }
    const task = taskAt(1, 3, { role: 'devops', escalation })
    const came = (...events: string[]) => whatCame({ task, events })
    expect(came('pinged')).toEqual({ did: 'ping', outcome: 'asked where it stands' })
    expect(came('reassigned')).toEqual({ did: 'reassign', outcome: 'gave it to devops' })
    expect(came('escalated')).toEqual({ did: 'escalate', outcome: 'told ceo' })
    expect(came('parked')).toEqual({ did: 'escalate', outcome: 'parked it for the founder' })
    expect(came()).toBeNull()
  })

  it('names nobody of a private task', () => {
    const came = (event: string) => whatCame({ task: null, events: [event] })?.outcome
    expect(['answered', 'asked', 'reassigned', 'escalated'].map(came)).toEqual([
      'answered',
      'asked who should know',
      'gave it to another role',
      'told the next one up',
    ])
  })
})

describe('an answer', () => {
  it('is told when it is sure, with where it stands', () => {
    expect(sureAnswer(anyAnswer())).toEqual({
      text: 'Refunds are given within 30 days.',
      sources: ['docs/handbook.md'],
    })
  })

  it('is not told when it is less sure, empty, or stands nowhere', () => {
    const confidence = { probability: 0.7, band: 'medium' as const, why: 'says something near' }
    expect(sureAnswer(anyAnswer({ confidence }))).toBeNull()
    expect(sureAnswer(anyAnswer({ text: ' ' }))).toBeNull()
    expect(sureAnswer(anyAnswer({ sources: [] }))).toBeNull()
  })
})

it('U20: a line says who, what shows it, and what was done', () => {
  const deaf = {
    role: 'cto',
    task: 't-1',
    state: 'deaf',
    why: 'it takes nothing from its inbox, where 3 wait',
  } as const
  const zombie = { role: 'cto', task: 't-1', state: 'zombie', why: 'it works on what is over' } as const
  expect(restartLine(deaf)).toBe(
    'cto is deaf: it takes nothing from its inbox, where 3 wait. I told it to ask for its work anew.',
  )
  expect(restartLine(zombie)).toBe('cto is a zombie on t-1: it works on what is over. I told it to let go.')
  expect(seatLine({ role: 'cto', task: null, state: 'dead', why: 'no heartbeat for 4 min' })).toBe(
    'cto is dead: no heartbeat for 4 min. Whoever runs it should look.',
  )
  expect(seatLine(zombie)).toBe(
    'cto is a zombie on t-1: it works on what is over. I told it, and that did not help: whoever runs it should look.',
  )
  expect(leftoverLine({ role: 'cto', task: 't-1', processes: 3 })).toBe(
    'I ended a program of cto on t-1 that had outlived who started it, 3 processes.',
  )
  expect(Buffer.byteLength(restartLine({ ...deaf, why: 'ü'.repeat(900) }))).toBeLessThanOrEqual(350)
})
