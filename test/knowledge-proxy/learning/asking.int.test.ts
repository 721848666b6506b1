import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Band } from '../../../core/knowledge/answer.ts'
import type { NewQuestion } from '../../../ports/question-log.ts'
import {
  alone,
  board,
  breakroom,
  createLearningHouse,
  inBoard,
  inBreakroom,
  requestOf,
  teller,
} from '../../support/learning-house.ts'
import { minutesOn, newQuestion } from '../../support/questions.ts'

let house: ReturnType<typeof createLearningHouse>
beforeEach(() => {
  house = createLearningHouse()
})
afterEach(() => house[Symbol.dispose]())

/** Who is asked at once. */
function asks(changes: Partial<NewQuestion> = {}, band: Band = 'low') {
  const question = house.parts.questions.open(newQuestion(JSON.stringify([changes, band]), changes))
  return house.learning.ask(question, band)
}

describe('a person is asked at once', () => {
  it('when nobody wrote it down, and in a public room', () => {
    expect(asks()).toEqual({ person: 'alice', name: 'Alice', already: null })
    expect(asks({}, 'none')?.person).toBe('alice')
    expect(asks({ text: 'What is our mission?' })?.person).toBe('frank')
  })

  it.each<[string, Partial<NewQuestion>, Band?]>([
    ['when the answer is sure enough', {}, 'medium'],
    ['when it is sure', {}, 'high'],
    ['for what was asked alone', { alone: true }],
    ['for what was asked in no room', { room: null, alone: true }],
    ['for an agent by itself', { requester: 'cto', tier: 'none' }],
    ['for somebody whom nobody knows', { tier: 'none' }],
    ['for a question without words', { text: ' ' }],
  ])('but not %s', (_, changes, band = 'low') => {
    expect(asks(changes, band)).toBeNull()
  })

  it('in a private room only among its members', () => {
    // Alice owns invoices, but she is not on the board.
    expect(asks({ room: board })?.person).toBe('frank')
    expect(asks({ room: board, requester: 'human-frank' })).toBeNull()
    expect(asks({ room: { name: 'elsewhere', visibility: 'private' } })).toBeNull()
  })

  it('but never the one who asks', () => {
    expect(asks({ requester: 'human-alice' })?.person).toBe('frank')
  })

  it('once: who asks the same is told with which question', () => {
    const first = house.ask()
    expect(first.person).toBe('alice')
    expect(asks({ text: 'how long is an invoice kept' })).toEqual({
      person: 'alice',
      name: 'Alice',
      already: first.label,
    })
    expect(asks({ text: 'How long are contracts kept?' })?.already).toBeNull()
    house.parts.learning.learn({
      ...{ label: first.label, person: 'alice', name: 'Alice', question: first.text, text: 'Seven.', at: minutesOn(1) },
      ...{ access: [], basis: [], request: 'r', ended: null },
    })
    expect(asks({ text: 'how long is an invoice kept??' })?.already).toBeNull()
  })

  it('once more when nobody answered for a month', () => {
    house.ask()
    house.time.now = minutesOn(31 * 24 * 60)
    expect(asks()?.already).toBeNull()
  })

  it('without telling a public room what was asked in a private one', () => {
    house.ask({ room: board, text: 'What is our mission?' })
    expect(asks({ text: 'What is our mission?' })).toEqual({ person: 'frank', name: 'Frank', already: null })
    expect(asks({ text: 'what is our mission', room: board })?.already).toBe('q-1')
  })

  it('twenty times a day at most', () => {
    const words =
      'apples boats cats dogs eggs ferns goats hats inks jars kites lamps moons nets owls pens quilts rings seals toys'
    const askers = ['human-bob', 'human-eve', 'human-alice']
    for (const [index, word] of words.split(' ').entries()) {
      house.ask({ text: `Who has the ${word}?`, requester: askers[index % askers.length] ?? '' })
    }
    expect(asks({ text: 'Who has the umbrella?' })).toBeNull()
    house.time.now = minutesOn(25 * 60)
    expect(asks({ text: 'Who has the umbrella??' })?.person).toBe('frank')
  })

  it.each([
    ['one asker', () => ({ requester: 'human-bob' })],
    [
      'guests, whatever they call themselves',
      (word: string) => ({ requester: `human-${word}-via-local`, tier: 'guest' as const }),
    ],
  ])('and never so often for %s that nobody else can have them asked', (_, asker) => {
    const words = 'apples boats cats dogs eggs ferns goats hats inks jars'.split(' ')
    for (const word of words) house.ask({ text: `Who has the ${word}?`, ...asker(word) })
    expect(asks({ text: 'Who has the umbrella?', ...asker('umbrella') })).toBeNull()
    expect(asks({ text: 'Who has the umbrella?', requester: 'human-eve' })?.person).toBe('frank')
  })
})

