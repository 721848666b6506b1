import { hugeInputs } from './huge-input.ts'

const repeat = (unit: string) => unit.repeat(Math.ceil(40_000 / unit.length))

/** Inputs of 40,000 characters and more that make a careless reader of formatting take quadratic time, by what they are made of. */
export const hostileMarks: [string, string][] = [
  ...[
    '*',
    '**',
    '** a',
    '**a ',
    'a** ',
    '_a',
    '_a_',
    '~~',
    '<',
    '<@',
    '<a|',
    '`',
    '` ``',
    '[',
    '[a',
    '[a](',
    '[a](https://x',
  ]
    .concat([
      '[a](https://x(',
      '](https://',
      'https://',
      'https://.',
      'https://x.',
      'x,https://a',
      '(',
      ')',
      '&',
      '&lt;',
    ])
    .concat([
      '> ',
      '```\n',
      '```a\n',
      '@',
      '@here',
      '@a.',
      '\x02',
      '\x02a',
      '\x02a\x1db',
      '\x03',
      '\x0311,',
      '\x11',
      '\x0f',
    ])
    .concat([
      '\x02 ',
      '**_~~a',
      'a.',
      'a.bb/',
      'a.bb?c=',
      'www.',
      '//a.',
      'data:',
      'javascript:',
      'a://',
      '/',
      '\\',
      '**a _b ',
    ])
    .map((unit): [string, string] => [`40,000 characters of ${JSON.stringify(unit)}`, repeat(unit)]),
  ...hugeInputs,
]
