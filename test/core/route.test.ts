import { describe, expect, it } from 'vitest'
import { desk, emptyTurns, type Reading, route } from '../../core/route.ts'
import { personLine, privately, roleLine } from '../support/lines.ts'

const limits = { perTrigger: 6, perTenMinutes: 12 }
const to = (...roles: string[]): Reading => ({ roles, tooMany: [], command: false, expects: roles, body: 'text' })
const command: Reading = { roles: [], tooMany: [], command: true, expects: [desk], body: '!help' }

describe('a person speaks', () => {
  it('hands a mention to each role that is named, with the rights of the speaker', () => {
    const { handovers, expects } = route(emptyTurns(), personLine('1', 'cto, cso: hi'), to('cto', 'cso'), limits)
    expect(handovers.map(({ to, kind }) => [to, kind])).toEqual([
      ['cto', 'mention'],
      ['cso', 'mention'],
    ])
    expect(handovers[0]?.authority).toEqual({ requester: 'human-alice', chain: [] })
    expect(handovers[0]).toMatchObject({ tier: 'member', trigger: '1', hops: 0 })
    expect(expects).toEqual(['cto', 'cso'])
  })

  it('hands a command to the desk and to nobody else', () => {
    const { handovers } = route(emptyTurns(), personLine('1', '!help'), command, limits)
    expect(handovers.map(({ to, kind }) => [to, kind])).toEqual([[desk, 'command']])
  })

  it('hands what is said in private over as a DM', () => {
    const line = privately(personLine('1', 'hello'), 'cto')
    expect(route(emptyTurns(), line, to('cto'), limits).handovers[0]?.kind).toBe('dm')
  })

  it('hands nothing over for a line that names nobody', () => {
    expect(route(emptyTurns(), personLine('1', 'good morning'), to(), limits).handovers).toEqual([])
  })

  it('says whom it did not wake when a line names more roles than one line may', () => {
    const reading = { ...to('ceo', 'cto', 'cso'), tooMany: ['devops'] }
    expect(route(emptyTurns(), personLine('1', '...'), reading, limits).notWoken).toEqual(['devops'])
  })

  it("wakes nobody for somebody else's bot", () => {
    const line = personLine('1', 'cto: hi', { tier: 'none' })
    expect(route(emptyTurns(), line, to('cto'), limits)).toMatchObject({ handovers: [], expects: [] })
  })
})

describe('a bot speaks', () => {
  it('carries the rights of the person who began it, not of whoever the bot names', () => {
    const turns = emptyTurns()
    route(turns, personLine('1', 'ceo: go', { tier: 'guest' }), to('ceo'), limits)
    const line = roleLine('2', 'ceo', '@cto go', { trigger: '1', tier: 'founder' })
    line.authority = { requester: 'human-founder', chain: [] }
    expect(route(turns, line, to('cto'), limits).handovers[0]).toMatchObject({
      authority: { requester: 'human-alice', chain: ['ceo'] },
      tier: 'guest',
      trigger: '1',
      hops: 2,
    })
  })

  it('carries no rights when it names a trigger that no person said, or one of another room', () => {
    const turns = emptyTurns()
    route(turns, { ...personLine('1', 'ceo: go'), room: { name: 'board', visibility: 'public' } }, to('ceo'), limits)
    for (const trigger of ['made-up', '1']) {
      const { handovers } = route(turns, roleLine('2', 'ceo', '@cto go', { trigger }), to('cto'), limits)
      expect(handovers[0]).toMatchObject({ tier: 'none', authority: { requester: 'ceo', chain: ['ceo'] } })
    }
  })

  it('cannot give commands', () => {
    expect(route(emptyTurns(), roleLine('1', 'ceo', '!stop'), command, limits).handovers).toEqual([])
  })

  it('cannot wake itself', () => {
    expect(route(emptyTurns(), roleLine('1', 'ceo', '@ceo again'), to('ceo'), limits).handovers).toEqual([])
  })

  it('wakes nobody with a notice', () => {
    const notice = roleLine('1', desk, 'cto: offline', { notice: true })
    expect(route(emptyTurns(), notice, to('cto'), limits).handovers).toEqual([])
  })
})

describe('F56: bots do not feed on each other', () => {
  it('stops four bots that always answer after six turns, and says so once', () => {
    const turns = emptyTurns()
    route(turns, personLine('1', 'ceo: go'), to('ceo'), limits)
    const bots = ['ceo', 'cto', 'cso', 'devops']
    const outcomes = Array.from({ length: 40 }, (_, turn) => {
      const speaker = bots[turn % 4] as string
      const next = bots[(turn + 1) % 4] as string
      return route(turns, roleLine(`b${turn}`, speaker, `@${next}`, { trigger: '1' }), to(next), limits)
    })
    expect(outcomes.filter(({ handovers }) => handovers.length > 0)).toHaveLength(6)
    expect(outcomes.filter(({ heldBack }) => heldBack !== null)).toHaveLength(1)
    expect(outcomes[6]?.heldBack).toEqual({ turns: 6, rule: 'trigger' })
  })

  it('gives a fresh budget to the next line of a person', () => {
    const turns = emptyTurns()
    for (const trigger of ['1', '2']) {
      route(turns, personLine(trigger, 'ceo: go'), to('ceo'), limits)
      const passed = Array.from({ length: 10 }, (_, turn) =>
        route(turns, roleLine(`${trigger}-${turn}`, 'ceo', '@cto', { trigger }), to('cto'), limits),
      ).filter(({ handovers }) => handovers.length > 0)
      expect(passed).toHaveLength(6)
    }
  })

  it('allows twelve turns a room in ten minutes when nobody began it, and more when those are past', () => {
    const turns = emptyTurns()
    const start = Date.parse('2026-01-01T12:00:00Z')
    const say = (turn: number, at: number) =>
      route(turns, roleLine(`x${turn}`, 'ceo', '@cto', { at: new Date(at) }), to('cto'), limits)
    const outcomes = Array.from({ length: 30 }, (_, turn) => say(turn, start + turn * 1_000))
    expect(outcomes.filter(({ handovers }) => handovers.length > 0)).toHaveLength(12)
    expect(outcomes.filter(({ heldBack }) => heldBack?.rule === 'room')).toHaveLength(1)
    expect(say(31, start + 11 * 60_000).handovers).toHaveLength(1)
  })
})

it('forgets triggers after an hour, so that the memory of a busy room stays small', () => {
  const turns = emptyTurns()
  const start = Date.parse('2026-01-01T00:00:00Z')
  for (let minute = 0; minute < 600; minute++) {
    route(turns, personLine(`m${minute}`, 'hi', { at: new Date(start + minute * 60_000) }), to(), limits)
  }
  expect(turns.triggers.size).toBeLessThanOrEqual(61)
})
