import fc from 'fast-check'
import { expect, it } from 'vitest'
import { withActions } from '../../../../adapters/slack/draw/line-actions.ts'
import { readPressValue } from '../../../../adapters/slack/draw/press-value.ts'
import { anyWords } from '../../../support/any-task.ts'
import { expectScreen } from '../../../support/screen.ts'
import { blockKitProblems } from '../../../support/slack/block-kit-limits.ts'
import { now } from './cards.ts'

const until = '2026-11-21T12:20:30.000Z'
const undo = { label: 'Undo', command: 'cancel t-13', until }
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
