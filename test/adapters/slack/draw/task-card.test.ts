import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { taskCardMessage } from '../../../../adapters/slack/draw/task-card.ts'
import { taskCard } from '../../../../core/task/card.ts'
import { anyTask, anyWords } from '../../../support/any-task.ts'
import { expectScreen, textsOf } from '../../../support/screen.ts'
import { blockKitProblems } from '../../../support/slack/block-kit-limits.ts'
import { cardOf, hostile, now, states, world } from './cards.ts'

test.each(Object.entries({ ...states, ...hostile }))('the card of a task: %s', async (name, changes) => {
  const message = taskCardMessage(cardOf(changes))
  await expectScreen(`card-${name}`, message.blocks, message)
})

describe('a card', () => {
  it('S16, S17: has what others wrote in plain text alone, and no more of it than Slack takes', () => {
    fc.assert(
      fc.property(anyTask, (task) => {
        const { text, blocks } = taskCardMessage(taskCard(task, now, world))
        expect(blockKitProblems(blocks)).toEqual([])
        expect(blocks.length).toBeLessThanOrEqual(15)
        const all = [text, ...textsOf(blocks, 'plain_text'), ...textsOf(blocks, 'mrkdwn')].join('')
        expect(all.length).toBeLessThan(13_000)
        for (const words of textsOf(blocks, 'mrkdwn')) {
          expect(words).toMatch(
            /^(?:Due: |Answer by )<!date\^\d+\^\{date_short_pretty\} at \{time\}\|[-\d]+ [\d:]+ UTC>\.?$/,
          )
        }
        expect(text).toMatch(/^t-\d+ "/)
        expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
      }),
      { numRuns: 300 },
    )
  })

  it('U15, U16: says all of its state in its text, and what its buttons do', () => {
    expect(taskCardMessage(cardOf(states.approval)).text).toBe(
      't-13 "Add rate limiting to the gateway" for cto: waiting for a person\'s yes. Asked by "ada". Priority high. ' +
        "Due 2026-11-21 13:00 UTC. Passed: `npm test` (exit code 0, 4.2 s). Still to come: a person's yes. " +
        'Result: "Merged as 4f2a. The limit is in gateway.yaml." ' +
        'If you approve: t-13 is done then, which cannot be undone, and what waits for it may begin. ' +
        'After that cso is given "Review t-13". You can: Approve, Reject, Reassign, Stop.',
    )
    const { blocks } = taskCardMessage(cardOf())
    const row = blocks.find((block) => block.type === 'actions')
    expect(row?.elements.map((element) => 'accessibility_label' in element && element.accessibility_label)).toEqual([
      'Acknowledge: ack t-13',
      'Take it: claim t-13',
      'Done: done t-13',
      'Reassign: reassign t-13',
      'Stop: cancel t-13',
    ])
  })

  it.each([
    ['in words', `begin ${'0123456789 '.repeat(720)}end`],
    ['in lines', `begin\n${'0123456789\n'.repeat(600)}end`],
    ['in one word', '0123456789'.repeat(795)],
  ])('U14: shows all of what is approved, however long it is: %s', (_, text) => {
    const { approval } = states
    const result = { by: 'human-bob', at: now.toISOString(), text, epoch: 1 }
    const shown = textsOf(taskCardMessage(cardOf({ ...approval, result })).blocks, 'plain_text')
    const sections = shown.filter((words) => words.includes('0123456789'))
    // What begins within a line is marked as that line is.
    expect(sections.length).toBeGreaterThan(2)
    for (const words of sections.slice(1)) expect(words).toMatch(/^> /)
    const bare = (words: string) => words.replace(/^> /gm, '').replace(/\s/g, '')
    expect(sections.map(bare).join('')).toContain(bare(text))
  })

  it('says how much of it cannot be shown', () => {
    const card = cardOf(states.approval)
    const call = 'x'.repeat(20_000)
    const { blocks } = taskCardMessage({ ...card, approval: { call, doubts: [], risk: 'It is done.', expires: null } })
    expect(blockKitProblems(blocks)).toEqual([])
    expect(textsOf(blocks, 'plain_text').join('\n')).toMatch(/\d+ more characters are not shown here/)
  })

  it('has a menu for what is beyond five buttons, and none behind it that asks first', () => {
    const action = (id: string, confirm: string | null) => ({
      id,
      label: id,
      command: `${id} t-13`,
      asks: null,
      confirm,
    })
    const actions = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => action(id, id === 'f' ? 'Sure?' : null))
    const { blocks } = taskCardMessage({ ...cardOf(), actions })
    expect(blockKitProblems(blocks)).toEqual([])
    const row = blocks.find((block) => block.type === 'actions')
    expect(row?.elements.map((element) => ('text' in element ? element.text.text : element.type))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'f',
      'overflow',
    ])
  })

  it('takes any words in any place', () => {
    fc.assert(
      fc.property(anyWords, anyWords, (words, more) => {
        const evidence = [{ words, passed: null }]
        const actions = [
          { id: 'x', label: words || 'x', command: more.slice(0, 900) || 'x', asks: null, confirm: more },
        ]
        const approval = { call: words, doubts: [words, more], risk: more, expires: null }
        const card = {
          ...cardOf(),
          title: words,
          state: more,
          reason: words,
          plan: more,
          trouble: { words: 'It stands still', reason: words },
          result: more,
          criteria: [words],
          approval,
        }
        expect(blockKitProblems(taskCardMessage({ ...card, evidence, actions }).blocks)).toEqual([])
      }),
    )
  })
})
