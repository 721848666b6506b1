import { expect, test } from 'vitest'
import { blockKitProblems } from './block-kit-limits.ts'

const plain = (text: string) => ({ type: 'plain_text', text })
const section = { type: 'section', text: { type: 'mrkdwn', text: 'x' } }
const button = (more: object = {}) => ({ type: 'button', action_id: 'a', text: plain('Go'), ...more })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const modal = (more: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section], ...more })
const input = { type: 'input', label: plain('L'), element: { type: 'plain_text_input' } }

test('sound messages and views have no problems', () => {
  const option = { text: plain('One'), value: '1' }
  const select = { type: 'static_select', action_id: 's', placeholder: plain('Pick'), options: [option] }
  const blocks = [{ type: 'header', text: plain('H') }, section, { type: 'divider' }, actions(button(), select)]
  expect(blockKitProblems(blocks)).toEqual([])
  expect(blockKitProblems(modal({ blocks: [input], submit: plain('OK') }))).toEqual([])
  expect(blockKitProblems({ type: 'home', blocks })).toEqual([])
})

test.each([
  ['an unknown block', [{ type: 'sectoin' }], 'blocks[0]: "sectoin" is no block that may stand here'],
  ['a block without a type', [{}], 'blocks[0]: "undefined" is no block that may stand here'],
  ['too many blocks', Array(51).fill(section), 'blocks must hold 0 to 50 items, it holds 51'],
  ['a section without words', [{ type: 'section' }], 'blocks[0] must have text or fields'],
  ['a missing field', [{ type: 'header' }], 'blocks[0].text is missing'],
  ['a field too many', [{ ...section, colour: 'red' }], 'blocks[0].colour is not a field of it'],
  [
    'mrkdwn in a header',
    [{ type: 'header', text: section.text }],
    'blocks[0].text: "mrkdwn" is no text that may stand here',
  ],
  ['an empty text', [{ type: 'header', text: plain('') }], 'blocks[0].text.text must be at least 1 characters long'],
  [
    'a header that is too long',
    [{ type: 'header', text: plain('x'.repeat(151)) }],
    'blocks[0].text.text must be at most 150 characters long, it has 151',
  ],
  [
    'a button that is too long',
    [actions(button({ text: plain('x'.repeat(76)) }))],
    expect.stringContaining('at most 75'),
  ],
  ['a value that is too long', [actions(button({ value: 'x'.repeat(2001) }))], expect.stringContaining('at most 2000')],
  [
    'an action_id that is too long',
    [actions(button({ action_id: 'x'.repeat(256) }))],
    expect.stringContaining('at most 255'),
  ],
  ['an action_id twice', [actions(button(), button())], 'blocks[0] has an action_id twice'],
  [
    'a block_id twice',
    [
      { ...section, block_id: 'b' },
      { ...section, block_id: 'b' },
    ],
    'block_id "b" is there twice',
  ],
  ['an input among the actions', [actions(input.element)], expect.stringContaining('"plain_text_input" is no element')],
  [
    'a select with too many options',
    [actions({ type: 'static_select', options: Array(101).fill({ text: plain('x'), value: 'x' }) })],
    expect.stringContaining('1 to 100 items'),
  ],
  [
    'an image without words for the blind',
    [{ type: 'image', image_url: 'https://example.com/x.png' }],
    'blocks[0].alt_text is missing',
  ],
  ['a modal with a long title', modal({ title: plain('x'.repeat(25)) }), expect.stringContaining('at most 24')],
  [
    'a modal that asks and cannot be submitted',
    modal({ blocks: [input] }),
    'view.submit is missing, and there are input blocks',
  ],
  [
    'a modal with too many blocks',
    modal({ blocks: Array(101).fill(section) }),
    expect.stringContaining('1 to 100 items'),
  ],
  ['a Home tab with a title', { type: 'home', title: plain('T'), blocks: [] }, 'view.title is not a field of it'],
])('%s is a problem', (_, given, problem) => {
  expect(blockKitProblems(given)).toEqual([problem])
})
