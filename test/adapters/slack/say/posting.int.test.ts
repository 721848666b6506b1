import { describe, expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'
import { as, line, speechWorkspace } from './speech-workspace.ts'

describe('speaking in a channel', () => {
  it('shows the house and a role with an app as these, and another role under its name and picture', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const speech = workspace.speech()

    await speech.post(line('1', 'from the **house**'))
    await speech.post(line('2', 'from cto', as('cto')))
    await speech.post(line('3', 'from ceo', as('ceo')))

    expect(workspace.shown()).toEqual([
      { by: 'breakroom', text: 'from the *house*' },
      { by: 'cto', text: 'from cto' },
      { by: 'ceo', text: 'from ceo' },
    ])
    expect(slack.messages(channel)[2]?.icons).toEqual({ emoji: ':crown:' })
  })

  it('gives the id of the message and writes the id of the line into it', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace

    const posted = await workspace.speech().post(line('abc', 'hello'))

    const [message] = slack.messages(channel)
    expect(posted).toEqual({ ids: [`${slack.team.id}:${channel.id}:${message?.ts}`], how: 'confirmed' })
    expect(channel.messages[0]?.metadata).toEqual({ event_type: 'breakroom_lines', event_payload: { ids: ['abc'] } })
  })

  it('S18: asks for no preview of any link, in whatever it posts', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    await workspace.speech().post(line('1', 'see https://evil.example/?d=secret'))
    expect(slack.messages(channel)[0]?.unfurl).toEqual({ links: false, media: false })
  })

  it('F38: shows 100 lines said at once: none dropped, in order, at most one post a second', async () => {
    const clock = createVirtualClock()
    await using workspace = await speechWorkspace({ clock })
    const { slack, channel } = workspace
    const speech = workspace.speech({ timing: { ...fast, postEvery: 1_000 } })

    let settled = 0
    const posted = Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        speech.post(line(`l${n}`, `line ${n}`, as('ceo'))).finally(() => settled++),
      ),
    )
    await until('all are posted', async () => {
      await clock.advance(100)
      return settled === 100
    })

    expect(textsIn(slack.messages(channel))).toEqual(Array.from({ length: 100 }, (_, n) => `line ${n}`))
    const ids = (await posted).flatMap((one) => one.ids)
    expect(new Set(ids).size).toBe(100)
    expect(workspace.posts().length).toBeLessThanOrEqual(3)
    for (const gap of gapsBetween(workspace.posts())) expect(gap).toBeGreaterThanOrEqual(1_000)
    expect(speech.queued).toBe(0)
  })

  it('F38: gives voices that take turns in a backlog a message for each turn, in order, one a second', async () => {
    const clock = createVirtualClock()
    await using workspace = await speechWorkspace({ clock })
    const speech = workspace.speech({ timing: { ...fast, postEvery: 1_000 } })
    const said = ['ceo', 'ceo', 'ear', 'ceo', 'ear', 'ear']

    let settled = 0
    for (const [n, who] of said.entries()) {
      void speech.post(line(`${n}`, `${n}`, who === 'ear' ? {} : as(who))).finally(() => settled++)
    }
    await until('all are posted', async () => {
      await clock.advance(100)
      return settled === said.length
    })

    expect(workspace.shown()).toEqual([
      { by: 'ceo', text: '0\n1' },
      { by: 'breakroom', text: '2' },
      { by: 'ceo', text: '3' },
      { by: 'breakroom', text: '4\n5' },
    ])
    expect(gapsBetween(workspace.posts())).toEqual([1_000, 1_000, 1_000])
  })

  it('F38: waits as long as Slack says and goes on in order, dropping nothing', async () => {
    const clock = createVirtualClock()
    await using workspace = await speechWorkspace({ clock })
    const { slack, channel } = workspace
    slack.faults.rateLimit('chat.postMessage', 30, 1)
    const speech = workspace.speech()
    const start = clock.monotonic()

    let settled = 0
    for (let n = 0; n < 20; n++) void speech.post(line(`${n}`, `${n}`)).finally(() => settled++)
    await until('all are posted', async () => {
      await clock.advance(500)
      return settled === 20
    })

    expect(textsIn(slack.messages(channel))).toEqual(Array.from({ length: 20 }, (_, n) => `${n}`))
    expect(clock.monotonic() - start).toBeGreaterThanOrEqual(30_000)
  })

  it('answers in a thread, and in the channel when that thread is gone', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel, alice } = workspace
    const root = slack.say(alice, channel, 'a question')
    const speech = workspace.speech()
    const thread = `${slack.team.id}:${channel.id}:${root.ts}`

    await speech.post(line('1', 'an answer', { thread }))
    await speech.post(line('2', 'lost', { thread: `${slack.team.id}:${channel.id}:1.000000` }))

    expect(slack.thread(root).map(({ text }) => text)).toEqual(['a question', 'an answer'])
    expect(slack.messages(channel).map(({ text }) => text)).toEqual(['a question', 'lost'])
  })

  it('draws what a reader can do with a press as buttons under the text', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const actions = [{ label: 'Undo', command: 'cancel t-1' }]
    const speech = workspace.speech()
    await Promise.all(['1', '2'].map((id) => speech.post(line(id, `task ${id}`, { actions }))))
    expect(slack.messages(channel).map(({ text, blocks }) => [text, blocks?.length])).toEqual([
      ['task 1', 2],
      ['task 2', 2],
    ])
  })

  it('has nothing to say for a text that is empty once control bytes are gone', async () => {
    await using workspace = await speechWorkspace()
    expect(await workspace.speech().post(line('1', '\x02\x03\r\n \n'))).toEqual({ ids: [], how: 'confirmed' })
    expect(workspace.shown()).toEqual([])
  })

  it('answers an edit, and one of several lines in a message, in the thread of the message', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel, alice } = workspace
    const root = slack.say(alice, channel, 'a question')
    const of = `${slack.team.id}:${channel.id}:${root.ts}`
    const speech = workspace.speech()
    await speech.post(line('1', 'to the edit', { thread: `${of}:${root.ts}` }))
    await speech.post(line('2', 'to the second line', { thread: `${of}#2` }))
    expect(slack.thread(root).map(({ text }) => text)).toEqual(['a question', 'to the edit', 'to the second line'])
  })

  it('shows a long text as its beginning with the whole of it in a file in its thread', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const text = `${'wörd '.repeat(8_000)}end`

    const posted = await workspace.speech().post(line('long', text, as('cto')))

    const [message] = slack.messages(channel)
    expect(message?.text.length).toBeLessThan(600)
    expect(posted).toEqual({ ids: [`${slack.team.id}:${channel.id}:${message?.ts}`], how: 'confirmed' })
    expect(slack.files(channel).map(({ bytes }) => bytes.toString())).toEqual([text])
    expect(message && slack.thread(message)).toHaveLength(2)
  })

  it('shows a long text in pieces where files are not allowed', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel, hub } = workspace
    hub.scopes = new Set([...hub.scopes].filter((scope) => scope !== 'files:write'))
    slack.faults.rateLimits(false)
    const text = `${'word '.repeat(4_000)}end`

    await workspace.speech().post(line('long', text))

    const words = slack
      .messages(channel)
      .slice(1)
      .flatMap((message) => message.text.split(/\s+/))
    expect(words.join(' ')).toContain(text.split(/\s+/).slice(-3_000).join(' '))
  })

  it('makes the pieces of a line smaller when Slack finds it too long', async () => {
    await using workspace = await speechWorkspace()
    workspace.slack.faults.error('chat.postMessage', 'msg_too_long', 1)
    await workspace.speech().post(line('1', 'word '.repeat(700)))
    expect(workspace.shown().length).toBe(2)
  })
})

const fast = { call: 5_000, retryBase: 20, retryCap: 100, goodbye: 300 }

function textsIn(messages: { text: string }[]): string[] {
  return messages.flatMap(({ text }) => text.split('\n'))
}

function gapsBetween(calls: { at: Date }[]): number[] {
  return calls.slice(1).map(({ at }, n) => at.getTime() - (calls[n]?.at.getTime() ?? 0))
}
