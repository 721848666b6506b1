import { expect, test } from 'vitest'
import { barLine, createProgress, type ProgressStyle, progressStyle } from '../../cli/progress.ts'

function progressOn(style: ProgressStyle, columns?: number) {
  const written: string[] = []
  const stream = { write: (text: string | Uint8Array) => written.push(String(text)) > 0, ...(columns && { columns }) }
  return { progress: createProgress(stream, style, 'commits'), written }
}

test.each([
  [0, 100_000, '[--------------------]   0 %  0 of 100,000 commits'],
  [52_000, 100_000, '[##########----------]  52 %  52,000 of 100,000 commits'],
  [99_999, 100_000, '[###################-]  99 %  99,999 of 100,000 commits'],
  [100_000, 100_000, '[####################] 100 %  100,000 of 100,000 commits'],
  [12, 10, '[####################] 100 %  12 of 10 commits'],
])('%i of %i is drawn as %s', (done, total, line) => {
  expect(barLine(done, total, 'commits')).toBe(line)
})

test('on a terminal one line is drawn over, without escape sequences, and ended once', () => {
  const { progress, written } = progressOn('redrawn')
  progress.show(52_000, 100_000)
  progress.show(1, 2)
  progress.end()
  progress.end()
  expect(written).toHaveLength(3)
  expect(written[0]).toBe('\r[##########----------]  52 %  52,000 of 100,000 commits')
  // Whatever was longer before is gone.
  expect(written[1]).toBe('\r[##########----------]  50 %  1 of 2 commits'.padEnd(written[0]?.length ?? 0))
  expect(written[2]).toBe('\n')
})

test('on a narrow terminal the line is cut, so that it can be drawn over', () => {
  const { progress, written } = progressOn('redrawn', 30)
  progress.show(52_000, 100_000)
  expect(written[0]).toBe(`\r${'[##########----------]  52 %  52,000'.slice(0, 29)}`)
})

test('in a log there is one line at each tenth, however often it is shown', () => {
  const { progress, written } = progressOn('lines')
  for (let done = 0; done <= 1_000; done++) progress.show(done, 1_000)
  progress.end()
  expect(written).toHaveLength(11)
  expect(written.every((line) => line.endsWith(' commits\n') && !line.includes('\r'))).toBe(true)
  expect(written.map((line) => /(\d+) %/.exec(line)?.[1])).toEqual([
    '0',
    '10',
    '20',
    '30',
    '40',
    '50',
    '60',
    '70',
    '80',
    '90',
    '100',
  ])
})

test('nothing is drawn for programs, or while nobody knows how much there is', () => {
  for (const style of ['none', 'lines', 'redrawn'] as const) {
    const { progress, written } = progressOn(style)
    progress.show(5, style === 'none' ? 10 : 0)
    progress.end()
    expect(written, style).toEqual([])
  }
})

test.each([
  [false, true, { TERM: 'xterm' }, 'redrawn'],
  [false, true, { TERM: 'xterm', NO_COLOR: '1' }, 'lines'],
  [false, true, { TERM: 'xterm', NO_COLOR: '' }, 'redrawn'],
  [false, true, { TERM: 'dumb' }, 'lines'],
  [false, false, { TERM: 'xterm' }, 'lines'],
  [true, true, { TERM: 'xterm' }, 'none'],
])('U30: with --json %s, a terminal %s and %j progress is %s', (json, isTTY, env, style) => {
  expect(progressStyle(json, { isTTY }, env)).toBe(style)
})
