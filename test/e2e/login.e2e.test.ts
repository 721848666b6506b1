import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { textsIn } from '../support/texts-in.ts'

describe("the founder's login", () => {
  const wrongWord = 'aaaa-bbbb-cccc-dddd'
  const saidInTheRoom = 'shouted-before-everybody'
  let fleet: TestFleet
  let word: string
  let alice: IrcPerson

  beforeAll(async () => {
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    await fleet.start('up')
    word = /!login (\S+)/.exec(fleet.outputOf('up'))?.[1] ?? ''
    alice = await fleet.person('alice')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
  })

  test('"up" prints a word, and before it is said a person is a member who cannot resume the fleet', async () => {
    expect(word).toMatch(/^\w{4}-\w{4}-\w{4}-\w{4}$/)
    await ask(alice, 'breakroom', '!stop', /^All roles are stopped/)
    await ask(alice, 'breakroom', '!resume', /^Only a founder may resume the fleet; you are a member/)
  })

  test("a word that is said in the room is refused there, and is in nobody's record", async () => {
    await ask(alice, fleetRoom, `!login ${saidInTheRoom}`, /^alice: not here, everybody reads this/)
    await ask(alice, fleetRoom, '!whoami', /a member/)
  })

  test('a wrong word is refused, and the right one gives the rights of the founder', async () => {
    await ask(alice, 'breakroom', `!login ${wrongWord}`, /^That word is not right/)
    await ask(alice, 'breakroom', '!whoami', /human-alice-via-local, a member/)
    await ask(alice, 'breakroom', `!login ${word}`, /^You have the rights of founder here/)
    const answer = await ask(alice, fleetRoom, '!whoami', /human-founder, a founder/)
    expect(answer.text).not.toMatch(/!login/)
    await ask(alice, 'breakroom', '!resume', /^All roles go on/)
  })

  test('somebody else is not let in by it', async () => {
    const mallory = await fleet.person('mallory')
    await ask(mallory, fleetRoom, '!whoami', /human-mallory-via-local, a member/)
  })

  test('a change of nick ends it, and who takes the old nick does not inherit it', async () => {
    alice.send('NICK alice2')
    await alice.waitFor(/ NICK :?alice2/)
    await ask(alice, fleetRoom, '!whoami', /human-alice2-via-local, a member/)
    const heir = await fleet.person('alice')
    await ask(heir, fleetRoom, '!whoami', /human-alice-via-local, a member/)
    alice.send('NICK alice3')
    await alice.waitFor(/ NICK :?alice3/)
  })

  test('a login ends with the bridge, because who has the nick after that was not seen', async () => {
    await ask(alice, 'breakroom', `!login ${word}`, /^You have the rights of founder here/)
    await ask(alice, fleetRoom, '!whoami', /human-founder, a founder/)
    await fleet.kill('up')
    await fleet.start('up')
    expect(fleet.outputOf('up')).not.toContain('!login')
    await ask(alice, fleetRoom, '!whoami', /human-alice3-via-local, a member/)
  })

  test('a login ends with leaving the room', async () => {
    await ask(alice, 'breakroom', `!login ${word}`, /^You have the rights of founder here/)
    alice.send('PART #breakroom')
    await alice.waitFor(/ PART #breakroom/)
    await alice.join(fleetRoom)
    await ask(alice, fleetRoom, '!whoami', /human-alice3-via-local, a member/)
  })

  test('after five wrong words the right one is refused too', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      await ask(alice, 'breakroom', `!login ${wrongWord}-${attempt}`, /^That word is not right/)
    }
    await ask(alice, 'breakroom', `!login ${word}`, /^Too many tries\. Wait ten minutes/)
    await ask(alice, fleetRoom, '!whoami', /a member/)
  })

  test('no word that was tried is in a stream, in the spool or in a log', async () => {
    const record = [...(await fleet.record('events')), ...(await fleet.record('private'))]
    const kept = record.map(({ bytes }) => new TextDecoder().decode(bytes)).join('\n')
    const files = textsIn(fleet.home)
    for (const secret of [word, wrongWord, saidInTheRoom]) {
      expect(kept).not.toContain(secret)
      expect(files.filter((text) => text.includes(secret))).toEqual([])
    }
    expect(kept).toContain('!login «redacted:login»')
  })
})
