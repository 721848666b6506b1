import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMarkdown, printMarkdown } from '../../../core/markup/markdown.ts'
import type { Inline } from '../../../core/markup/nodes.ts'
import { hostileMarks } from '../../support/hostile-marks.ts'
import { expectWithin } from '../../support/huge-input.ts'
import { bare, blocks, wild } from './canonical.ts'

const line = (text: string): Inline[] => {
  const [first] = parseMarkdown(text)
  return first?.kind === 'line' ? first.children : []
}
const words = (text: string): Inline => ({ kind: 'text', text })

describe('canonical text is read', () => {
  test.each<[string, Inline[]]>([
    ['**bold**', [{ kind: 'bold', children: [words('bold')] }]],
    ['an _italic_ word', [words('an '), { kind: 'italic', children: [words('italic')] }, words(' word')]],
    ['~~struck~~.', [{ kind: 'struck', children: [words('struck')] }, words('.')]],
    ['**a _b_**', [{ kind: 'bold', children: [words('a '), { kind: 'italic', children: [words('b')] }] }]],
    ['`**code**`', [{ kind: 'code', text: '**code**' }]],
    ['``a`b``', [{ kind: 'code', text: 'a`b' }]],
    ['`` ` ``', [{ kind: 'code', text: '`' }]],
    ['[a label](https://a.b/x_(y))', [{ kind: 'link', href: 'https://a.b/x_(y)', label: 'a label' }]],
    ['(https://a.b/_x_).', [words('('), { kind: 'link', href: 'https://a.b/_x', label: null }, words('_).')]],
    ['**https://a.b**', [{ kind: 'bold', children: [{ kind: 'link', href: 'https://a.b', label: null }] }]],
    ['**kwargs and **bold**', [words('**kwargs and '), { kind: 'bold', children: [words('bold')] }]],
  ])('%s', (text, nodes) => {
    expect(line(text)).toEqual(nodes)
  })

  test.each([
    '*x*',
    '__x__',
    '***x***',
    'snake_case_name',
    '2 * 3 * 4',
    '2**3**4',
    '**kwargs',
    'f(**a, **b)',
    '** not bold **',
    '~x~',
    'a ` b',
    '[label](javascript:alert(1))',
    '[label] (x)',
    'xhttps://a.b',
    '@cto #breakroom <@U1> &amp; >x',
  ])('%s is plain text', (text) => {
    expect(line(text)).toEqual([words(text)])
  })

  test('quotes and fences are blocks of their own; a fence that nobody closes runs to the end', () => {
    expect(parseMarkdown('> a **b**\n```ts\n**x**\n```\n````\n```\ny')).toEqual([
      { kind: 'quote', children: [words('a '), { kind: 'bold', children: [words('b')] }] },
      { kind: 'fence', language: 'ts', text: '**x**' },
      { kind: 'fence', language: '', text: '```\ny' },
    ])
  })
})

describe('canonical text is printed', () => {
  test('nodes are the same when they are read again', () => {
    fc.assert(
      fc.property(blocks, (nodes) => {
        expect(parseMarkdown(printMarkdown(nodes))).toEqual(nodes)
      }),
      { numRuns: 5_000 },
    )
  })

  test('any text means the same when it is read and printed, and nothing of it is lost or moved (20,000 random texts)', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const nodes = parseMarkdown(text)
        const printed = printMarkdown(nodes)
        expect(parseMarkdown(printed)).toEqual(nodes)
        expect(bare(printed)).toBe(bare(text))
      }),
      { numRuns: 20_000 },
    )
  })

  test('a label or an address that cannot stand in brackets stands beside', () => {
    const link = (label: string, href: string) =>
      printMarkdown([{ kind: 'line', children: [{ kind: 'link', href, label }] }])
    expect(link('[x]', 'https://a.b')).toBe('[x] (https://a.b)')
    expect(link('x', 'https://a.b/(')).toBe('[x](https://a.b/%28)')
  })
})

test.each(hostileMarks)('S35: %s are read in linear time', (_, text) => {
  expectWithin(300, () => printMarkdown(parseMarkdown(text)))
})
