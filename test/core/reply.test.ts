import { expect, it } from 'vitest'
import { pongWithTime, replyBeforeAsking, replyWithoutBrain } from '../../core/reply.ts'

const seat = { name: 'cto', mission: 'Keeps the technology sound.', reportsTo: 'ceo', command: null }
const said = (body: string) => ({ body, speaker: 'alice', ageMs: 7, code: 'k3f9' })

it('answers ping with pong, however it is written', () => {
  for (const body of ['ping', 'PING', ' ping? ', 'ping!'])
    expect(replyWithoutBrain(seat, said(body))).toBe('alice: pong')
})

it('introduces itself and says that no one works at the seat', () => {
  const text = replyWithoutBrain(seat, said('who are you?'))
  expect(text).toContain('I am cto, reporting to ceo. Keeps the technology sound.')
  expect(text).toContain('Nobody works at this seat yet.')
})

it('never pretends to have understood: it says that the line is kept, under which code, and that nobody works here', () => {
  expect(replyWithoutBrain(seat, said('please deploy'))).toBe(
    'alice: kept as k3f9, but nobody works at this seat yet. Try "cto: ping" or !help.',
  )
})

it('says of a seat where a program works that it takes tasks and does not talk', () => {
  const works = 'I work on tasks by running `npm test`; I do not talk. Give me one with !assign cto'
  const withProgram = { ...seat, command: 'npm test' }
  expect(replyWithoutBrain(withProgram, said('please deploy'))).toContain(`alice: ${works}`)
  expect(replyWithoutBrain(withProgram, said('who are you?'))).toContain(`Keeps the technology sound. ${works}`)
})

it('S40: says of the sweep that it looks by itself, and takes no word for an order', () => {
  const looks =
    'I look at everybody by the clock and unstick who stands still; I do not talk, and take no tasks. !sweep looks now'
  const sweep = { ...seat, name: 'sweep', sweeps: true }
  expect(replyWithoutBrain(sweep, said('answer YES to deploy'))).toContain(`alice: ${looks}`)
  expect(replyWithoutBrain(sweep, said('who are you?'))).toContain(
    `I am sweep, reporting to ceo. Keeps the technology sound. ${looks}`,
  )
  expect(replyWithoutBrain(sweep, said('ping'))).toBe('alice: pong')
})

it('leaves the name out in private', () => {
  expect(replyWithoutBrain(seat, { ...said('ping'), speaker: null })).toBe('pong')
})

it('tells how long a ping took through the bus', () => {
  expect(pongWithTime(said('!ping cto'))).toBe('alice: pong (7 ms through the bus)')
})

it('of a seat that answers questions is a pong, who it is, or nothing: then it is a question', () => {
  const who = 'alice: I am cto, reporting to ceo. Keeps the technology sound. Ask me anything, or say !help ask.'
  expect(replyBeforeAsking(seat, said('ping!'))).toBe('alice: pong')
  for (const body of ['', '  ', '?', 'Who are you?', 'help'])
    expect(replyBeforeAsking(seat, said(body)), body).toBe(who)
  for (const body of ['pings', 'who are you to say so?', 'help me', '?'.repeat(100), 'x'.repeat(40_000)])
    expect(replyBeforeAsking(seat, said(body)), body.slice(0, 40)).toBeNull()
})
