import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  alone,
  board,
  breakroom,
  createLearningHouse,
  inBreakroom,
  learningFleet,
  requestOf,
  teller,
} from '../../support/learning-house.ts'

let house: ReturnType<typeof createLearningHouse>
beforeEach(() => {
  house = createLearningHouse()
  // The week before the Monday on which the digest is due.
  house.time.now = new Date('2026-11-17T10:00:00.000Z')
})
afterEach(() => house[Symbol.dispose]())

const monday = new Date('2026-11-23T09:00:00.000Z')

async function digestAt(time: Date): Promise<string[]> {
  house.time.now = time
  const before = house.said.length
  await house.learning.digest()
  return house.said.slice(before).flatMap(({ text }) => text.split('\n'))
}

it('groups the questions nobody could answer, most asked first, and says it once a week whatever restarts happen', async () => {
  house.ask({ text: 'Who owns the brand?' }, 'none')
  house.ask()
  house.ask({ text: 'how long is an invoice kept' }, 'none')
  house.ask({ text: 'Where is the office?' }, 'high')
  expect(await digestAt(monday)).toEqual([
    'Nobody could answer this week (!answer <question> <text> does):',
    '- q-3 "how long is an invoice kept", asked 2 times, with Alice',
    '- q-1 "Who owns the brand?", with Frank',
  ])
  expect(house.said).toMatchObject([{ id: 'knowledge-digest:2026-W48', room: breakroom }])
  house.restart()
  expect(await digestAt(new Date('2026-11-25T09:00:00.000Z'))).toEqual([])
  // Told once; the next week has questions of its own.
  expect(await digestAt(new Date('2026-11-30T09:00:00.000Z'))).toEqual([])
})

it('F12: is said under the same id again when it was not noted as said', async () => {
  house[Symbol.dispose]()
  let fails = true
  const ids: string[] = []
  house = createLearningHouse({
    async say({ id }) {
      ids.push(id)
      if (fails) throw new Error('killed')
    },
  })
  house.ask()
  await expect(digestAt(monday)).rejects.toThrow('killed')
  fails = false
  house.restart()
  await digestAt(new Date(monday.getTime() + 60_000))
  expect(ids).toEqual(['knowledge-digest:2026-W48', 'knowledge-digest:2026-W48'])
})

it('says nothing in a week in which everything was answered', async () => {
  house.ask({}, 'high')
  house.ask({ text: 'Who owns the brand?' })
  await house.learning.handlers.teach({ question: 'q-2', text: 'Frank.' }, teller('frank'), requestOf('r'))
  // Somebody wrote it down meanwhile.
  house.ask({ text: 'Where is the office?' }, 'none')
  house.ask({ text: 'where is the office' }, 'high')
  house.ask({ text: '' }, 'none')
  house.said.length = 0
  expect(await digestAt(monday)).toEqual([])
  expect(house.parts.learning.lastDigest()?.week).toBe('2026-W48')
})

it('says nothing in the week in which the house began, and tells of it in the next', async () => {
  house.time.now = new Date('2026-11-21T12:00:00.000Z')
  house.ask({ text: 'Who owns the brand?' }, 'none')
  expect(await digestAt(new Date('2026-11-21T12:01:00.000Z'))).toEqual([])
  expect(await digestAt(monday)).toEqual([
    'Nobody could answer this week (!answer <question> <text> does):',
    '- q-1 "Who owns the brand?", with Frank',
  ])
})

it('S22: tells and counts nothing of what was asked alone or in a private room', async () => {
  house.ask()
  house.ask({ room: board })
  house.ask({ room: board, text: 'Who gets a bonus?' }, 'none')
  house.ask({ room: alone.room, alone: true })
  house.ask({ room: breakroom, alone: true, text: 'Am I fired?' }, 'none')
  const bob = teller('bob', { ...alone, room: board, alone: false })
  const inBoard = requestOf('v', { ...alone, room: board, alone: false })
  await house.learning.handlers.vote({ question: 'q-2', helped: false, reason: 'It is ten.' }, bob, inBoard)
  await house.learning.handlers.teach({ question: 'q-3', text: 'All.' }, teller('frank', inBoard.place), inBoard)
  house.learning.documentChanged('x')
  house.parts.learning.end('q-3', 'source', 'its source pay.md changed', house.time.now)
  expect(await digestAt(monday)).toEqual([
    'Nobody could answer this week (!answer <question> <text> does):',
    '- q-1 "How long are invoices kept?", with Alice',
  ])
})

it('lists who is to confirm an answer, and what was suggested in the open', async () => {
  house.ask({}, 'high', [house.document('docs/a.md')])
  await house.learning.handlers.teach({ question: 'q-1', text: 'Seven.' }, teller('alice'), requestOf('r'))
  house.document('docs/a.md', 'two')
  house.learning.documentChanged('docs/a.md')
  house.ask({ text: 'Who owns the brand?' }, 'high')
  const wrong = (id: string, reason: string, place: Parameters<typeof requestOf>[1]) =>
    house.learning.handlers.vote({ question: 'q-2', helped: false, reason }, teller(id, place), requestOf(id, place))
  await wrong('eve', 'Eve does.', inBreakroom)
  await wrong('bob', 'For your eyes alone.', alone)
  expect(await digestAt(monday)).toEqual([
    'To be confirmed by who said it (!remember <question>), or answered anew:',
    '- q-1 "How long are invoices kept?", Alice: its source docs/a.md changed on 2026-11-17',
    'Suggested, and not learned (!answer <question> <text> learns it):',
    '- q-2 by "Eve": "Eve does."',
  ])
})

it('S22: names no document that not everybody may read any more', async () => {
  house.ask({}, 'high', [house.document('docs/layoffs.md')])
  await house.learning.handlers.teach({ question: 'q-1', text: 'Seven.' }, teller('alice'), requestOf('r'))
  house.document('docs/layoffs.md', 'two', [['board']])
  house.learning.documentChanged('docs/layoffs.md')
  expect((await digestAt(monday)).at(-1)).toBe(
    '- q-1 "How long are invoices kept?", Alice: its source changed on 2026-11-17',
  )
})

it('is said at the day and hour of the settings, and nowhere without a public room', async () => {
  house[Symbol.dispose]()
  const knowledge = { ...learningFleet.knowledge, digest: { day: 'friday' as const, hour: 17 } }
  house = createLearningHouse({ fleet: { ...learningFleet, knowledge } })
  await digestAt(new Date('2026-11-20T17:00:00.000Z'))
  house.ask()
  expect(await digestAt(new Date('2026-11-27T16:59:00.000Z'))).toEqual([])
  expect(await digestAt(new Date('2026-11-27T17:00:00.000Z'))).toHaveLength(2)

  house[Symbol.dispose]()
  house = createLearningHouse({ fleet: { ...learningFleet, rooms: {} } })
  house.ask()
  expect(await digestAt(monday)).toEqual([])
})

it('drops questions that are older than a year', async () => {
  house.ask({ text: 'Old?' })
  await digestAt(new Date('2027-12-06T09:00:00.000Z'))
  expect(house.parts.questions.question('q-1')).toBeNull()
  expect(house.ask().label).toBe('q-2')
})
