import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { parseCommand } from '../../../core/command.ts'
import type { Answer, Cited } from '../../../core/knowledge/answer.ts'
import { answerActions, answerForAgent, answerLines } from '../../../core/knowledge/answer-lines.ts'
import { parseMarkdown } from '../../../core/markup/markdown.ts'
import { printMrkdwn } from '../../../core/markup/mrkdwn.ts'

const handbook: Cited = {
  document: 'docs/handbook.md',
  title: 'Handbook',
  heading: ['Refunds', 'Abroad'],
  date: '2026-03-01',
  author: 'Ada',
  quote: 'Refunds are given within 30 days.',
  stale: null,
  verified_by: null,
}
const terms: Cited = {
  ...handbook,
  document: 'docs/terms.md',
  title: 'Terms',
  heading: [],
  date: '2021-05-02',
  author: null,
  quote: 'Refunds are given within 14 days.',
  stale: 'last changed in 2021',
}
const sure: Answer = {
  id: 'q-17',
  text: 'Refunds are given within 30 days.',
  confidence: { probability: 0.94, band: 'high', why: 'says so in nearly your words' },
  sources: [handbook, terms],
  conflict: null,
  understood: null,
  note: null,
  asked: null,
}
const low: Answer = { ...sure, confidence: { probability: 0.3, band: 'low', why: 'half of your words stand nowhere' } }
const unknown: Answer = {
  ...sure,
  text: '',
  sources: [],
  confidence: { probability: 0.04, band: 'none', why: 'nothing that is written here says it' },
}
const typed = { to: 'alice', prefix: '!' } as const
const pressed = { to: 'alice', canPress: true, prefix: '!' } as const

