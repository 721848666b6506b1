import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defangLinks } from '../../../core/markup/links.ts'
import { hostileMarks } from '../../support/hostile-marks.ts'
import { expectWithin } from '../../support/huge-input.ts'
import { wild } from './canonical.ts'

const defang = (text: string) => defangLinks(text, ['github.com', 'Docs.Example.org.'])

describe('S18: links of agents lead only where they may', () => {
  test.each([
    'https://github.com',
    'see https://api.github.com/repos/a?page=2.',
    'HTTPS://GitHub.COM/x',
    'https://github.com:443/x https://github.com./y',
    '[label](https://docs.example.org/a_(b))',
    '"https://github.com", `https://github.com` @alice',
    'www.github.com //github.com/x',
    'main.ts, core/a.ts and README.md? `a.b?.c` 10:30 // comment',
    'http: is a protocol, the data: five, (https:) a@example.com',
    '**bold** `code` hxxps://evil[.]com/x',
  ])('%s stays', (text) => {
    expect(defang(text)).toBe(text)
  })

  test.each([
    ['https://evil.com/a/b.', 'hxxps://evil[.]com/a/b.'],
    ['(http://evil.com)', '(hxxp://evil[.]com)'],
    ['**https://evil.com**', '**hxxps://evil[.]com**'],
    ['`https://evil.com/x`', '`hxxps://evil[.]com/x`'],
    ['[click](https://evil.com/x)', 'click (hxxps://evil[.]com/x)'],
    ['[https://evil.com](https://github.com)', 'hxxps://evil[.]com (https://github.com)'],
    ['https://github.com@evil.com/x', 'hxxps://evil[.]com/x'],
    ['https://github.com:x@evil.com', 'hxxps://evil[.]com'],
    ['https://github.com"@evil.com', 'hxxps://github[.]com"@evil.com'],
    ['https://github.com.evil.com', 'hxxps://github[.]com[.]evil[.]com'],
    ['https://evilgithub.com', 'hxxps://evilgithub[.]com'],
    ['HTTPS://EVIL.COM/X', 'hxxps://evil[.]com/X'],
    ['https://evil.com./x', 'hxxps://evil[.]com[.]/x'],
    ['https://g\u0456thub.com/x', 'hxxps://xn--gthub-n2e[.]com/x'],
    ['https://xn--gthub-n2e.com', 'hxxps://xn--gthub-n2e[.]com'],
    ['https://github.com\\@evil.com/', 'hxxps://github[.]com/@evil.com/'],
    ['https:\\\\evil.com', 'hxxps://evil[.]com'],
    ['https:evil.com', 'hxxps://evil[.]com'],
    ['https://evil\u3002com', 'hxxps://evil[.]com'],
    ['https://0x7f000001/x', 'hxxps://127[.]0[.]0[.]1/x'],
    ['https://[::1', 'hxxps://[::1'],
    ['//evil.com/x', '//evil[.]com/x'],
    ['www.evil.com', 'www[.]evil[.]com'],
    ['evil.com/a?d=secret', 'evil[.]com/a?d=secret'],
    ['https://github.com/a,https://evil.com', 'https://github.com/a,hxxps://evil[.]com'],
    ['ftp://evil.com', 'ftp[:]//evil[.]com'],
    ['[x](javascript:alert(1))', '[x](javascript[:]alert(1))'],
    ['JavaScript:alert(1) data:text/html;base64,PHN', 'javascript[:]alert(1) data[:]text/html;base64,PHN'],
  ])('%s', (text, shown) => {
    expect(defang(text)).toBe(shown)
    expect(defang(shown), 'a second time').toBe(shown)
  })

  test('a query that is long or random is cut, a short and plain one is shown', () => {
    expect(defang('https://evil.com/?page=2&sort=name')).toBe('hxxps://evil[.]com/?page=2&sort=name')
    expect(defang(`https://evil.com/?q=${'a+'.repeat(40)}`)).toBe('hxxps://evil[.]com/?…')
    expect(defang('https://evil.com/?d=4f9a1c7be02d8835&x=1#k')).toBe('hxxps://evil[.]com/?…#k')
    expect(defang('[l](https://evil.com/#QUJDREVGR0hJSktMTU5P)')).toBe('l (hxxps://evil[.]com/#…)')
  })

  test('whatever is said, no address of another host can be followed (20,000 random texts)', () => {
    const address = fc.constantFrom(
      'https://',
      'http:',
      '//',
      'evil.com',
      'www.evil.com',
      '/x',
      '?d=1',
      '@',
      '\\',
      '[l](',
      ')',
      ',',
      'javascript:',
    )
    const text = fc.array(fc.oneof(address, wild), { maxLength: 8 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (said) => {
        const shown = defang(said)
        expect(shown).not.toMatch(
          /https?:[/\\]*(?:[\w.-]*@)?evil\.com|(?<![\p{L}\p{N}.@/-])www\.evil\.com|(?<![\p{L}\p{N}/.+-])javascript:\p{L}/iu,
        )
      }),
      { numRuns: 20_000 },
    )
  })
})

test.each(hostileMarks)('S35: %s are judged in linear time', (_, text) => {
  expectWithin(300, () => defang(text))
})
