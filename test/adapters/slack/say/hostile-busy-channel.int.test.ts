import { expect, it } from 'vitest'
import { line, speechWorkspace } from './speech-workspace.ts'

it('F39: finds what was posted before a kill in a channel in which much was said since', async () => {
  await using workspace = await speechWorkspace()
  const { slack, alice, channel } = workspace
  slack.faults.rateLimits(false)
  await workspace.speech().post(line('1', 'once'))
  for (let n = 0; n < 450; n++) slack.say(alice, channel, `line ${n}`)

  expect((await workspace.speech().post(line('1', 'once'))).how).toBe('seen')
  expect(workspace.shown().filter(({ text }) => text === 'once')).toHaveLength(1)
  expect(workspace.posts('conversations.history')).toHaveLength(1 + 3)
})
