import { expect, test } from 'vitest'
import { workspace } from './workspace.ts'

const minute = 60_000

test('F37: what was missed is read back by a house whose clock is an hour ahead of Slack’s', async () => {
  const { slack, clock, hub, heardUntil, hearing, passing } = await workspace()
  await using _ = slack
  const alice = slack.user('alice')
  const channel = slack.channel({ name: 'general', members: [alice, hub] })
  heardUntil('breakroom', slack.say(alice, channel, 'before us'))
  await clock.advance(minute)
  const ahead = { ...clock, now: () => new Date(clock.now().getTime() + 60 * minute) }
  const { hearing: ears, lines } = hearing({ breakroom: channel }, { clock: ahead })
  await passing(ears.catchUp('breakroom', null))
  const live = { ...slack.say(alice, channel, 'heard'), channel_type: 'channel' }
  await passing(ears.onEvent('breakroom', { team_id: slack.team.id, retry: 0, event: live }))

  const since = ahead.now()
  slack.say(alice, channel, 'missed')
  await clock.advance(20 * minute)
  await passing(ears.catchUp('breakroom', since))

  expect(lines.map(({ text }) => text)).toEqual(['heard', 'missed'])
})
