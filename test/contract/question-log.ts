import { describe, expect, it } from 'vitest'
import type { LearningLog } from '../../ports/learning-log.ts'
import type { NewQuestion, QuestionLog } from '../../ports/question-log.ts'
import {
  answerOf,
  learnedFor,
  minutesOn,
  newQuestion,
  noon,
  suggestionFor,
  voteOn,
  wordsFor,
} from '../support/questions.ts'

export interface Logs {
  questions: QuestionLog
  learning: LearningLog
}

/** What every log of questions, and of what was learned, promises. `create` gives one with nothing in it. */
export function questionLogContract(name: string, create: () => Logs): void {
  const put = {
    room: { name: 'breakroom', visibility: 'public' as const },
    trace: 'elsewhere',
    at: minutesOn(5),
    request: 'r-2',
  }

  describe(`question log in ${name}`, () => {
    it('has nothing in it at first', () => {
      const { questions, learning } = create()
      expect(questions.question('q-1')).toBeNull()
      expect(questions.lastOf('bob in breakroom')).toBeNull()
      expect(questions.waiting()).toEqual([])
      expect(questions.recent(new Date(0), 10)).toEqual([])
      expect(learning.learned('q-1')).toBeNull()
      expect(learning.counting()).toEqual([])
      expect(learning.votes('q-1')).toEqual([])
      expect(learning.lastDigest()).toBeNull()
    })

    it('gives each request a label of its own, and the same one to the same request', () => {
      const { questions } = create()
      const first = questions.open(newQuestion('r-1'))
      expect(first).toEqual({ ...newQuestion('r-1'), label: 'q-1', answer: null, basis: [], person: null, put: null })
      expect(questions.open(newQuestion('r-2')).label).toBe('q-2')
      expect(questions.open(newQuestion('r-1', { text: 'Something else?' }))).toEqual(first)
    })

    it('gives back texts as they came, whatever is in them, up to 4,000 characters', () => {
      const { questions } = create()
      for (const text of ['', 'a\0b', 'line\nbreak\r\n', '\u001b[31m', '🎉 ünïcode \u2028', `"quotes" \\ 'x' --;`]) {
        const { label } = questions.open(newQuestion(text, { text }))
        expect(questions.question(label)?.text).toBe(text)
      }
      const { text } = questions.open(newQuestion('long', { text: `${'x'.repeat(3_999)}🎉${'y'.repeat(50_000)}` }))
      expect(text.length).toBeLessThanOrEqual(4_000)
      expect(text.isWellFormed()).toBe(true)
    })

    it('keeps the first answer to a question', () => {
      const { questions } = create()
      const { label } = questions.open(newQuestion('r-1'))
      const basis = [{ document: 'docs/a.md', hash: 'one' }]
      const kept = questions.answered(label, answerOf(label), basis, null)
      expect(kept).toMatchObject({ answer: answerOf(label), basis, person: null, put: null })
      expect(questions.answered(label, answerOf(label, 'high'), [], 'alice')).toEqual(kept)
      expect(questions.question(label)).toEqual(kept)
    })

    it('knows who was asked at once, in which room, and who was asked later; the first one counts', () => {
      const { questions } = create()
      const one = questions.open(newQuestion('r-1')).label
      const { room, trace, at } = newQuestion('r-1')
      const asked = questions.answered(one, answerOf(one), [], 'alice')
      expect(asked).toMatchObject({ person: 'alice', put: { room, trace, at, request: null } })
      expect(questions.putTo(one, 'carol', put)).toEqual(asked)

      const two = questions.open(newQuestion('r-2', { room: null, alone: true })).label
      expect(questions.putTo(two, 'carol', put)).toMatchObject({ person: 'carol', put, answer: null })
      expect(questions.answered(two, answerOf(two), [], 'alice')).toMatchObject({ person: 'carol', put })
    })

    it('takes an old question back under its label, once, and gives only higher ones from then on', () => {
      const { questions } = create()
      questions.open(newQuestion('r-1'))
      const basis = [{ document: 'docs/a.md', hash: 'one' }]
      const old = questions.restore(newQuestion('old'), 'q-17', basis)
      expect(old).toEqual({ ...newQuestion('old'), label: 'q-17', answer: null, basis, person: null, put: null })
      expect(questions.restore(newQuestion('old', { text: 'Another?' }), 'q-18', [])).toEqual(old)
      expect(questions.open(newQuestion('r-2')).label).toBe('q-18')
    })

    it('gives an old question a new label where its own is another’s, or none', () => {
      const { questions } = create()
      const here = questions.open(newQuestion('r-1'))
      const labels = ['q-1', 'x', 'q-0', 'q-01', 'q-9007199254740991'].map(
        (label) => questions.restore(newQuestion(`old ${label}`), label, []).label,
      )
      expect(labels).toEqual(['q-2', 'q-3', 'q-4', 'q-5', 'q-6'])
      expect(questions.question('q-1')).toEqual(here)
    })

    it('refuses to keep an answer to a question that there is not', () => {
      const { questions, learning } = create()
      for (const label of ['q-1', 'q-01', 'q-x', 't-1', '']) {
        expect(questions.question(label)).toBeNull()
        expect(() => questions.answered(label, answerOf(label), [], null), label).toThrow('There is no question')
        expect(() => questions.putTo(label, 'alice', put), label).toThrow('There is no question')
      }
      expect(() => learning.learn(learnedFor('x'))).toThrow('There is no question x.')
    })

    it('knows the last question of a conversation, and those before it since a time', () => {
      const { questions } = create()
      const ask = (request: string, minutes: number, conversation = 'thread') =>
        questions.open(newQuestion(request, { conversation, at: minutesOn(minutes), text: request })).label
      for (const minutes of [1, 2, 3, 4]) ask(`at ${minutes}`, minutes)
      ask('elsewhere', 4, 'another')
      const last = ask('at 5', 5)
      expect(questions.lastOf('thread')?.label).toBe(last)
      expect(questions.earlier(last, minutesOn(3), 10)).toEqual(['at 4', 'at 3'])
      expect(questions.earlier(last, minutesOn(0), 2)).toEqual(['at 4', 'at 3'])
      expect(questions.recent(minutesOn(4), 2).map(({ text }) => text)).toEqual(['at 5', 'elsewhere'])
    })

    it('S22: a thread goes on with the question it was begun with, never with what was asked alone', () => {
      const { questions } = create()
      questions.open(newQuestion('r-1', { conversation: 'alice room', trace: 'thread', text: 'opening', alone: false }))
      questions.open(newQuestion('r-2', { conversation: 'alice', trace: 'thread', text: 'aside', alone: true }))
      const { label } = questions.open(newQuestion('r-3', { conversation: 'thread', trace: 'thread', alone: false }))
      expect(questions.earlier(label, new Date(0), 10)).toEqual(['opening'])
    })

    it('S22: a conversation that an agent carried into another room says nothing there', () => {
      const { questions } = create()
      const private_ = { name: 'board', visibility: 'private' } as const
      const ask = (request: string, changes: Partial<NewQuestion>) =>
        questions.open(newQuestion(request, { conversation: 'thread', trace: 'thread', text: request, ...changes }))
          .label
      ask('in private', { room: private_ })
      ask('of somebody else alone', { alone: true, requester: 'human-eve' })
      const inPublic = ask('in public', {})
      const inPrivate = ask('in private again', { room: private_ })
      const alone = ask('alone', { alone: true })
      expect(questions.earlier(inPublic, new Date(0), 10)).toEqual([])
      expect(questions.earlier(inPrivate, new Date(0), 10)).toEqual(['in private'])
      expect(questions.earlier(alone, new Date(0), 10)).toEqual([])
      expect(questions.earlier(ask('alone again', { alone: true }), new Date(0), 10)).toEqual(['alone'])
    })

    it('waits for a person until something was learned, also when that no longer counts', () => {
      const { questions, learning } = create()
      for (const request of ['r-1', 'r-2', 'r-3']) {
        const { label } = questions.open(newQuestion(request))
        questions.answered(label, answerOf(label), [], request === 'r-3' ? null : 'alice')
      }
      expect(questions.waiting().map(({ label }) => label)).toEqual(['q-2', 'q-1'])
      learning.learn(learnedFor('q-1'))
      learning.end('q-1', 'forgotten', 'taken back', noon)
      expect(questions.waiting().map(({ label }) => label)).toEqual(['q-2'])
    })

    it('drops old questions, but not what was learned from or voted on, and never gives a label again', () => {
      const { questions, learning } = create()
      for (const request of ['r-1', 'r-2', 'r-3']) questions.open(newQuestion(request))
      learning.learn(learnedFor('q-1'))
      learning.vote(voteOn('q-2', 'human-bob'))
      learning.suggest(suggestionFor('q-2', 'human-eve'))
      learning.keepWords(wordsFor('q-3', 'l-1'))

      expect(questions.dropBefore(noon)).toBe(0)
      expect(questions.dropBefore(minutesOn(1))).toBe(2)
      expect(questions.recent(new Date(0), 10).map(({ label }) => label)).toEqual(['q-1'])
      expect(learning.votes('q-2')).toEqual([voteOn('q-2', 'human-bob')])
      expect(learning.suggestions('q-2')).toEqual([])
      expect(learning.waitingWords('q-3')).toEqual([])
      expect(questions.open(newQuestion('r-3')).label).toBe('q-4')
    })
  })

  describe(`learning log in ${name}`, () => {
    it('keeps one vote of each person, and the latest', () => {
      const { learning } = create()
      learning.vote(voteOn('q-1', 'human-bob'))
      learning.vote(voteOn('q-1', 'human-eve', { at: minutesOn(1) }))
      const changed = voteOn('q-1', 'human-bob', { helped: false, reason: 'It is seven.', at: minutesOn(2) })
      learning.vote(changed)
      expect(learning.votes('q-1')).toEqual([voteOn('q-1', 'human-eve', { at: minutesOn(1) }), changed])
    })

    it('keeps at most 200 votes on a question, and lets those people change their minds', () => {
      const { learning } = create()
      for (let number = 0; number < 210; number++) learning.vote(voteOn('q-1', `human-${number}`))
      learning.vote(voteOn('q-1', 'human-7', { helped: false }))
      const votes = learning.votes('q-1')
      expect(votes).toHaveLength(200)
      expect(votes.filter(({ helped }) => !helped).map(({ actor }) => actor)).toEqual(['human-7'])
    })

    it('learns one answer from a question, and counts it until it ends', () => {
      const { learning } = create()
      learning.learn(learnedFor('q-2', { access: [['board'], ['hr', 'ceo']] }))
      learning.learn(learnedFor('q-1', { text: 'Six years.' }))
      learning.learn(learnedFor('q-1'))
      expect(learning.counting()).toEqual([
        learnedFor('q-1'),
        learnedFor('q-2', { access: [['board'], ['hr', 'ceo']] }),
      ])

      expect(learning.end('q-1', 'forgotten', 'Alice took it back', minutesOn(1))).toBe(true)
      expect(learning.end('q-1', 'source', 'too late', minutesOn(2))).toBe(false)
      expect(learning.end('q-9', 'source', 'nothing there', noon)).toBe(false)
      const ended = { by: 'forgotten', why: 'Alice took it back', at: minutesOn(1) }
      expect(learning.learned('q-1')).toEqual({ ...learnedFor('q-1'), ended })
      expect(learning.counting().map(({ label }) => label)).toEqual(['q-2'])

      learning.learn(learnedFor('q-1', { text: 'Eight years.' }))
      expect(learning.learned('q-1')).toEqual(learnedFor('q-1', { text: 'Eight years.' }))
    })

    it('lists what was learned or has ended since a time, by label, a page at a time', () => {
      const { learning } = create()
      for (const number of [10, 9, 2, 1]) learning.learn(learnedFor(`q-${number}`, { at: minutesOn(number) }))
      const labels = (...args: Parameters<typeof learning.changedSince>) =>
        learning.changedSince(...args).map(({ label }) => label)
      expect(labels(null, null, 9)).toEqual(['q-1', 'q-2', 'q-9', 'q-10'])
      expect(labels(null, 'q-2', 1)).toEqual(['q-9'])
      expect(labels(minutesOn(9), null, 9)).toEqual(['q-9', 'q-10'])
      learning.end('q-1', 'forgotten', 'Alice took it back', minutesOn(30))
      expect(labels(minutesOn(10), null, 9)).toEqual(['q-1', 'q-10'])
      expect(labels(minutesOn(31), null, 9)).toEqual([])
      expect(() => learning.changedSince(null, 'x', 1)).toThrow('There is no question x.')
    })

    it('finds what rests on a document, as it was last learned', () => {
      const { learning } = create()
      const on = (...documents: string[]) => ({ basis: documents.map((document) => ({ document, hash: 'h' })) })
      learning.learn(learnedFor('q-1', on('a.md', 'b.md')))
      learning.learn(learnedFor('q-2', on('b.md')))
      learning.learn(learnedFor('q-1', on('c.md', 'b.md')))
      const labels = (document: string) => learning.restingOn(document).map(({ label }) => label)
      expect([labels('a.md'), labels('b.md'), labels('c.md')]).toEqual([[], ['q-1', 'q-2'], ['q-1']])
      learning.end('q-1', 'source', 'b.md changed', noon)
      expect(labels('b.md')).toEqual(['q-2'])
    })

    it('lists what ended with its source until it is learned again, newest first', () => {
      const { learning } = create()
      for (const label of ['q-1', 'q-2', 'q-3', 'q-4']) learning.learn(learnedFor(label))
      learning.end('q-1', 'source', 'a changed', minutesOn(3))
      learning.end('q-2', 'forgotten', 'taken back', minutesOn(4))
      learning.end('q-3', 'source', 'b changed', minutesOn(5))
      expect(learning.unconfirmed(10).map(({ label }) => label)).toEqual(['q-3', 'q-1'])
      expect(learning.unconfirmed(1).map(({ label }) => label)).toEqual(['q-3'])
      learning.learn(learnedFor('q-3'))
      expect(learning.unconfirmed(10).map(({ label }) => label)).toEqual(['q-1'])
    })

    it('keeps the newest twenty words that wait, each line once, until something is learned', () => {
      const { learning } = create()
      learning.keepWords(wordsFor('q-1', 'l-2', { at: minutesOn(2) }))
      learning.keepWords(wordsFor('q-1', 'l-1', { text: 'Sevn years.' }))
      learning.keepWords(wordsFor('q-1', 'l-1'))
      expect(learning.waitingWords('q-1')).toEqual([
        wordsFor('q-1', 'l-1'),
        wordsFor('q-1', 'l-2', { at: minutesOn(2) }),
      ])
      for (let number = 10; number < 40; number++) {
        learning.keepWords(wordsFor('q-1', `l-${number}`, { at: minutesOn(number) }))
      }
      expect(learning.waitingWords('q-1').map(({ line }) => line)).toEqual(
        Array.from({ length: 20 }, (_, index) => `l-${index + 20}`),
      )
      learning.learn(learnedFor('q-1'))
      expect(learning.waitingWords('q-1')).toEqual([])
    })

    it('keeps one suggestion of each person, of the first twenty', () => {
      const { learning } = create()
      expect(learning.suggest(suggestionFor('q-1', 'human-eve'))).toBe(true)
      expect(learning.suggest(suggestionFor('q-1', 'human-eve', { text: 'Nine.', at: minutesOn(1) }))).toBe(true)
      expect(learning.suggestions('q-1')).toEqual([
        suggestionFor('q-1', 'human-eve', { text: 'Nine.', at: minutesOn(1) }),
      ])
      for (let number = 1; number < 20; number++) learning.suggest(suggestionFor('q-1', `human-${number}`))
      expect(learning.suggest(suggestionFor('q-1', 'human-late'))).toBe(false)
      expect(learning.suggest(suggestionFor('q-1', 'human-eve', { at: minutesOn(3) }))).toBe(true)
      expect(learning.suggestions('q-1')).toHaveLength(20)
      expect(learning.recentSuggestions(minutesOn(1), 5).map(({ actor }) => actor)).toEqual(['human-eve'])
    })

    it('remembers which week was told of', () => {
      const { learning } = create()
      learning.digestSent({ week: '2026-W46', at: noon })
      learning.digestSent({ week: '2026-W47', at: minutesOn(1) })
      expect(learning.lastDigest()).toEqual({ week: '2026-W47', at: minutesOn(1) })
    })
  })
}
