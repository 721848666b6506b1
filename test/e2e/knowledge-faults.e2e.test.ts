import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerTo, labelOf } from '../support/answers.ts'
import { ask, hears, textsFrom } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'

const patience = 30_000
const offices =
  'basalt cobalt dolomite feldspar granite hematite jasper malachite obsidian porphyry quartzite slate'.split(' ')
const questionOf = (office: string) => `Which plant grows in the courtyard of office ${office}?`

describe('a fleet whose knowledge proxy is killed', () => {
  let fleet: TestFleet
  let alice: IrcPerson
  let bob: IrcPerson

  beforeAll(async () => {
    const documents = offices.map((office, at) => [
      `handbook/${office}.md`,
      `# Office ${office}\n\nIn the courtyard of office ${office} grows plant number ${at + 1} of the nursery.\n`,
    ])
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'knowledge', 'org-agent'],
      people: { alice: { name: 'Alice', tier: 'member' }, bob: { name: 'Bob', tier: 'member' } },
      knowledge: {
        corpus: [{ name: 'handbook', folder: 'handbook' }],
        owners: [{ topics: ['rhododendrons'], person: 'bob' }],
      },
      files: Object.fromEntries(documents),
    })
    await fleet.startParts()
    await fleet.corpusRead()
    alice = await fleet.person('alice')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(() => fleet?.[Symbol.asyncDispose]())

  /** The lines of the record that answer this one, oldest first, without what is said while somebody waits. */
  const answersTo = async (question: string) => {
    const lines = await fleet.lines()
    const asked = lines.find(({ data }) => data.text === `knowledge: ${question}`)
    return lines.filter(({ actor, data }) => actor === 'knowledge' && data.in_reply_to === asked?.id)
  }

  test('F12: killed twice while a dozen questions are asked, it answers each of them, once', async () => {
    const before = alice.heard.length
    let restarted: Promise<unknown> = Promise.resolve()
    for (const [at, office] of offices.entries()) {
      alice.say(fleetRoom, `knowledge: ${questionOf(office)}`)
      // In the middle of an answer, or between two of them: as it happens.
      await hears(alice, new RegExp(`^(alice: "|from ).*${offices[Math.max(0, at - 3)]}`), before, patience)
      if (at === 4 || at === 9) {
        await restarted
        await fleet.kill('knowledge')
        restarted = fleet.start('knowledge')
      }
    }
    await restarted
    for (const [at, office] of offices.entries()) {
      const plant = new RegExp(`^alice: "In the courtyard of office ${office} grows plant number ${at + 1} of`)
      await hears(alice, plant, before, patience)
    }
    const labels = new Set<string>()
    for (const office of offices) {
      const [answer, ...more] = (await answersTo(questionOf(office))).filter(
        ({ data }) => !/still looking/.test(data.text),
      )
      expect(more).toEqual([])
      labels.add(labelOf(answer?.data.text.split('\n') ?? []))
    }
    expect(labels.size).toBe(offices.length)
    const heard = textsFrom(alice, 'knowledge', fleetRoom).filter((text) => text.startsWith('alice: "'))
    expect(heard).toHaveLength(offices.length)
  })

  test('F12: hung and then killed in the middle of an answer, it lets nobody wait for more than 15 s without a word, and answers once', async () => {
    const question = 'Which plant grows abundantly in the courtyard of office obsidian?'
    await fleet.kill('knowledge')
    const { pid } = await fleet.start('knowledge')
    const before = alice.heard.length
    process.kill(pid, 'SIGSTOP')
    const asked = performance.now()
    alice.say(fleetRoom, `knowledge: ${question}`)
    const still = await hears(alice, /^alice: still looking/, before, patience)
    expect(still).toMatchObject({ nick: 'knowledge', target: fleetRoom })
    expect(still.at - asked).toBeLessThan(15_000)
    await fleet.kill('knowledge')
    await fleet.start('knowledge')
    await hears(alice, /^alice: "In the courtyard of office obsidian grows plant number 9 of/, before, patience)
    const lines = await answersTo(question)
    expect(lines.map(({ data }) => data.text.split('\n')[0])).toEqual([
      expect.stringMatching(/^alice: still looking/),
      expect.stringMatching(/^alice: "In the courtyard of office obsidian/),
    ])
    // Whatever it would say twice comes before its next answer.
    await ask(alice, fleetRoom, 'knowledge: ping', /^alice: pong\b/)
    const said = alice.heard.slice(before).filter(({ nick }) => nick === 'knowledge')
    expect(said.filter(({ text }) => /obsidian grows/.test(text))).toHaveLength(1)
    expect(said.filter(({ text }) => /still looking/.test(text))).toHaveLength(1)
  })

  test('F12: what a person said is the answer is still that, and nobody is rung again', async () => {
    const question = 'Who prunes gnarled overgrown rhododendrons, mossy hydrangeas?'
    const before = bob.heard.length
    const label = labelOf(await answerTo(alice, fleetRoom, `knowledge: ${question}`))
    await fleet.kill('knowledge')
    await fleet.start('knowledge')
    bob.say(fleetRoom, `!answer ${label} The gardener does, each March.`)
    await hears(bob, /^bob: Remembered as the answer to q-\d+, from Bob, /, before, patience)
    await fleet.kill('knowledge')
    await fleet.start('knowledge')
    const again = await answerTo(alice, 'knowledge', question)
    expect(again[0]).toBe('"The gardener does, each March."')
    expect(again[2]).toMatch(/\(confirmed by Bob, /)
    await bob.settled()
    expect(bob.heard.slice(before).filter(({ text }) => text.startsWith('@bob'))).toHaveLength(1)
  })

  test('what is asked while it is away is answered when it is back, and !status says that it is away', async () => {
    await fleet.kill('knowledge')
    const before = alice.heard.length
    alice.say(fleetRoom, `!ask ${questionOf('granite')}`)
    await until('it is told', async () => {
      const said = await ask(alice, fleetRoom, '!status', /^breakroom: /)
      return /degraded: .*knowledge/.test(said.text)
    })
    await fleet.start('knowledge')
    await hears(alice, /^alice: "In the courtyard of office granite grows plant number 5 of/, before, patience)
  })
})
