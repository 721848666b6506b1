import { describe, expect, it } from 'vitest'
import { until } from '../../../support/process.ts'
import { as, line, speechWorkspace } from './speech-workspace.ts'

describe('what Slack does not let us say', () => {
  it('says where the house is not, and how to mend it', async () => {
    await using workspace = await speechWorkspace()
    const { slack, hub, channel } = workspace
    slack.leave(hub, channel)
    hub.scopes = new Set([...hub.scopes].filter((scope) => scope !== 'chat:write.public'))
    await expect(workspace.speech().post(line('1', 'x'))).rejects.toMatchObject({
      code: 'undeliverable',
      message: expect.stringMatching(/breakroom .*\/invite @breakroom/),
    })
  })

  it('refuses a room without a channel and a voice that there is not', async () => {
    await using workspace = await speechWorkspace()
    const speech = workspace.speech()
    const undeliverable = { code: 'undeliverable' }
    await expect(speech.post(line('1', 'x', { target: { room: 'elsewhere' } }))).rejects.toMatchObject(undeliverable)
    await expect(speech.post(line('2', 'x', as('stranger')))).rejects.toMatchObject(undeliverable)
  })

  it('refuses what is said in an archived channel, and goes on with the next line', async () => {
    await using workspace = await speechWorkspace()
    const { channel } = workspace
    const speech = workspace.speech()
    channel.archived = true
    await expect(speech.post(line('1', 'x'))).rejects.toMatchObject({ message: expect.stringMatching(/archived/) })
    channel.archived = false
    expect((await speech.post(line('2', 'y'))).how).toBe('confirmed')
  })

  it("speaks through the house where a role's own app has not been invited, under the role's name", async () => {
    await using workspace = await speechWorkspace()
    const { slack, cto, channel } = workspace
    slack.leave(cto, channel)
    cto.scopes = new Set([...cto.scopes].filter((scope) => scope !== 'chat:write.public'))
    const speech = workspace.speech()

    for (const id of ['1', '2', '3']) await speech.post(line(id, `line ${id}`, as('cto')))

    expect(slack.messages(channel).filter(({ text }) => text.startsWith('line'))).toEqual(
      ['1', '2', '3'].map((id) => expect.objectContaining({ username: 'cto', text: `line ${id}` })),
    )
    // It is not asked every time.
    expect(workspace.posts().filter(({ answer }) => answer === 'not_in_channel')).toHaveLength(1)
  })

  it("speaks through the house when a role's token was revoked", async () => {
    await using workspace = await speechWorkspace()
    const { slack, cto } = workspace
    slack.faults.revoke(cto)
    const posted = await workspace.speech().post(line('1', 'still here', as('cto')))
    expect(posted.how).toBe('confirmed')
    expect(workspace.shown()).toEqual([{ by: 'cto', text: 'still here' }])
  })

  it("waits for the house's token to be mended", async () => {
    await using workspace = await speechWorkspace()
    const { slack, hub } = workspace
    const speech = workspace.speech()
    await speech.post(line('0', 'first'))
    slack.faults.revoke(hub)
    const posted = speech.post(line('1', 'second'))
    await until('it was tried', () => workspace.posts().some(({ answer }) => answer === 'token_revoked'))

    slack.faults.restore(hub)

    expect((await posted).how).toBe('confirmed')
    expect(workspace.shown().map(({ text }) => text)).toEqual(['first', 'second'])
  })

  it('waits until it knows the channels', async () => {
    await using workspace = await speechWorkspace()
    const ready = Promise.withResolvers<void>()
    let known = false
    const speech = workspace.speech({
      whenReady: () => ready.promise,
      channelOf: () => (known ? workspace.channel.id : null),
    })
    const posted = speech.post(line('1', 'hello'))
    expect(speech.queued).toBe(1)

    known = true
    ready.resolve()

    expect((await posted).how).toBe('confirmed')
  })
})
