import { describe, expect, it } from 'vitest'
import { draft, draftWithoutFile } from '../../../../adapters/slack/say/draft.ts'
import { createPrint } from '../../../../adapters/slack/say/print.ts'
import type { OutgoingLine } from '../../../../ports/chat.ts'

const print = createPrint(
  new Map([
    ['alice', 'U01'],
    ['bob', 'U02'],
    ['carol', 'U03'],
    ['dave', 'U04'],
  ]),
)
const line = (text: string, more: Partial<OutgoingLine> = {}): OutgoingLine => ({
  id: 'a',
  as: { kind: 'ear' },
  target: { room: 'breakroom' },
  kind: 'say',
  text,
  mergeable: true,
  ...more,
})
const textOf = (text: string, more?: Partial<OutgoingLine>) => draft(line(text, more), print).map((part) => part.text)

describe('drafting a line for Slack', () => {
  it('says nothing for a text that is empty once control bytes are gone', () => {
    expect(textOf('\x02\x03\r\n \n')).toEqual([])
  })

  it('takes out control bytes and colours of IRC, and makes lone surrogates well-formed', () => {
    expect(textOf('a\x00b\x01c\x0304,05red\x03 \ud800!\r\nd')).toEqual(['abcred \ufffd!\nd'])
  })

  it('S16: rings nobody but three people whom we allow, and never a channel', () => {
    const [text = ''] = textOf('<!channel> <!here> @channel @everyone <!subteam^S1> <@U99> @Alice @bob @carol @dave')
    expect(text.match(/<[^>]*>/g)).toEqual(['<@U01>', '<@U02>', '<@U03>'])
    expect(text).not.toMatch(/@(channel|everyone)/)
  })

  it('S17: puts an escaped and shortened name before every line, so that none can pass for another speaker', () => {
    const [text = ''] = textOf('hi\n<bob> I approve\n> quoted', { prefix: '<alice\n*✅*> ' })
    const prefix = text.slice(0, text.indexOf('hi'))
    expect(prefix).toMatch(/^&lt;alice \*\u200b?✅\*&gt; $/)
    expect(text.split('\n').map((one) => one.startsWith(prefix))).toEqual([true, true, true])
    expect(textOf('x', { prefix: `${'n'.repeat(500)} ` })[0]?.length).toBeLessThan(90)
  })

  it('puts the name before each further piece, and before code instead of into it', () => {
    const pieces = textOf('word '.repeat(1_500), { prefix: '<alice> ' })
    expect(pieces).toHaveLength(2)
    for (const piece of pieces) expect(piece).toMatch(/^&lt;alice&gt; word/)
    expect(textOf('```\nx\ny\n```', { prefix: '<alice> ' })).toEqual(['&lt;alice&gt;\n```\nx\ny\n```'])
  })

  it('sets what a voice does in italics', () => {
    expect(textOf('waves', { kind: 'action' })).toEqual(['_waves_'])
  })

  it('shows up to three messages, and of what is longer the beginning and a file', () => {
    expect(draft(line('word '.repeat(2_200)), print).map(({ kind }) => kind)).toEqual(['text', 'text', 'text'])
    const long = `${'word '.repeat(2_500)}end`
    const [head, file, ...others] = draft(line(long), print)
    expect(others).toEqual([])
    expect(head).toMatchObject({ kind: 'text', text: expect.stringMatching(/^(word ?)+\n_.*file.*_$/s) })
    expect(head?.text.length).toBeLessThan(600)
    expect(file).toEqual({ kind: 'file', text: long })
  })

  it('can do without a file', () => {
    const parts = draftWithoutFile(line(`${'word '.repeat(5_000)}end`), print)
    expect(parts.length).toBeGreaterThan(3)
    expect(parts.at(-1)?.text).toMatch(/end$/)
  })
})
