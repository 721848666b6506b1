import { expect, it } from 'vitest'
import { line, speechWorkspace } from './speech-workspace.ts'

it('a line that names a thread of another channel is said in its own channel, in none', async () => {
  await using workspace = await speechWorkspace()
  const { slack, alice, hub, channel } = workspace
  const elsewhere = slack.channel({ name: 'board', members: [alice, hub] })
  const root = slack.say(alice, elsewhere, 'between us')

  await workspace.speech().post(line('1', 'hello', { thread: `${slack.team.id}:${elsewhere.id}:${root.ts}` }))

  expect(slack.messages(channel).map(({ text, thread_ts }) => [text, thread_ts])).toEqual([['hello', undefined]])
  expect(workspace.posts().map(({ args }) => 'thread_ts' in args)).toEqual([false])
})
