import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withActions } from '../../../../adapters/slack/draw/line-actions.ts'
import { readPressValue } from '../../../../adapters/slack/draw/press-value.ts'
import type { Answer } from '../../../../core/knowledge/answer.ts'
import { answerActions, answerLines } from '../../../../core/knowledge/answer-lines.ts'
import { parseMarkdown } from '../../../../core/markup/markdown.ts'
import { printMrkdwn } from '../../../../core/markup/mrkdwn.ts'
import { anyWords } from '../../../support/any-task.ts'
import { expectScreen } from '../../../support/screen.ts'
import { blockKitProblems } from '../../../support/slack/block-kit-limits.ts'
import { now } from './cards.ts'

const until = '2026-11-21T12:20:30.000Z'
const undo = { label: 'Undo', command: 'cancel t-13', until }
const answered: Answer = {
  id: 'q-17',
  text: 'Refunds are given within *30 days*, see https://evil.example/x & <@U0ADA>.',
  confidence: { probability: 0.7, band: 'medium', why: 'most of your words stand together there' },
  sources: [
    {
      document: 'docs/handbook.md',
      title: 'Handbook',
      heading: ['Refunds'],
      date: '2026-03-01',
      author: 'Ada',
      quote: '',
      stale: null,
      verified_by: null,
    },
  ],
  conflict: null,
  understood: 'how long do refunds take',
  note: null,
  asked: null,
}
const receipt = 't-13 is with cto: "Add rate limiting". Done when `npm test` passes. Due in 60 min.'

it('U9: a receipt has a button that undoes it', async () => {
  const blocks = withActions(receipt, [undo], now)
  await expectScreen('receipt-undo', blocks, { text: receipt, blocks })
  const row = blocks.find((block) => block.type === 'actions')
  const [button] = row?.elements ?? []
  expect(readPressValue(button !== undefined && 'value' in button && button.value)).toEqual({
    command: 'cancel t-13',
    asks: null,
    until,
  })
})

it('U19: an answer has what its reader may say of it, each a command of whoever presses', async () => {
  const text = answerLines(answered, { to: 'ada', canPress: true, prefix: '/br ' })
  const shown = printMrkdwn(parseMarkdown(text), { mention: () => null })
  const blocks = withActions(shown, answerActions(answered), now)
  await expectScreen('knowledge-answer', blocks, { text: shown, blocks })
  const row = blocks.find((block) => block.type === 'actions')
  const values = row?.elements.map((button) => readPressValue('value' in button && button.value)?.command)
  expect(values).toEqual(['helped q-17', 'wrong q-17', 'human q-17'])
})

it('has no button for what can no longer be done', () => {
  expect(withActions(receipt, [undo], new Date(until))).toEqual([
    { type: 'section', text: { type: 'mrkdwn', text: receipt, verbatim: true }, expand: true },
  ])
})

it('leaves out a button that carries more than it can', () => {
  const blocks = withActions(receipt, [undo, { label: 'Say', command: `say ${'"'.repeat(990)}` }], now)
  expect(blockKitProblems(blocks)).toEqual([])
  expect(JSON.stringify(blocks)).not.toContain('"Say"')
})

it('is cut beside a link or a mention, never within', () => {
  const link = '<https://github.com/acme/gateway|a label of several words>'
  const blocks = withActions(`${'x'.repeat(2_960)} ${link} <@U0ALICE>`, [undo], now)
  const texts = blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text] : []))
  expect(texts).toEqual(['x'.repeat(2_960), `${link} <@U0ALICE>`])
})

it('is one that Slack takes, however long and whatever it says', () => {
  const action = fc.record({
    label: anyWords.map((words) => words.slice(0, 40) || 'x'),
    command: anyWords.map((w) => w || 'x'),
  })
  fc.assert(
    fc.property(anyWords, fc.nat(10), fc.array(action, { maxLength: 5 }), (words, times, actions) => {
      fc.pre(words.trim() !== '')
      const blocks = withActions(words.repeat(times + 1), actions, now)
      expect(blockKitProblems(blocks)).toEqual([])
    }),
  )
})
