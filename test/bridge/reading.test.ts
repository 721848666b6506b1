import { describe, expect, it, test } from 'vitest'
import { readLine } from '../../bridge/router/reading.ts'
import { emptyTurns, route } from '../../core/route.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'
import { personLine, privately, roleLine } from '../support/lines.ts'
import { directory } from '../support/router.ts'

const limits = { perTrigger: 6, perTenMinutes: 12 }
const inRoom = (text: string) => readLine(personLine('1', text), directory)
const aloneWith = (seat: string, text: string) => readLine(privately(personLine('1', text), seat), directory)
const forDesk = (body: string) => ({ roles: [], tooMany: [], command: true, expects: ['breakroom'], body })

describe('a line that calls the desk by its name', () => {
  test.each([
    ['breakroom: status', 'status'],
    ['@breakroom tasks cto', 'tasks cto'],
    ['Breakroom, 429 after 100 requests; ask @cto', '429 after 100 requests; ask @cto'],
    ['breakroom: !help', '!help'],
    ['breakroom:', ''],
    ['> what can it do?\nbreakroom: help', 'help'],
  ])('%j is a command, or what the desk answers with help', (text, body) => {
    expect(inRoom(text)).toEqual(forDesk(body))
  })

  it('waits for the role that answers questions, where there is one', () => {
    const withSeat = [...directory, { role: 'knowledge', nick: 'knowledge', answers: true }]
    expect(readLine(personLine('1', '!ask where?'), withSeat)).toMatchObject({ command: true, expects: ['knowledge'] })
    expect(inRoom('!ask where?')).toMatchObject({ command: true, expects: ['breakroom'] })
  })

  it('waits for the role that is pinged', () => {
    expect(inRoom('breakroom: ping cto')).toMatchObject({ command: true, expects: ['cto'] })
  })

  it('speaks to the roles that it names first', () => {
    expect(inRoom('breakroom, cto: hi')).toMatchObject({ roles: ['cto'], command: false, body: 'hi' })
    expect(inRoom('cto, breakroom: hi')).toMatchObject({ roles: ['cto'], command: false })
  })

  it('may name it anywhere when it names no role', () => {
    expect(inRoom('what can you do, @breakroom?')).toEqual(forDesk('what can you do, @breakroom?'))
    expect(inRoom('@cto, ask @breakroom')).toMatchObject({ roles: ['cto'], command: false })
  })

  test.each([
    'the breakroom is nice',
    'breakroom is nice',
    'a `breakroom: status` b',
    'x@breakroom.example',
    '#breakroom: x',
  ])('%j does not', (text) => {
    expect(inRoom(text)).toMatchObject({ roles: [], command: false })
  })
})

it.each(['breakroom: stop', '@breakroom assign cto "x" accept: y', '!stop'])(
  'S41: %j of a bot commands nothing',
  (text) => {
    const turns = emptyTurns()
    route(turns, personLine('1', 'cto: go'), inRoom('cto: go'), limits)
    const line = roleLine('2', 'cto', text, { trigger: '1' })
    expect(route(turns, line, readLine(line, directory), limits).handovers).toEqual([])
  },
)

describe('a line said to one seat alone', () => {
  test.each(['status', 'tasks cto', '429 after 100 requests', 'cto: hi', '!nonsense'])('%j is the desk’s', (text) => {
    expect(aloneWith('breakroom', text)).toEqual(forDesk(text))
  })

  test.each(['assign it to somebody', 'done with that', 'hello', 'say hello'])('%j is talk to a role', (text) => {
    expect(aloneWith('cto', text)).toMatchObject({ roles: ['cto'], command: false, body: text })
  })

  test.each(['!assign "x" accept: y', 'tasks', 'claim', 'breakroom: tasks cso'])(
    '%j is a command to a role too',
    (text) => {
      expect(aloneWith('cto', text)).toMatchObject({ roles: [], command: true, expects: ['breakroom'] })
    },
  )
})

test.each(hugeInputs)('S35: %s, cut to the longest line that is kept, take less than 50 ms', (_, text) => {
  const line = text.slice(0, 40_000)
  expectWithin(50, () => inRoom(`breakroom: ${line}`))
  expectWithin(50, () => inRoom(`${line} @breakroom`))
})
