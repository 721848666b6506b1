import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { howToAnnounce } from '../../../core/dead-letter/announcing.ts'
import { readLetterWords } from '../../../core/dead-letter/letter-words.ts'
import type { LetterRecord } from '../../../core/dead-letter/record.ts'
import { burstLine, letterLine, letterLines, letterListLines } from '../../../core/dead-letter/sentences.ts'
import { viewOf } from '../../../core/dead-letter/view.ts'
import { anyWords } from '../../support/any-task.ts'

const record: LetterRecord = {
  label: 'd-3',
  id: 'dead:cto:1',
  seq: 3,
  at: '2026-11-21T12:00:00.000Z',
  kind: 'item',
  class: 'transient',
  seat: 'cto',
  reason: 'The deploy host does not answer.',
  room: { name: 'breakroom', visibility: 'public' },
  requester: 'human-alice',
  task: null,
  after: null,
  trace: 'trace',
  announced: null,
  standing: { state: 'waiting' },
  edit: null,
}
const now = new Date('2026-11-21T12:12:00.000Z')

describe('what is said of a letter', () => {
  it('in its room has the class, the reason and the ways out', () => {
    expect(letterLine(record, true)).toBe(
      'd-3: cto gave something up (transient): "The deploy host does not answer." !dlq retry d-3 tries it again, !dlq drop d-3 <why> ends it.',
    )
  })

  it('S22: elsewhere has no word of what was in it', () => {
    expect(letterLine({ ...record, reason: 'secret', task: 't-9', requester: 'human-eve' }, false)).toBe(
      "d-3: something was given up at cto's seat (transient). !dlq retry d-3 tries it again, !dlq drop d-3 <why> ends it.",
    )
  })

  it('names the letter that it comes from', () => {
    expect(letterLine({ ...record, after: 'd-2' }, true)).toContain('It is d-2, tried again.')
  })

  it('of a follow-up says which task it was to follow', () => {
    expect(letterLine({ ...record, kind: 'follow-up', task: 't-1' }, true)).toMatch(
      /^d-3: what was to follow t-1 did not come/,
    )
  })

  it('of a burst is one line', () => {
    expect(burstLine([record, { ...record, label: 'd-4', class: 'logic' }, { ...record, label: 'd-5' }])).toBe(
      '3 things were given up: 2 transient and 1 logic (d-3 to d-5). !dlq lists what waits, !dlq retry d-3 tries one again.',
    )
  })

  it('is one line that fits, whatever was written into it', () => {
    fc.assert(
      fc.property(anyWords, anyWords, (reason, seat) => {
        const any = {
          ...record,
          reason: reason.slice(0, 600),
          seat: seat.slice(0, 300) || 'x',
          after: 'd-2',
          task: 't-1',
        }
        const view = viewOf(any, true)
        const lines = [letterLine(any, true), letterLine(any, false), ...letterLines(view, now)]
        const list = letterListLines({ letters: [view], more: 0, waiting: 1 }, now)
        for (const line of [...lines, ...list]) {
          expect(Buffer.byteLength(line)).toBeLessThanOrEqual(350)
          expect(line).not.toMatch(/[\n\r]/)
        }
      }),
    )
  })

  it('in the list and in detail tells whoever may not know only what everybody may', () => {
    const hidden = viewOf({ ...record, reason: 'secret', requester: 'human-eve' }, false)
    const said = [
      ...letterListLines({ letters: [hidden], more: 0, waiting: 1 }, now),
      ...letterLines(hidden, now),
    ].join()
    expect(said).toContain('d-3 cto, transient, 12 min old')
    expect(said).not.toMatch(/secret|eve|breakroom/)
  })
})

describe('what stands behind !dlq', () => {
  it.each([
    ['', { verb: 'letters', args: { all: false } }],
    ['all', { verb: 'letters', args: { all: true } }],
    ['d-3', { verb: 'letter', args: { letter: 'd-3' } }],
    ['show 3', { verb: 'letter', args: { letter: 'd-3' } }],
    ['Retry D-3', { verb: 'retry_letter', args: { letter: 'd-3' } }],
    ['drop d-3 not needed', { verb: 'drop_letter', args: { letter: 'd-3', reason: 'not needed' } }],
    [
      'edit d-3 title: Deploy; it; role: cso; accept: a; accept: b',
      { verb: 'edit_letter', args: { letter: 'd-3', changes: { title: 'Deploy; it', role: 'cso', accept: 'a\nb' } } },
    ],
    [
      'edit d-3 text: !assign cto "x" accept: y; role: z',
      { verb: 'edit_letter', args: { letter: 'd-3', changes: { text: '!assign cto "x" accept: y; role: z' } } },
    ],
  ])('"%s" is read', (text, asked) => expect(readLetterWords(text)).toEqual(asked))

  it.each([
    ['nonsense', /^Use it like this: !dlq/],
    ['retry', /^Say which letter/],
    ['retry t-3', /^"t-3" is no letter/],
    ['retry d-3 now', /^Use it like this/],
    ['drop d-3', /^Say why/],
    ['edit d-3 Deploy', /^Say what to change/],
    ['list everything', /^Use it like this/],
  ])('"%s" gets one sentence', (text, sentence) => {
    expect(readLetterWords(text)).toEqual({ problem: expect.stringMatching(sentence) })
  })

  it('takes little time, whatever it is', () => {
    const began = performance.now()
    readLetterWords(`edit d-3 title:${' ;'.repeat(50_000)}${' '.repeat(50_000)}`)
    expect(performance.now() - began).toBeLessThan(500)
  })
})

describe('letters that wait to be said', () => {
  it.each([
    ['the newest waits for others', [0, 600], [], 1_000, { inMs: 600 }],
    ['but not for ever', [0, 39_900], [], 39_950, { inMs: 50 }],
    ['a few are said one by one', [0, 1, 2], [], 1_010, 'each'],
    ['a burst is one line', [0, 1, 2, 3, 4, 5], [], 1_010, 'together'],
    ['what comes behind a burst waits', [100], [1, 2, 3, 4, 5], 1_200, { inMs: 38_900 }],
    ['and is said when it has waited long enough', [100], [1, 2, 3, 4, 5], 40_100, 'each'],
    ['together when there are several', [100, 200], [1, 2, 3, 4, 5], 40_100, 'together'],
    ['what was said long ago does not count', [100_000], [1, 2, 3, 4, 5], 101_010, 'each'],
  ] as const)('%s', (_, waiting, said, at, expected) => {
    expect(howToAnnounce(waiting, said, at)).toEqual(expected)
  })
})
