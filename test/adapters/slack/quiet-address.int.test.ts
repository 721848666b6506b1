import { expect, test } from 'vitest'
import { until } from '../../support/process.ts'
import { startSlackNetwork, startWorkspace } from '../../support/slack-network.ts'

test('F36: what was said while nothing reaches our address is heard, though nothing ever does', async () => {
  await using workspace = await startWorkspace()
  const { slack, channel } = workspace
  const alice = slack.user('alice')
  slack.join(alice, channel)
  // In HTTP mode no socket is opened, and nobody brings the requests here.
  await using house = startSlackNetwork({ ...workspace, apps: {} }, { mode: 'http', timing: { requestSilence: 100 } })
  await house.network.ready(5_000)
  slack.say(alice, channel, 'is anybody there?')
  await until('it is heard', () => house.lines.length > 0)
  expect(house.lines.map(({ text, replayed }) => [text, replayed])).toEqual([['is anybody there?', true]])
  // It was never down: nobody is told anything.
  expect(house.states.map(({ up }) => up)).toEqual([true])

  slack.say(alice, channel, 'hello?')
  await until('it is heard', () => house.lines.length > 1)
  expect(house.lines.map(({ text }) => text)).toEqual(['is anybody there?', 'hello?'])
  expect(house.gaps).toEqual([])
})
