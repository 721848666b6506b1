import { describe, expect, test } from 'vitest'
import { linesOfPage, type PageLine, paragraphsOf, withoutRunningLines } from '../../../adapters/documents/pdf-lines.ts'

/** Lines from the top of a page down, 14 points apart; an empty one is a gap. */
function page(...texts: string[]): PageLine[] {
  return texts.map((text, index) => ({ text, y: 780 - index * 14, height: 11 })).filter(({ text }) => text !== '')
}

test('puts pieces together to lines', () => {
  const piece = (str: string, hasEOL = false) => ({ str, hasEOL, transform: [11, 0, 0, 11, 40, 700] })
  expect(
    linesOfPage([piece('We '), { type: 'beginMarkedContent' }, piece('ship', true), piece('', true), piece('daily')]),
  ).toEqual([
    { text: 'We ship', y: 700, height: 11 },
    { text: 'daily', y: 700, height: 11 },
  ])
})

describe('paragraphs', () => {
  test('are lines that stand close together', () => {
    expect(paragraphsOf(page('We ship', 'daily.', '', 'Never on', 'Fridays.'))).toEqual([
      'We ship daily.',
      'Never on Fridays.',
    ])
  })

  test('end where a line was ended long before the margin', () => {
    const lines = page(
      'The command takes these options:',
      '-c checks',
      '-o names the output',
      'Whoever uses it wants to know all',
    )
    expect(paragraphsOf(lines)).toEqual([
      'The command takes these options: -c checks',
      '-o names the output',
      'Whoever uses it wants to know all',
    ])
  })

  test('have whole words again that were cut at the end of a line', () => {
    expect(paragraphsOf(page('an exam-', 'ple of a soft\u00ad', 'Hyphen, Franco-', 'German'))).toEqual([
      'an example of a softHyphen, Franco- German',
    ])
  })

  test('begin at a bullet, a number and another size of letters', () => {
    const [heading, ...rest] = page('Steps', '1. ask', '2. wait', '• or not')
    expect(paragraphsOf([{ ...heading, text: 'Steps', y: 780, height: 18 }, ...rest])).toEqual([
      'Steps',
      '1. ask',
      '2. wait',
      '• or not',
    ])
  })
})

test('leaves out what stands at the top and bottom of most pages, whatever its number', () => {
  const pages = [1, 2, 3, 4].map((number) =>
    page('Acme, confidential', `text ${'abcd'[number]}`, `page ${number} of 4`),
  )
  expect(withoutRunningLines(pages).map((lines) => lines.map(({ text }) => text))).toEqual(
    [1, 2, 3, 4].map((number) => [`text ${'abcd'[number]}`]),
  )
  const three = pages.slice(1).map((lines) => lines.slice(0, 2))
  expect(withoutRunningLines(three)).toEqual(three)
  expect(withoutRunningLines([page('7', 'one', 'two', 'iv'), page('Page 8 of 9', 'three')])).toEqual([
    page('', 'one', 'two'),
    page('', 'three'),
  ])
})