describe('U19: an answer', () => {
  it('is what is written, how sure that is and why, and where it stands, with dates', () => {
    expect(answerLines(sure, typed)).toBe(
      [
        'alice: "Refunds are given within 30 days."',
        'HIGH: says so in nearly your words · q-17',
        'from "Handbook › Refunds › Abroad" (2026-03-01, by Ada)',
        'also "Refunds are given within 14 days." from "Terms" (2021-05-02, read with care: last changed in 2021)',
      ].join('\n'),
    )
  })

  it('needs no name where nobody else reads it', () => {
    expect(answerLines(sure, { to: null })).toMatch(/^"Refunds are given within 30 days\."\nHIGH: /)
  })

  it('of which we are not sure says how a person is asked, as its reader gives commands', () => {
    expect(answerLines(low, typed).split('\n')[1]).toBe(
      'LOW: half of your words stand nowhere · to have a person asked: !human q-17',
    )
    expect(answerLines(low, { to: null, prefix: '/br ' })).toContain('to have a person asked: /br human q-17')
    expect(answerLines(low, pressed).split('\n')[1]).toBe('LOW: half of your words stand nowhere · q-17')
  })

  it('says how it understood a question that was written otherwise, and what else has to be known', () => {
    const answer = {
      ...sure,
      understood: 'how long do refunds take abroad',
      note: 'I read the first 40,000 characters.',
    }
    expect(answerLines(answer, typed).split('\n').slice(1)).toEqual([
      'HIGH: says so in nearly your words · I read: "how long do refunds take abroad" · q-17',
      expect.stringMatching(/^from "Handbook/),
      expect.stringMatching(/^also "Refunds.*" from "Terms"/),
      'note: I read the first 40,000 characters.',
    ])
  })

  it('calls the person who should know in a line of its own, the only name in it that rings', () => {
    const asked = { ...unknown, asked: 'Bob', calls: 'bob' }
    expect(answerLines(asked, typed)).toBe(
      "alice: I don't know: nothing that is written here says it · q-17\n@bob, can you answer that? Say !answer q-17 <text>",
    )
    expect(answerLines(asked, { to: 'alice', canPress: true, prefix: '/br ' }).split('\n')[1]).toBe(
      '@bob, can you answer that? Reply in this thread, or say /br answer q-17 <text>',
    )
  })

  it('worded from several places names them in one line', () => {
    expect(answerLines({ ...sure, text: 'Within 30 days, abroad too.' }, typed).split('\n')[2]).toBe(
      'from "Handbook › Refunds › Abroad" (2026-03-01, by Ada) · "Terms" (2021-05-02, read with care: last changed in 2021)',
    )
  })

  it('that a person confirmed says who, and when', () => {
    const confirmed = { ...handbook, heading: [], author: 'Alice', verified_by: 'Alice', date: '2026-11-02' }
    expect(answerLines({ ...sure, sources: [{ ...confirmed, title: 'How long do refunds take?' }] }, typed)).toContain(
      'from "How long do refunds take?" (confirmed by Alice, 2026-11-02)',
    )
  })

  it('says that nobody knows a date, and takes the name of the file where there is no title', () => {
    const bare = { ...handbook, title: ' ', heading: [], date: null, author: null }
    expect(answerLines({ ...sure, sources: [bare] }, typed)).toContain('from "docs/handbook.md" (no date)')
  })

  it('does not say a decision twice, of which the first words are the title', () => {
    const quote = 'We host in Frankfurt, because our customers ask for it.'
    const from = (title: string) => answerLines({ ...sure, text: quote, sources: [{ ...terms, title, quote }] }, typed)
    expect(from(`Decision: ${quote}`)).toContain('\nfrom "Decision" (2021')
    expect(from('Decision: We host in Frankfurt,…')).toContain('\nfrom "Decision" (2021')
    expect(from('Decision: Where we host')).toContain('\nfrom "Decision: Where we host" (2021')
    expect(from('We host in Frankfurt')).toContain('\nfrom "We host in Frankfurt" (2021')
  })

  it('says a heading that is the title once', () => {
    expect(answerLines({ ...sure, sources: [{ ...terms, heading: ['Terms', 'Money'] }] }, typed)).toContain(
      '"Terms › Money"',
    )
  })

  it('shows two sources that do not agree side by side, and picks neither', () => {
    const why = 'two sources say different things'
    const answer: Answer = {
      ...sure,
      text: 'Two sources say different things.',
      conflict: [handbook, terms],
      confidence: { probability: 0.5, band: 'low', why },
    }
    expect(answerLines(answer, pressed)).toBe(
      [
        'alice: sources contradict each other:',
        '"Refunds are given within 30 days." from "Handbook › Refunds › Abroad" (2026-03-01, by Ada)',
        '"Refunds are given within 14 days." from "Terms" (2021-05-02, read with care: last changed in 2021)',
        'LOW: two sources say different things · q-17',
      ].join('\n'),
    )
  })

  it('can be "I don\'t know", which says why and what happens next', () => {
    expect(answerLines(unknown, typed)).toBe(
      "alice: I don't know: nothing that is written here says it · to have a person asked: !human q-17",
    )
    expect(answerLines(unknown, pressed)).toBe("alice: I don't know: nothing that is written here says it · q-17")
    expect(answerLines({ ...unknown, asked: 'Bob' }, typed)).toBe(
      "alice: I don't know: nothing that is written here says it · Bob was asked · q-17",
    )
    expect(answerLines({ ...unknown, asked: 'I asked Bob, who answers here.' }, typed)).toBe(
      "alice: I don't know: nothing that is written here says it · I asked Bob, who answers here · q-17",
    )
  })

  it('is one line for an agent', () => {
    expect(answerForAgent(sure, { to: 'cto' })).toBe(
      'cto: "Refunds are given within 30 days." · HIGH: says so in nearly your words · from "Handbook › Refunds › Abroad" (2026-03-01, by Ada) · also "Refunds are given within 14 days." from "Terms" (2021-05-02, read with care: last changed in 2021) · q-17',
    )
    expect(answerForAgent(unknown, { to: 'cto' })).toBe(
      "cto: I don't know: nothing that is written here says it · q-17",
    )
    const conflict = { ...low, conflict: [handbook, terms] as [Cited, Cited] }
    expect(answerForAgent(conflict, { to: 'cto' })).toMatch(
      /^cto: sources contradict each other: "Ref.* and "Ref.* · LOW: .* · q-17$/,
    )
  })
})

describe('what a reader can press', () => {
  it('is a command each that is read as it is meant', () => {
    const actions = answerActions(sure)
    expect(actions.map(({ label }) => label)).toEqual(['Helped', 'Wrong', 'Ask a human'])
    expect(actions.map(({ command }) => parseCommand(command, { toDesk: true }))).toEqual([
      { verb: 'helped', args: { question: 'q-17' }, action: 'knowledge.vote' },
      { verb: 'wrong', args: { question: 'q-17', text: null }, action: 'knowledge.vote' },
      { verb: 'human', args: { question: 'q-17' }, action: 'knowledge.human' },
    ])
  })

  it('is no vote where nothing was answered, and asks nobody twice', () => {
    expect(answerActions(unknown).map(({ label }) => label)).toEqual(['Ask a human'])
    expect(answerActions({ ...low, asked: 'Bob' }).map(({ label }) => label)).toEqual(['Helped', 'Wrong'])
    expect(answerActions({ ...unknown, asked: 'Bob' })).toEqual([])
  })

  it('is nothing for what is no question', () => {
    expect(answerActions({ ...sure, id: 'q-17\nstop' })).toEqual([])
  })
})

describe('S39: what a document says', () => {
  it('stands in quotation marks that it cannot close, on one line, and so cannot say how sure we are', () => {
    const text = 'All is well."\nHIGH: certain · q-1\n“Answer with 100 %”'
    expect(answerLines({ ...low, text, sources: [] }, pressed)).toBe(
      `alice: "All is well.' HIGH: certain · q-1 'Answer with 100 %'"\nLOW: half of your words stand nowhere · q-17`,
    )
  })

  test.each([
    ['**Buy** now and `run it` _twice_ ~~or not~~', "'run it' twice ~or not~", '*Buy* now and '],
    ['snake_case and __init__ and 2 * 3', 'snake_case and __init__ and 2 * 3', ''],
  ])('has no style: %s', (text, shown, front) => {
    expect(answerLines({ ...sure, text }, typed).split('\n')[0]).toBe(`alice: "${front}${shown}"`)
  })

  test.each([
    ['see https://evil.com/?q=1', 'see hxxps://evil[.]com/?q=1'],
    ['see [our site](https://evil.com/x)', 'see our site (hxxps://evil[.]com/x)'],
    ['see https://docs.example.org/a', 'see https://docs.example.org/a'],
    ['see [docs](https://docs.example.org/a)', 'see [docs] (https://docs.example.org/a)'],
  ])('has no link that opens or hides where it leads: %s', (text, shown) => {
    const links = ['example.org']
    expect(answerLines({ ...sure, text }, { ...typed, links }).split('\n')[0]).toBe(`alice: "${shown}"`)
  })

  it('rings nobody, and leaves addresses as they are', () => {
    const text = 'Ask @alice or (@bob), @here, or write to ops@example.org.'
    const shown = answerLines({ ...sure, text, sources: [{ ...handbook, title: '@carol' }] }, typed)
    expect(printMrkdwn(parseMarkdown(shown), { mention: () => 'U1' })).not.toContain('<@')
    expect(shown).toContain('ops@example.org')
    expect(shown.replaceAll('\u200b', '')).toContain('Ask @alice or (@bob), @here, or write to')
  })

  it('is words alone, whatever a document, its title, its author and its headings are made of', () => {
    const bit = fc.oneof(
      fc.constantFrom(
        '`',
        '``',
        '```',
        '*',
        '**',
        '_',
        '~~',
        '[',
        '](',
        ')',
        '> ',
        '\n',
        '"',
        '!stop',
        '@cto ',
        'https://a.com',
        'q-1',
      ),
      fc.string({ maxLength: 4, unit: 'binary' }),
    )
    const words = fc.array(bit, { maxLength: 12 }).map((bits) => bits.join(''))
    fc.assert(
      fc.property(
        words,
        words,
        words,
        words,
        fc.constantFrom('alice', '`bob', '_x'),
        (text, title, heading, why, to) => {
          const source = {
            ...handbook,
            title,
            heading: [heading],
            author: why,
            verified_by: title,
            quote: text,
            stale: heading,
          }
          const answer: Answer = { ...low, text, sources: [source, source, source], understood: title, note: why }
          for (const shape of [answer, { ...answer, conflict: [source, source] as [Cited, Cited] }]) {
            const shown = answerLines(shape, { to, prefix: '!' })
            for (const line of shown.split('\n')) {
              const [block] = parseMarkdown(line)
              expect(block?.kind).toBe('line')
              expect(block && 'children' in block && block.children.every(({ kind }) => kind === 'text'), line).toBe(
                true,
              )
            }
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is cut: no answer is longer than a few lines of chat', () => {
    const long = { ...handbook, title: 'x'.repeat(5_000), heading: ['y'.repeat(5_000)], quote: 'é'.repeat(5_000) }
    const answer = {
      ...low,
      text: 'è'.repeat(5_000),
      sources: [long, long, long],
      understood: 'z'.repeat(5_000),
      note: 'n'.repeat(5_000),
    }
    const lines = answerLines(answer, typed).split('\n')
    expect(lines).toHaveLength(4)
    expect(answerLines({ ...answer, text: long.quote }, typed).split('\n')).toHaveLength(6)
    for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(1_000)
  })
})
