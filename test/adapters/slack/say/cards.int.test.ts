import { describe, expect, it } from 'vitest'
import type { OutgoingCard } from '../../../../ports/chat.ts'
import { card, speechWorkspace } from './speech-workspace.ts'

const of = (state: string, shown: string | null = null): OutgoingCard => ({
  id: 'card-k1',
  room: 'breakroom',
  card: card(state),
  shown,
})

describe('showing a card', () => {
  it('posts it once and changes it in place', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const speech = workspace.speech()

    const id = await speech.showCard(of('open'))
    expect(await speech.showCard(of('being worked on', id))).toBe(id)

    expect(states(workspace)).toEqual(['being worked on'])
    expect(id).toBe(`${slack.team.id}:${channel.id}:${slack.messages(channel)[0]?.ts}`)
  })

  it('changes it even when whoever asks does not know yet where it is, also after a restart', async () => {
    await using workspace = await speechWorkspace()
    const before = workspace.speech()
    const id = await before.showCard(of('open'))
    expect(await before.showCard(of('claimed'))).toBe(id)
    await before.stop()

    expect(await workspace.speech().showCard(of('done'))).toBe(id)
    expect(states(workspace)).toEqual(['done'])
  })

  it('shows only the newest of the states that wait, and tells everybody who asked', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()
    const ids = await Promise.all(Array.from({ length: 50 }, (_, n) => speech.showCard(of(`state ${n}`))))
    expect(new Set(ids).size).toBe(1)
    expect(states(workspace)).toEqual(['state 49'])
    expect(workspace.posts('chat.update').length + workspace.posts().length).toBeLessThanOrEqual(2)
    expect(speech.queued).toBe(0)
  })

  it('posts it anew when somebody deleted it', async () => {
    await using workspace = await speechWorkspace()
    const { slack, channel } = workspace
    const speech = workspace.speech()
    const id = await speech.showCard(of('open'))
    const [message] = slack.messages(channel)
    if (message !== undefined) slack.delete(message)

    const anew = await speech.showCard(of('claimed', id))

    expect(anew).not.toBe(id)
    expect(await speech.showCard(of('done', id))).toBe(anew)
    expect(states(workspace)).toEqual(['done'])
  })

  it('F39: shows one card when the answer was lost', async () => {
    await using workspace = await speechWorkspace()
    const { slack } = workspace
    const speech = workspace.speech()
    slack.faults.loseAnswer('chat.postMessage')
    const id = await speech.showCard(of('open'))
    slack.faults.loseAnswer('chat.update')
    expect(await speech.showCard(of('claimed', id))).toBe(id)
    expect(states(workspace)).toEqual(['claimed'])
  })

  it('refuses a room without a channel, and rejects what waits when it is stopped', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()
    await expect(speech.showCard({ ...of('open'), room: 'elsewhere' })).rejects.toMatchObject({ code: 'undeliverable' })
    workspace.slack.faults.down()
    const waiting = expect(speech.showCard(of('open'))).rejects.toMatchObject({ code: 'closed' })
    await speech.stop()
    await waiting
  })
})

/** The state that each card in the channel shows. */
function states(workspace: Awaited<ReturnType<typeof speechWorkspace>>): string[] {
  return workspace.shown().map(({ text }) => text.match(/being worked on|claimed|done|open|state \d+/)?.[0] ?? text)
}