describe('U19: whoever presses "ask a human"', () => {
  const human = (
    question: string | null,
    id: string,
    place: Parameters<typeof requestOf>[1] = inBreakroom,
    request = 'r',
  ) => house.learning.handlers.human({ question }, teller(id, place), requestOf(request, place))

  it('has the person asked in the room, under the trace of the question, when it was asked there', async () => {
    const { label } = house.ask({}, 'high')
    const { text } = await human(null, 'bob')
    expect(text).toBe(
      'Alice, can you answer q-1? "How long are invoices kept?" Answer in a thread here, or with !answer q-1 <text>.',
    )
    // The answer itself is read in that room.
    expect(house.said).toEqual([])
    expect(house.parts.questions.question(label)).toMatchObject({
      person: 'alice',
      put: { room: breakroom, trace: 'trace-r', request: 'r' },
    })
  })

  it('has them asked in that room when the press is read by nobody else', async () => {
    house.ask({}, 'high')
    const aside = { room: breakroom, alone: true, thread: false }
    expect((await human('q-1', 'eve', aside)).text).toBe(
      'Alice is asked in #breakroom, where everybody reads it (q-1).',
    )
    expect(house.said).toMatchObject([
      { id: 'ask-person:q-1', room: breakroom, trace: 'trace-ask-1', text: expect.stringContaining('Alice, can you') },
    ])
  })

  it('has what was asked alone put into the first public room, without their name', async () => {
    house.ask({ alone: true, room: alone.room })
    expect((await human('q-1', 'bob', alone)).text).toContain('Alice is asked in #breakroom')
    const [line] = house.said
    expect(line).toMatchObject({ room: breakroom })
    expect(line?.text).toContain('"How long are invoices kept?"')
    expect(line?.text).not.toContain('Bob')
    // Nor does it lead back to what was said alone.
    expect(line?.trace).not.toBe('trace-ask-1')
    expect(house.parts.questions.question('q-1')?.put?.trace).toBe(line?.trace)
  })

  it('S22: does not have put in public what was answered from restricted documents, or from one that is gone', async () => {
    const restricted = house.document('docs/pay.md', 'one', [['board']])
    house.ask({ alone: true, room: alone.room }, 'low', [restricted])
    house.ask({ alone: true, room: null }, 'low', [{ document: 'docs/gone.md', hash: 'one' }])
    for (const label of ['q-1', 'q-2']) {
      await expect(human(label, 'bob', alone)).rejects.toThrow('not everybody may read')
      expect(house.parts.questions.question(label)?.person).toBeNull()
    }
    expect(house.said).toEqual([])
  })

  it('S22: has what was asked in a private room asked there, among its members', async () => {
    house.ask({ room: board }, 'medium')
    house.ask({ room: board, alone: true, text: 'What is our mission?' }, 'medium')
    const dm = { ...alone }
    await human('q-1', 'bob', dm, 'r-1')
    await human('q-2', 'bob', dm, 'r-2')
    expect(house.said.map(({ room, text }) => [room, text.split(',')[0]])).toEqual([
      [board, 'Frank'],
      [board, 'Frank'],
    ])
  })

  it('S22: is told that there is no such question when it is not theirs to know', async () => {
    house.ask({ room: board }, 'medium')
    house.ask({ alone: true, room: alone.room }, 'medium')
    const sentence = (label: string) => `There is no question ${label}.`
    for (const label of ['q-1', 'q-2', 'q-3']) await expect(human(label, 'eve')).rejects.toThrow(sentence(label))
    // Bob is on the board, but Eve reads what he is told here.
    await expect(human('q-1', 'bob', inBreakroom)).rejects.toThrow(sentence('q-1'))
    expect((await human('q-1', 'bob', inBoard)).text).toContain('Frank, can you')
  })

  it('is told when somebody was asked already, with the question that asks the same', async () => {
    house.ask()
    expect((await human('q-1', 'eve')).text).toBe('Alice was asked already (q-1).')
    house.ask({ text: 'How long is an invoice kept?', alone: true, room: null })
    expect((await human('q-2', 'bob', alone)).text).toBe('Alice was asked already (q-1).')
    expect(house.said).toEqual([])
  })

  it('is told who answered it', async () => {
    house.ask({}, 'high')
    await house.learning.handlers.teach({ question: 'q-1', text: 'Seven.' }, teller('frank'), requestOf('teach'))
    expect((await human('q-1', 'eve')).text).toBe('Frank answered q-1 already.')
  })

  it('is told when there is nobody to ask, and when nothing was asked', async () => {
    await expect(human(null, 'bob')).rejects.toThrow('No question was asked here yet')
    house[Symbol.dispose]()
    const { frank } = house.parts.fleet.people
    house = createLearningHouse({ fleet: { ...house.parts.fleet, people: frank === undefined ? {} : { frank } } })
    house.ask({ requester: 'human-frank', text: 'What is our mission?' })
    await expect(human('q-1', 'frank')).rejects.toThrow('There is nobody else to ask')
  })

  it('F12: gets the same answer when the request comes again, and nobody is asked twice', async () => {
    house.ask({ alone: true, room: alone.room })
    const first = await human('q-1', 'bob', alone, 'press')
    house.restart()
    expect(await human('q-1', 'bob', alone, 'press')).toEqual(first)
    expect(new Set(house.said.map(({ id }) => id)).size).toBe(1)
  })

  it('F12: leaves the question open when the line could not be said', async () => {
    house[Symbol.dispose]()
    house = createLearningHouse({ say: () => Promise.reject(new Error('away')) })
    house.ask({ alone: true, room: alone.room })
    await expect(human('q-1', 'bob', alone)).rejects.toThrow('away')
    expect(house.parts.questions.question('q-1')?.person).toBeNull()
  })
})
