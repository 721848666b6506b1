import { expect, it } from 'vitest'
import type { OutgoingLine } from '../../../ports/chat.ts'
import { startSlackNetwork, startWorkspace } from '../../support/slack-network.ts'

const line: OutgoingLine = {
  id: 'line-1',
  as: { kind: 'ear' },
  target: { room: 'breakroom' },
  kind: 'say',
  text: 'once',
  mergeable: false,
}

it('F39: what was posted before a kill is recognised, however late Slack proves who we are at the next start', async () => {
  await using workspace = await startWorkspace()
  const { slack, channel, apps } = workspace
  const ctos: OutgoingLine = { ...line, id: 'line-2', text: 'and once', as: { kind: 'role', role: 'cto' } }
  {
    await using before = startSlackNetwork(workspace)
    await before.network.ready(5_000)
    await before.network.post(line)
    await before.network.post(ctos)
  }
  expect(slack.messages(channel).map(({ user }) => user)).toContain(apps.cto?.botUserId)

  slack.faults.slow('auth.test', 300)
  slack.faults.slow('auth.test', 300)
  slack.faults.slow('auth.test', 300)
  await using after = startSlackNetwork(workspace)
  const posted = await Promise.all([after.network.post(line), after.network.post(ctos)])

  expect(slack.messages(channel).map(({ text }) => text)).toEqual(['once', 'and once'])
  expect(posted.map(({ how }) => how)).toEqual(['seen', 'seen'])
  expect(posted[0]?.ids[0]).toMatch(`${slack.team.id}:${channel.id}:`)
})
