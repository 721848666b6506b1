import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sentencesOf } from '../../../core/knowledge/sentences.ts'
import { expectWithin, hugeInputs } from '../../support/huge-input.ts'

describe('sentences', () => {
  it.each<[string, string[]]>([
    [
      'We ship on Fridays. Nobody is paged. Why? Because.',
      ['We ship on Fridays.', 'Nobody is paged.', 'Why?', 'Because.'],
    ],
    [
      'He said "Stop." Then he left. (It rained.) We stayed.',
      ['He said "Stop."', 'Then he left.', '(It rained.)', 'We stayed.'],
    ],
    ['It fell in 1066.[12] The Normans won.', ['It fell in 1066.[12]', 'The Normans won.']],
    ['Wait... Now go… Then stop!', ['Wait...', 'Now go…', 'Then stop!']],
    ['Ask Dr. Smith, Prof. J. R. Tolkien or St. Mary.', ['Ask Dr. Smith, Prof. J. R. Tolkien or St. Mary.']],
    ['Use a tool, e.g. Git, i.e. Something known.', ['Use a tool, e.g. Git, i.e. Something known.']],
    ['The U.S. Army left the U.S. The war was over.', ['The U.S. Army left the U.S.', 'The war was over.']],
    [
      'Apples, pears etc. We like them. Acme Inc. Holdings grew.',
      ['Apples, pears etc.', 'We like them.', 'Acme Inc. Holdings grew.'],
    ],
    [
      'Version 2.7.1 is 3.5 times faster. Node.js 24 needs README.md. See it.',
      ['Version 2.7.1 is 3.5 times faster.', 'Node.js 24 needs README.md.', 'See it.'],
    ],
    ['See No. 5 on p. 12. Is it so? No. We checked.', ['See No. 5 on p. 12.', 'Is it so?', 'No.', 'We checked.']],
    ['Yahoo! was bought. Who? you ask.', ['Yahoo! was bought.', 'Who? you ask.']],
  ])('%s', (text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences)
  })

  it('never joins two lines: items of a list and rows of a table are sentences', () => {
    expect(sentencesOf('1. Open the door\n2. Go in. Sit down\r\n\n- a\n| b | c |')).toEqual([
      '1. Open the door',
      '2. Go in.',
      'Sit down',
      '- a',
      '| b | c |',
    ])
  })

  it('leaves lines of code whole, with the spaces in them', () => {
    const code = ['    print("Done. Next")  # It works. Really', 'return  a. B;', '$ run. Stop', 'if (x. Y) {']
    expect(sentencesOf(code.join('\n'))).toEqual(code.map((line) => line.trim()))
  })

  it('cuts what is too long for a sentence into even parts', () => {
    const parts = sentencesOf('word '.repeat(230))
    expect(parts.map((part) => part.split(' ').length)).toEqual([77, 77, 76])
    expect(sentencesOf('x'.repeat(20_000)).every((part) => part.length <= 2_000)).toBe(true)
    expect(sentencesOf('👍'.repeat(5_000)).join('')).toBe('👍'.repeat(5_000))
  })

  it('loses nothing but spaces, whatever the text is, and stays within its limits', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '. ',
        '."',
        '\n',
        ' ',
        '    ',
        'Dr. ',
        '1. ',
        'U.S. ',
        '👍',
        '\0',
        '(',
        '[1]',
        ';\n',
        'x'.repeat(3_000),
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.string({ maxLength: 12 }),
    )
    const solid = (text: string) => text.replace(/\s+/g, '')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('')
        const sentences = sentencesOf(text)
        expect(solid(sentences.join(''))).toBe(solid(text))
        for (const sentence of sentences) {
          expect(sentence.trim()).toBe(sentence)
          expect(sentence).not.toBe('')
          expect(sentence.length).toBeLessThanOrEqual(2_000)
          expect(sentence.split(/\s+/).length).toBeLessThanOrEqual(100)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ...hugeInputs,
    ['1 MB of closing brackets', ')'.repeat(1_000_000)],
    ['1 MB of opening brackets', '('.repeat(1_000_000)],
    ['1 MB of full stops', '.'.repeat(1_000_000)],
    ['1 MB of initials', 'A. '.repeat(333_333)],
    ['1 MB of dotted letters', 'a.'.repeat(500_000)],
    ['1 MB without a space', 'x'.repeat(1_000_000)],
    ['1 MB of lines', 'a\n'.repeat(500_000)],
  ])('takes no long time for %s', (_, text) => {
    expectWithin(700, () => sentencesOf(text))
  })
})
