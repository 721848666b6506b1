import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import type { IrcPerson } from '../support/irc-person.ts'
import { until } from '../support/process.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import type { SlackUser } from '../support/slack/user.ts'
import { cardOf } from '../support/slack-card.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'
import { type SlackRecord, slackRecord } from '../support/slack-record.ts'

describe('attacks on a fleet from inside its workspace', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let record: SlackRecord
  let ada: SlackPerson
  let grace: SlackPerson
  let bob: IrcPerson
  /** By what they are. */
  let outsiders: Record<string, SlackPerson>
  let triggers = 0

  beforeAll(async () => {
    workspace = await startWorkspace()
    const { slack, channel } = workspace
    // What is shown and pressed here is not about how fast Slack lets us post.
    slack.faults.rateLimits(false)
    ada = slackPerson(workspace, 'Ada')
    grace = slackPerson(workspace, 'Grace')
    outsiders = {
      'a guest who is linked as a founder': slackPerson(workspace, { name: 'Gus', kind: 'guest' }),
      'a single-channel guest': slackPerson(workspace, { name: 'Sina', kind: 'single-channel-guest' }),
      'a stranger of another team, linked by the bare id': slackPerson(workspace, { name: 'Zoe', kind: 'stranger' }),
      'a member of the workspace whom nobody linked': slackPerson(workspace, 'Nell'),
      'somebody who is not in the channel': slackPerson(workspace, 'Olaf'),
    }
    slack.leave(userOf('somebody who is not in the channel'), channel)
    const member = (name: string, { id }: SlackUser, tier: 'member' | 'founder') => ({ name, tier, member: id })
    const people = {
      ada: member('Ada', ada.user, 'member'),
      grace: member('Grace', grace.user, 'member'),
      gus: member('Gus', userOf('a guest who is linked as a founder'), 'founder'),
      zoe: member('Zoe', userOf('a stranger of another team, linked by the bare id'), 'founder'),
    }
    fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'], slack: { ...workspace, people } })
    record = slackRecord(fleet, workspace)
    await fleet.start('up')
    bob = await fleet.person('bob')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const userOf = (who: string): SlackUser => {
    const found = outsiders[who]
    if (found === undefined) throw new Error(`nobody is ${who}`)
    return found.user
  }

  const card = (label: string) => cardOf(workspace, label)

  /** Everything that ever happened to tasks, in order. */
  const taskEvents = async () =>
    (await fleet.record('events')).map(({ subject }) => subject).filter((subject) => subject.includes('.task.'))

  /** A press as Slack brings it to the house's app, on a button with this value. */
  function pressed(user: SlackUser, value: string, trigger = `forged.${++triggers}`) {
    const { slack, hub, channel } = workspace
    return slack.interact(hub, {
      type: 'block_actions',
      api_app_id: hub.appId,
      team: { id: slack.team.id },
      user: { id: user.id, team_id: user.teamId },
      trigger_id: trigger,
      container: { type: 'message', channel_id: channel.id },
      channel: { id: channel.id },
      actions: [{ type: 'button', action_id: 'br_press:line-0', block_id: 'b', value }],
    })
  }

  const buttonValue = (command: string) => JSON.stringify({ command, asks: null, until: null })

  test('S9: nobody from outside approves or stops what waits, with a press on its card', async () => {
    await ada.slash('assign cto "Publish the page" accept: it is there')
    await ada.isTold(/t-1 is with cto/)
    await grace.slash('claim t-1')
    await grace.isTold(/t-1 .*is yours/)
    await grace.slash('done t-1 it is there')
    await until('it waits for a yes', () => /Approve/.test(card('t-1').text))
    const before = await taskEvents()

    for (const outsider of Object.values(outsiders)) {
      const { told } = outsider
      await outsider.press(card('t-1'), 'br_press:approve')
      await outsider.isTold(
        /^Only a member or a founder may approve or reject a result; you are a guest \(rule: tier\)/,
        told,
      )
      await outsider.press(card('t-1'), 'br_press:stop')
      await outsider.isTold(
        /^Only a member or a founder may change what was assigned; you are a guest \(rule: tier\)/,
        told,
      )
    }
    // Four eyes: who did the work does not judge it, with whatever button.
    const { told } = grace
    await grace.press(card('t-1'), 'br_press:approve')
    await grace.isTold(/cannot (also )?judge/, told)
    expect(await taskEvents()).toEqual(before)

    // The same buttons do what they say for who may press them.
    await ada.press(card('t-1'), 'br_press:approve')
    await until('it is done', () => /: done/.test(card('t-1').text))
  })

  test('S9: nobody from outside undoes what another person was given a receipt for, nor presses what no button says', async () => {
    const told = ada.told
    await ada.slash('assign cto "Keep the page" accept: it stays')
    const receipt = await ada.isTold(/t-2 is with cto/, told)
    const [, undo = ''] = /"value":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(receipt.blocks)) ?? []
    const value: string = JSON.parse(`"${undo}"`)
    expect(value).toContain('cancel t-2')
    await until('its seat has acknowledged it', () => /acknowledged/.test(card('t-2').text))
    const before = await taskEvents()
    for (const outsider of Object.values(outsiders)) {
      const seen = outsider.told
      expect(await pressed(outsider.user, value)).toMatchObject({ ok: true })
      // Whom Slack shows nothing in the channel is told alone.
      await deniedSomewhere(outsider, /^Only a member or a founder may change what was assigned/, seen)
    }
    const gus = userOf('a guest who is linked as a founder')
    for (const forged of [
      `{"command":"cancel t-2"}`,
      'cancel t-2',
      buttonValue('cancel t-2').replace('null', '7'),
      '[]',
    ]) {
      expect(await pressed(gus, forged)).toMatchObject({ ok: true })
    }
    expect(await taskEvents()).toEqual(before)
    expect(card('t-2').text).not.toMatch(/cancelled/)
  })

  test('S9: a press that comes again is one press', async () => {
    const { told } = ada
    for (let n = 0; n < 3; n++) await pressed(ada.user, buttonValue('whoami'), 'the same trigger')
    await ada.isTold(/you are human-ada/, told)
    await ada.slash('agents')
    await ada.isTold(/Here/, told)
    const answers = workspace.slack.ephemerals(ada.user, workspace.channel).slice(told)
    expect(answers.filter(({ text }) => /you are human-ada/.test(text))).toHaveLength(1)
  })

  test('S9, S12: nobody from outside stops a role or assigns, in whatever way; they are answered when they ask', async () => {
    const before = await taskEvents()
    const asked: SlackMessage[] = []
    for (const outsider of Object.values(outsiders)) {
      if (!workspace.channel.members.has(outsider.user.id)) continue
      const { told } = outsider
      await outsider.slash('stop cto')
      await outsider.isTold(/^Only a member or a founder may stop a role; you are a guest \(rule: tier\)/, told)
      await outsider.slash('assign cto "Give me the keys" accept: I have them')
      await outsider.isTold(/^Only a member or a founder may assign a task; you are a guest \(rule: tier\)/, told)
      asked.push(outsider.say('@cto ping'))
    }
    await record.answeredOnce(asked, 'cto')
    const commands = Object.values(outsiders).flatMap((outsider) =>
      workspace.channel.members.has(outsider.user.id)
        ? [outsider.say('!assign cto "Give me the keys" accept: mine')]
        : [],
    )
    for (const command of commands) await ada.seesIn(command, /Only a member or a founder may assign a task/)
    expect(await taskEvents()).toEqual(before)
    const { stdout } = await fleet.command(['status', '--json'])
    const states = JSON.parse(stdout).roles.map(({ state }: { state: string }) => state)
    expect(states).not.toContain('stopped')
  })

  test('S12: a bot under the name of a person is heard as a bot, wakes nobody and has no rights', async () => {
    const { slack, channel, apps } = workspace
    const forged = slack.post(channel, { username: 'Ada', text: `<@${apps.cto?.botUserId}> ping, says Ada` })
    const command = slack.post(channel, {
      username: 'Ada',
      text: '!assign cto "Give them the keys" accept: they have them',
    })
    await record.stored([forged, command])
    for (const message of [forged, command]) {
      const [line] = await record.linesOf(message)
      expect(line).toMatchObject({ data: { tier: 'none' } })
      expect(line?.actor).not.toBe('human-ada')
    }
    // Whatever they had woken would have answered before this.
    await record.answeredOnce([ada.say('@cto ping after a bot')], 'cto')
    await ada.slash('whoami')
    expect([...slack.thread(forged), ...slack.thread(command)]).toHaveLength(2)
    expect((await fleet.lines()).filter(({ data }) => /Give them the keys/.test(data.text))).toHaveLength(1)
  })

  test('S22: what is asked for in private shows nowhere else: not in the channel, on IRC or on the public record', async () => {
    const { slack, hub, channel } = workspace
    slack.dm(ada.user, hub, 'assign cto "Look for the xylophone" accept: it is found')
    const answer = await ada.reads(hub, /t-3 is with cto: "Look for the xylophone"/)
    expect(answer.text).toContain('t-3')
    const { told } = grace
    await grace.slash('task t-3')
    await grace.isTold(/There is no task t-3 that you can see/, told)
    await ada.slash('tasks')
    await record.answeredOnce([ada.say('@cto ping after a secret')], 'cto')
    const shown = slack.messages(channel).flatMap((message) => slack.thread(message))
    expect(JSON.stringify(shown)).not.toContain('xylophone')
    expect(JSON.stringify(bob.heard)).not.toContain('xylophone')
    const events = JSON.stringify(await fleet.record('events'))
    expect(events).toContain('"t-3"')
    expect(events).not.toContain('xylophone')
  })

  /** Resolves when somebody is told this for their eyes only, in the channel or in their conversation with the house. */
  function deniedSomewhere(person: SlackPerson, text: RegExp, before: number): Promise<SlackMessage> {
    const { slack, hub, channel } = workspace
    const places = () => [
      ...slack.ephemerals(person.user, channel).slice(before),
      ...slack.messages(slack.dmChannel(person.user, hub)),
    ]
    return until(`${person.user.name} is told ${text}`, () => places().find((message) => text.test(message.text)))
  }
})
