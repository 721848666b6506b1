import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, hears, textsFrom } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

/** A receipt is owed after 1.5 s; the rest is its way. */
const receiptWithinMs = 2_500

describe('receipts, with every part a process of its own', () => {
  let fleet: TestFleet
  let alice: IrcPerson

  beforeAll(async () => {
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    await fleet.startParts()
    alice = await fleet.person('alice')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
  })

  /** Receipts in the record for lines with this text. */
  async function receiptsFor(text: string) {
    const lines = await fleet.lines()
    const ids = lines.filter(({ data }) => data.text === text).map(({ id }) => id)
    return lines.filter(({ id }) => ids.some((line) => id === `receipt:${line}`))
  }

  test('a role that is here and answers gets its speaker no receipt', async () => {
    await ask(alice, fleetRoom, 'cto: who are you?', /^alice: I am cto/)
    // The receipt of a later line shows that the earlier one has none.
    await ask(alice, fleetRoom, '!stop cso', /^cso is stopped/)
    await ask(alice, fleetRoom, 'cso: later', /^alice: cso is stopped; kept until/)
    expect(await receiptsFor('cto: who are you?')).toEqual([])
    await ask(alice, fleetRoom, '!resume cso', /^alice: kept as/)
  })

  test('while the bots are killed a mention is called offline and kept, and answered when they are back', async () => {
    await fleet.kill('bots')
    const asked = performance.now()
    const receipt = await ask(alice, fleetRoom, 'cto, cso: are you there?', /^alice: cto and cso are offline; kept/)
    expect(receipt.nick).toBe('breakroom')
    expect(receipt.at - asked).toBeLessThan(receiptWithinMs)
    await fleet.start('bots')
    for (const nick of ['cto', 'cso']) {
      await until(`${nick} has answered`, () => {
        const since = alice.heard.slice(alice.heard.indexOf(receipt))
        return since.some((heard) => heard.nick === nick && heard.text.startsWith('alice: kept as'))
      })
    }
    expect(await receiptsFor('cto, cso: are you there?')).toHaveLength(1)
  })

  test('a DM to a killed bot gets its receipt in private, from the role it was said to', async () => {
    await fleet.kill('bots')
    const receipt = await ask(alice, 'ceo', 'a word in private', /^ceo is offline; kept/)
    expect(receipt).toMatchObject({ nick: 'ceo', target: 'alice' })
    const before = alice.heard.length
    await fleet.start('bots')
    expect(await hears(alice, /^kept as/, before)).toMatchObject({ nick: 'ceo', target: 'alice' })
  })

  test('a router killed between the mention and its receipt still gives exactly one after its restart', async () => {
    await fleet.kill('bots')
    const text = 'ceo: does anybody hear me?'
    const before = alice.heard.length
    alice.say(fleetRoom, text)
    await until('the line is in the record', async () => (await fleet.lines()).some(({ data }) => data.text === text))
    await fleet.kill('router')
    await fleet.start('router')
    await hears(alice, /^alice: ceo is offline; kept/, before)
    await fleet.kill('router')
    await fleet.start('router')
    await fleet.start('bots')
    await hears(alice, /^alice: kept as/, before)
    // Whatever the last start of the router would still say, it says before this answer.
    await ask(alice, fleetRoom, '!stop ceo', /^ceo is stopped/)
    await ask(alice, fleetRoom, 'ceo: later', /^alice: ceo is stopped; kept until/)
    expect(await receiptsFor(text)).toHaveLength(1)
    expect(textsFrom(alice, 'breakroom', fleetRoom).filter((said) => said.includes('ceo is offline'))).toHaveLength(1)
    await ask(alice, fleetRoom, '!resume ceo', /^ceo goes on/)
  })

  test('in all of this nobody got two receipts for one line', async () => {
    const receipts = (await fleet.lines()).filter(({ id }) => id.startsWith('receipt:'))
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length)
    for (const nick of ['breakroom', 'ceo']) {
      const texts = alice.heard.filter((heard) => heard.nick === nick && /kept(,| until)/.test(heard.text))
      expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length)
    }
  })
})
