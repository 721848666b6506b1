import { expect, it } from 'vitest'
import { mayKnowOf, openRoom } from '../../../core/knowledge/question-audience.ts'

const open = { name: 'breakroom', visibility: 'public' as const }
const board = { name: 'board', visibility: 'private' as const }
const dm = { name: 'dm-human-bob-knowledge', visibility: 'private' as const }
const question = { requester: 'human-bob', room: open, alone: false, person: null, put: null }
const who = (actor: string, ...rooms: string[]) => ({ actor, reader: { rooms: new Set(rooms) } })

it('lets everybody know of what was asked in public, or put there', () => {
  expect(mayKnowOf(question, who('human-eve-via-local'))).toBe(true)
  expect(mayKnowOf({ ...question, room: dm, alone: true, put: { room: open } }, who('human-eve'))).toBe(true)
})

it('lets nobody but whoever asked, and was asked, know of what was asked alone', () => {
  for (const room of [open, board, dm, null]) {
    const alone = { ...question, room, alone: true }
    expect(mayKnowOf(alone, who('human-bob'))).toBe(true)
    expect(mayKnowOf(alone, who('human-eve', 'board', 'breakroom', dm.name))).toBe(false)
    expect(mayKnowOf({ ...alone, person: 'alice' }, who('human-alice'))).toBe(true)
    expect(openRoom(alone)).toBeNull()
  }
})

it('lets those who read a private room know of what was asked there', () => {
  const asked = { ...question, room: board }
  expect(mayKnowOf(asked, who('human-eve', 'board'))).toBe(true)
  expect(mayKnowOf(asked, who('human-eve', 'breakroom'))).toBe(false)
  // What they are told in public, others read.
  expect(mayKnowOf(asked, who('human-bob', 'breakroom'))).toBe(false)
  expect(mayKnowOf({ ...asked, person: 'alice' }, who('human-alice', 'breakroom'))).toBe(false)
})
