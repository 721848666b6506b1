import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hears } from '../support/conversation.ts'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import { cardOf, cardSays } from '../support/slack-card.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'

describe('tasks in Slack', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let ada: SlackPerson
  let grace: SlackPerson
  let guest: SlackPerson
  let bob: IrcPerson

  beforeAll(async () => {
    workspace = await startWorkspace()
    ada = slackPerson(workspace, 'Ada')
    grace = slackPerson(workspace, 'Grace')
    guest = slackPerson(workspace, { name: 'Gus', kind: 'guest' })
    const people = {
      ada: { name: 'Ada', tier: 'member' as const, member: ada.user.id },
      grace: { name: 'Grace', tier: 'founder' as const, member: grace.user.id },
      // Whatever is written about a guest of the workspace, they only read and ask.
      gus: { name: 'Gus', tier: 'founder' as const, member: guest.user.id },
    }
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], slack: { ...workspace, people } })
    await fleet.start('up')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const card = (label: string) => cardOf(workspace, label)
  const says = (label: string, text: RegExp) => cardSays(workspace, label, text)

  test('a form asks for what is needed, says beside a field what is wrong with it, and files the task', async () => {
    const { slack } = workspace
    await ada.slash('assign cto "Add rate limiting"')
    const form = await ada.form()
    expect(JSON.stringify(form)).toContain('Add rate limiting')
    const refused = await slack.submit(ada.user, form, { br_accept: '429', br_due: 'whenever' })
    expect(refused).toMatchObject({ closed: false, errors: { br_due: expect.stringMatching(/\S/) } })
    const filed = await slack.submit(ada.user, form, { br_due: '2h', br_approval: 'yes' })
    expect(filed).toMatchObject({ closed: true, errors: {} })

    await ada.isTold(/t-1 is with cto: "Add rate limiting"/)
    await says('t-1', /open/)
    // On IRC the same task is told in words.
    await hears(bob, /t-1 is here: "Add rate limiting"/, 0)
  })

  test('the card is changed in place by presses, each with the rights of who pressed', async () => {
    const { slack } = workspace
    await ada.press(card('t-1'), 'br_press:ack')
    await ada.isTold(/t-1 .*acknowledged/)

    const before = guest.told
    await guest.press(card('t-1'), 'br_press:stop')
    await guest.isTold(/Only a member or a founder may change what was assigned.*\(rule: tier\)/, before)
    expect(card('t-1').text).not.toMatch(/cancelled/)

    await ada.press(card('t-1'), 'br_press:done')
    expect(await slack.submit(ada.user, await ada.form(), { br_said: 'merged as #12' })).toMatchObject({ closed: true })
    await says('t-1', /yes/)
  })

  test('an approval shows what is approved; its author and a guest are denied, another person is not', async () => {
    const waiting = await says('t-1', /merged as #12/)
    const mine = ada.told
    await ada.press(waiting, 'br_press:approve')
    await ada.isTold(/cannot judge t-1|cannot also judge/, mine)
    const theirs = guest.told
    await guest.press(waiting, 'br_press:approve')
    await guest.isTold(/Only a member or a founder may approve/, theirs)
    expect(card('t-1').text).not.toMatch(/: done/)

    await grace.press(card('t-1'), 'br_press:approve')
    await says('t-1', /done/)
    await grace.seesIn(card('t-1'), /t-1 "Add rate limiting" is done/)
  })

  test('a message becomes a task, and a receipt can be undone', async () => {
    const { slack } = workspace
    const said = ada.say('The login page is slow on phones')
    await slack.shortcut(ada.user, said, 'br_make_task')
    const form = await ada.form()
    expect(JSON.stringify(form)).toContain('The login page is slow on phones')
    const values = { br_role: 'cto', br_accept: 'under a second on 3G' }
    expect(await slack.submit(ada.user, form, values)).toMatchObject({ closed: true })
    const receipt = await ada.isTold(/t-2 is with cto/)
    await ada.press(receipt, actionIn(receipt))
    await says('t-2', /cancelled/)
  })

  test('people write to a role and to the house alone', async () => {
    const { slack, apps, hub } = workspace
    slack.dm(ada.user, apps.cto as NonNullable<typeof apps.cto>, 'ping')
    await ada.reads(apps.cto as NonNullable<typeof apps.cto>, /^pong/)
    slack.dm(ada.user, hub, 'whoami')
    await ada.reads(hub, /you are human-ada, a member/)
    expect(JSON.stringify(await fleet.lines())).not.toContain('whoami')
  })

  test('commands work in threads, as text', async () => {
    const thread = ada.say('about tasks')
    ada.say('@breakroom tasks', thread)
    await ada.seesIn(thread, /No task is open/)
    ada.say('!help agents', thread)
    await ada.seesIn(thread, /agents/)
    // Under a task's card that task is meant.
    ada.say('!task', card('t-1'))
    await ada.seesIn(card('t-1'), /t-1 "Add rate limiting" is with cto: done/)
    ada.say('@breakroom cto ping', thread)
    await ada.seesIn(thread, /pong/)
  })

  test('Home shows what waits and stops the fleet for who may', async () => {
    const { slack, hub } = workspace
    slack.openHome(ada.user, hub)
    const home = await until('Home is there', () => slack.home(ada.user, hub))
    expect(JSON.stringify(home)).toMatch(/cto/)
    await ada.press(home, 'br_press:fleet-stop')
    await until('the fleet stands still', async () => {
      const { stdout } = await fleet.command(['status', '--json'])
      return JSON.parse(stdout).roles.every(({ state }: { state: string }) => state === 'stopped')
    })
    await grace.slash('resume')
    await grace.isTold(/go on|resumed|goes on/i)
  })

  test('an unknown word is answered with what may have been meant, for their eyes alone', async () => {
    await ada.slash('taks')
    await ada.isTold(/Did you mean \/br tasks\?/)
  })
})

/** The action id of a message's first button. */
function actionIn({ blocks = [] }: { blocks?: object[] }): string {
  const found = /"action_id":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1]
  if (found === undefined) throw new Error('there is no button')
  return found
}
