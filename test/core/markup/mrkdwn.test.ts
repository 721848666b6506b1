import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMarkdown, printMarkdown } from '../../../core/markup/markdown.ts'
import { parseMrkdwn, printMrkdwn } from '../../../core/markup/mrkdwn.ts'
import { hostileMarks } from '../../support/hostile-marks.ts'
import { expectWithin } from '../../support/huge-input.ts'
import { bare, wild, withoutLanguages } from './canonical.ts'

const heard = (text: string) => printMarkdown(parseMrkdwn(text))
const people = new Map([
  ['alice', 'U1'],
  ['bob', 'U2'],
  ['carol', 'U3'],
  ['dave', 'U4'],
  ['mallory', '!channel'],
])
const mention = (name: string) => people.get(name) ?? null
const posted = (text: string) => printMrkdwn(parseMarkdown(text), { mention })

describe('what Slack sends is read', () => {
  test.each([
    ['*b* _i_ ~s~ `c`', '**b** _i_ ~~s~~ `c`'],
    ['a &amp;lt; b &lt;3 &gt;', 'a &lt; b <3 >'],
    ['<@U1> and <@U2|bob>', '@U1 and @bob'],
    ['<#C1|general> <#C2> <#C3|>', '#general #C2 #C3'],
    ['<!subteam^S1|@ops> <!subteam^S2>', '@ops @S2'],
    ['<!here> <!channel> <!everyone|everyone>', '@here @channel @everyone'],
    ['<!date^1700000000^{date}|today>, <!unknown^x|fallback>', 'today, fallback'],
    ['<https://a.b/x|a &amp; b> <https://a.b> <http://a.b/|a.b>', '[a & b](https://a.b/x) https://a.b http://a.b/'],
    ['<mailto:a@b.c|a@b.c> <mailto:a@b.c|write>', 'a@b.c [write](mailto:a@b.c)'],
    ['<javascript:alert(1)|click>', 'click (javascript:alert(1))'],
    ['`<https://a.b|a.b> &lt;x&gt;`', '`https://a.b <x>`'],
    ['&gt; quoted *b*\nnot', '> quoted **b**\nnot'],
    ['see ```a *b*\n&lt;c&gt;``` end', 'see \n```\na *b*\n<c>\n```\n end'],
    ['*_both_* and 2*3*4 and snake_case', '**_both_** and 2*3*4 and snake_case'],
    ['xoxb-*123*-abc', 'xoxb-123-abc'],
    ['< not > a <reference', '< not > a <reference'],
  ])('%s', (text, canonical) => {
    expect(heard(text)).toBe(canonical)
  })

  test('people, rooms and groups are called what the directory says', () => {
    const names = (of: string, id: string) => (of === 'user' && id === 'U1' ? 'Alice\nSmith' : null)
    expect(printMarkdown(parseMrkdwn('<@U1|cto> <@U2>', names))).toBe('@Alice Smith @U2')
  })

  test('no word is lost or moved, whatever comes (20,000 random texts)', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const escaped = text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? sign)
        expect(bare(heard(escaped))).toBe(bare(text))
      }),
      { numRuns: 20_000 },
    )
  })
})

describe('what we post is printed', () => {
  test.each([
    ['**b** _i_ ~~s~~ `a & b`', '*b* _i_ ~s~ `a &amp; b`'],
    ['[a|b & c](https://a.b/?x=1&y=2) https://a.b', '<https://a.b/?x=1&amp;y=2|a|b &amp; c> <https://a.b>'],
    ['> q\n```ts\na <b> ```` *c*\n```', '&gt; q\n```\na &lt;b&gt; ``\u200b`` *c*\n```'],
    ['2 * 3 * 4, snake_case, **kwargs, ~5', '2 * 3 * 4, snake_case, **kwargs, ~5'],
    ['*x* and ~y~', '*\u200bx* and ~\u200by~'],
    ['**a * b**', 'a * b'],
    ['``a`b``', '``` a`b ```'],
    ['>x', '\u200b&gt;x'],
  ])('%s', (text, mrkdwn) => {
    expect(posted(text)).toBe(mrkdwn)
  })

  test('S16: rings only whom the list allows, three at most, and nobody in code', () => {
    expect(posted('@alice @stranger @bob: @alice @carol @dave `@alice` a@bob.c @bob/x @mallory')).toBe(
      '<@U1> @stranger <@U2>: <@U1> <@U3> @dave `@alice` a@bob.c @bob/x @mallory',
    )
  })

  test('S16: never rings a channel or a group, however it is written', () => {
    const ringing = '<!channel> <!here|x> <!everyone> <!subteam^S1|@ops> <@U9> @channel @HERE @everyone **@here**'
    const all = printMrkdwn([...parseMarkdown(ringing), ...parseMrkdwn('<!channel> <!subteam^S1|@ops> <@U9|here>')], {
      mention: () => 'U1',
    })
    expect(all).not.toMatch(/<!|@(?:channel|here|everyone)/i)
    expect(posted('<!channel>')).toBe('&lt;!channel&gt;')
  })

  test('S16: whatever is said, no `<` comes out that we did not write (20,000 random texts)', () => {
    fc.assert(
      fc.property(wild, (text) => {
        for (const nodes of [parseMarkdown(text), parseMrkdwn(text)]) {
          const line = printMrkdwn(nodes, { mention: (name) => (name === 'cto' ? 'U7' : null) })
          const ours = line.replace(/<@U7>|<(?:https?:\/\/|mailto:)[^\s<>|]+(?:\|[^<>\n]+)?>/gi, '')
          expect(ours).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/)
          expect(ours).not.toMatch(/@(?:here|channel|everyone)/)
        }
      }),
      { numRuns: 20_000, examples: [['word```\u0000`@here`']] },
    )
  })

  test('no word is lost or moved on the way to Slack and back (20,000 random texts)', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const back = printMarkdown(parseMrkdwn(printMrkdwn(parseMarkdown(text), { mention: () => null })))
        expect(bare(back)).toBe(bare(printMarkdown(withoutLanguages(parseMarkdown(text)))))
      }),
      { numRuns: 20_000 },
    )
  })
})

test.each(hostileMarks)('S35: %s are read and printed in linear time', (_, text) => {
  expectWithin(300, () => printMrkdwn(parseMrkdwn(text), { mention }))
  expectWithin(300, () => posted(text))
})
