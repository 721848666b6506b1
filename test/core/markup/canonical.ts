import fc from 'fast-check'
import { type Block, type Inline, joined, type Style } from '../../../core/markup/nodes.ts'

/** Signs that some dialect reads as more than text, and words between them. */
export const wild: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '*',
      '**',
      '_',
      '~',
      '~~',
      '`',
      '``',
      '```',
      '\n',
      '> ',
      '[',
      '](',
      ')',
      'https://a.b/c',
      'www.a.b',
    ),
    fc.constantFrom(
      '<',
      '>',
      '&',
      '&lt;',
      '<@U1>',
      '<!here>',
      '<#C1|x>',
      '<https://a.b|',
      '|',
      '@here',
      '@cto',
      ' ',
      'word',
      'é',
      '👩‍💻',
    ),
    fc.constantFrom('\x01', '\x02', '\x03', '4,5', '\x0f', '\x11', '\x1d', '\x1e', '\x1f', '\r', '\0', '\x1b'),
    fc.string({ unit: 'binary', maxLength: 2 }),
  ),
  maxLength: 24,
})

/** What is left of a text when everything that any dialect uses as a mark is taken out. */
export function bare(text: string): string {
  return text.replace(/[*_~`<>()[\]|&;#!:\s\p{C}]|lt;|gt;|amp;/gu, '')
}

/** Blocks without the languages of their fences, which only canonical text keeps. */
export function withoutLanguages(nodes: readonly Block[]): Block[] {
  return nodes.map((block) => (block.kind === 'fence' ? { ...block, language: '' } : block))
}

const words = fc.array(fc.constantFrom('one', 'two', 'né', 'snake_case', '2', '👩‍💻', 'a.ts', '@cto'), {
  minLength: 1,
  maxLength: 3,
})
const text: fc.Arbitrary<Inline> = words.map((list) => ({ kind: 'text', text: list.join(' ') }))
const code: fc.Arbitrary<Inline> = fc
  .constantFrom('x', '**kwargs', 'a`b', '`', '``', ' two  spaces ', 'f(_a_)', '`q`', '~~')
  .map((inside) => ({ kind: 'code', text: inside }))
const link: fc.Arbitrary<Inline> = fc
  .constantFrom<[string, string | null]>(
    ['https://a.b/c_d_e', null],
    ['https://a.b/x_(y)', 'label'],
    ['http://a.b', 'two `words`'],
    ['mailto:a@b.c', 'mail'],
  )
  .map(([href, label]) => ({ kind: 'link', href, label }))

/** Styles and pieces that stand alone between spaces, as every dialect can write them. */
function inline(pieces: fc.Arbitrary<Inline>, within: Style[]): fc.Arbitrary<Inline[]> {
  const styles = (['bold', 'italic', 'struck'] as const).filter((style) => !within.includes(style))
  const styled = styles.map((kind) => inline(pieces, [...within, kind]).map((children): Inline => ({ kind, children })))
  const one = within.length > 1 ? pieces : fc.oneof({ weight: 3, arbitrary: pieces }, ...styled)
  return fc
    .array(one, { minLength: 1, maxLength: 4 })
    .map((list) =>
      joined(list.flatMap((node, at) => (at === 0 ? [node] : [{ kind: 'text', text: ' ' } as Inline, node]))),
    )
}

/** A line in its fewest nodes, without links. */
export const plainLine: fc.Arbitrary<Block> = inline(fc.oneof(text, code), []).map((children) => ({
  kind: 'line',
  children,
}))

/** Any canonical text as nodes. */
export const blocks: fc.Arbitrary<Block[]> = fc.array(
  fc.oneof(
    inline(fc.oneof(text, code, link), []).map((children): Block => ({ kind: 'line', children })),
    inline(fc.oneof(text, code, link), []).map((children): Block => ({ kind: 'quote', children })),
    fc
      .constantFrom('', 'a *b*\nc', '```', '> x\n````\n', '\n\n')
      .map((inside): Block => ({ kind: 'fence', language: 'ts', text: inside })),
  ),
  { minLength: 1, maxLength: 4 },
)
