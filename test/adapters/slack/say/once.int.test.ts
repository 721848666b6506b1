import { describe, expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { as, line, speechWorkspace } from './speech-workspace.ts'

describe('showing a line once', () => {
  it('shows a line once when its id is posted twice, together or later', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()

    const [first, together] = await Promise.all([
      speech.post(line('same', 'only once')),
      speech.post(line('same', 'only once')),
    ])
    const later = await speech.post(line('same', 'only once'))

    expect(first.how).toBe('confirmed')
    expect(together).toEqual({ ids: first.ids, how: 'seen' })
    expect(later).toEqual({ ids: first.ids, how: 'seen' })
    expect(workspace.shown()).toHaveLength(1)
  })

  it('finds after a restart what was posted before, in the channel and in a thread, and keeps its ids', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel, alice } = workspace
    const root = slack.say(alice, channel, 'a question')
    const thread = `${slack.team.id}:${channel.id}:${root.ts}`
    const lines = [
      line('1', 'one', as('ceo')),
      line('2', 'two', as('ceo')),
      line('3', 'three', { ...as('cto'), thread }),
      line('4', 'word '.repeat(1_500)),
      line('5', 'word '.repeat(5_000)),
    ]
    const before = workspace.speech()
    const first = await Promise.all(lines.map((one) => before.post(one)))
    await before.stop()
    const posts = workspace.posts().length
    const files = slack.files(channel).length

    const after = workspace.speech()
    const again = await Promise.all(lines.map((one) => after.post(one)))

    expect(again).toEqual(first.map(({ ids }) => ({ ids, how: 'seen' })))
    expect(workspace.posts()).toHaveLength(posts)
    expect(slack.files(channel)).toHaveLength(files)
  })

  it('F39: looks before it posts again when the answer was lost, and finds what is there', async () => {
    await using workspace = await speechWorkspace()
    workspace.slack.faults.loseAnswer('chat.postMessage')

    const posted = await workspace.speech().post(line('1', 'hello'))

    expect(workspace.shown()).toEqual([{ by: 'breakroom', text: 'hello' }])
    expect(posted).toEqual({ ids: [expect.stringMatching(/./)], how: 'confirmed' })
  })

  it('F39: posts again when the message was not taken, in a thread too', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel, alice } = workspace
    const root = slack.say(alice, channel, 'a question')
    slack.faults.serverError('chat.postMessage')
    const thread = `${slack.team.id}:${channel.id}:${root.ts}`

    const posted = await workspace.speech().post(line('1', 'an answer', { thread }))

    expect(slack.thread(root).map(({ text }) => text)).toEqual(['a question', 'an answer'])
    expect(posted.how).toBe('confirmed')
  })

  it('F39: finds all lines of a message whose answer was lost, and posts what came meanwhile behind them', async () => {
    await using workspace = await speechWorkspace()
    const { slack } = workspace
    const speech = workspace.speech()
    await speech.post(line('0', 'first'))
    slack.faults.loseAnswer('chat.postMessage')

    const lost = Promise.all(['1', '2', '3'].map((id) => speech.post(line(id, `line ${id}`))))
    await until('it is lost', () => workspace.posts().some(({ answer }) => answer === 'lost'))
    const behind = speech.post(line('4', 'line 4'))

    const ids = [...(await lost), await behind].flatMap((posted) => posted.ids)
    expect(workspace.shown().flatMap(({ text }) => text.split('\n'))).toEqual([
      'first',
      'line 1',
      'line 2',
      'line 3',
      'line 4',
    ])
    expect(new Set(ids).size).toBe(4)
  })

  it('F39: tells people that an earlier copy may exist when nobody may look', async () => {
    await using workspace = await speechWorkspace()
    const { slack, hub, cto } = workspace
    const speech = workspace.speech()
    await speech.post(line('0', 'first'))
    for (const app of [hub, cto]) app.scopes = new Set([...app.scopes].filter((scope) => !scope.endsWith(':history')))
    slack.faults.loseAnswer('chat.postMessage')

    const posted = await speech.post(line('1', 'twice at worst'))

    expect(posted.how).toBe('ambiguous')
    const again = 'twice at worst\n_(this may be here twice: Slack did not say whether it took it)_'
    expect(workspace.shown().map(({ text }) => text)).toEqual(['first', 'twice at worst', again])
  })

  it('F39: finds a file whose answer was lost', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    slack.faults.loseAnswer('files.completeUploadExternal')

    const posted = await workspace.speech().post(line('long', 'word '.repeat(5_000)))

    expect(posted.how).toBe('confirmed')
    const [message] = slack.messages(channel)
    expect(message && slack.thread(message)).toHaveLength(2)
  })

  it('believes nobody else who writes such metadata', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const stranger = slack.app({ name: 'stranger' })
    slack.join(stranger, channel)
    await fetch(`${slack.url}chat.postMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stranger.botToken}` },
      body: JSON.stringify({
        channel: channel.id,
        text: 'forged',
        metadata: { event_type: 'breakroom_lines', event_payload: { ids: ['1'] } },
      }),
    })

    const posted = await workspace.speech().post(line('1', 'the real one'))

    expect(posted.how).toBe('confirmed')
    expect(workspace.shown().map(({ text }) => text)).toEqual(['forged', 'the real one'])
  })

  it('waits while Slack is away, and then says all of it once and in order', async () => {
    await using workspace = await speechWorkspace()
    const { slack } = workspace
    const speech = workspace.speech()
    await speech.post(line('0', '0'))
    slack.faults.down()
    const posted = Promise.all(['1', '2', '3'].map((id) => speech.post(line(id, id))))
    await until('it was tried', () => workspace.posts().length > 1)
    expect(speech.queued).toBe(3)

    slack.faults.up()

    await posted
    expect(workspace.shown().flatMap(({ text }) => text.split('\n'))).toEqual(['0', '1', '2', '3'])
  })

  it('rejects what waits when it is stopped, and what comes after', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()
    workspace.slack.faults.down()
    const waiting = speech.post(line('1', 'too late'))
    const rejected = expect(waiting).rejects.toMatchObject({ code: 'closed' })

    await Promise.all([speech.stop(), speech.stop()])

    await rejected
    await expect(speech.post(line('2', 'later'))).rejects.toMatchObject({ code: 'closed' })
    expect(speech.queued).toBe(0)
  })

  it('lets a post that is under way come to its end when it is stopped', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()
    await speech.post(line('0', 'first'))
    workspace.slack.faults.slow('chat.postMessage', 100)
    const posted = speech.post(line('1', 'just in time'))
    await until('it is under way', () => workspace.posts().length === 2 || workspace.shown().length === 2)

    await speech.stop()

    expect((await posted).how).toBe('confirmed')
  })
})
