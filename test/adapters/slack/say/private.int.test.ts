import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { OutgoingLine } from '../../../../ports/chat.ts'
import { as, line, speechWorkspace } from './speech-workspace.ts'

describe('speaking to one person', () => {
  it("writes a DM with the voice's own app, and with the house's for a role without one", async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, hub, cto } = workspace
    const speech = workspace.speech()
    const target = { nick: alice.id, account: alice.id }

    const posted = await speech.post(line('1', 'from cto', { ...as('cto'), target }))
    await speech.post(line('2', 'from ceo', { ...as('ceo'), target }))
    await speech.post(line('1', 'from cto', { ...as('cto'), target }))

    const texts = (app: typeof hub) => slack.messages(slack.dmChannel(alice, app)).map(({ text }) => text)
    expect(texts(cto)).toEqual(['from cto'])
    expect(texts(hub)).toEqual(['from ceo'])
    expect(posted.ids[0]).toContain(slack.dmChannel(alice, cto).id)
    expect(workspace.posts('conversations.open')).toHaveLength(2)
  })

  it('refuses a DM to nobody, to a bot, and to somebody who is not whom it is meant for', async () => {
    await using workspace = await speechWorkspace()
    const { alice, cto } = workspace
    const speech = workspace.speech()
    const to = (nick: string, account: string | null) => speech.post(line(nick, 'x', { target: { nick, account } }))
    const undeliverable = { code: 'undeliverable' }

    await expect(to('U404', null)).rejects.toMatchObject(undeliverable)
    await expect(to(cto.botUserId, null)).rejects.toMatchObject(undeliverable)
    await expect(to(alice.id, 'U404')).rejects.toMatchObject(undeliverable)
    expect((await to(alice.id, `T999/${alice.id}`)).how).toBe('confirmed')
  })

  it("writes through the house's app where the voice's own may not", async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, hub } = workspace
    slack.faults.error('conversations.open', 'missing_scope', 1)
    await workspace.speech().post(line('1', 'hi', { ...as('cto'), target: { nick: alice.id, account: alice.id } }))
    expect(slack.messages(slack.dmChannel(alice, hub)).map(({ text, username }) => [text, username])).toEqual([
      ['hi', 'cto'],
    ])
  })

  it('F39: finds a DM whose answer was lost', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, cto } = workspace
    slack.faults.loseAnswer('chat.postMessage')
    const target = { nick: alice.id, account: alice.id }
    expect((await workspace.speech().post(line('1', 'hi', { ...as('cto'), target }))).how).toBe('confirmed')
    expect(slack.messages(slack.dmChannel(alice, cto))).toHaveLength(1)
  })
})

describe('what only one person sees in a channel', () => {
  it('is an ephemeral message, with buttons for what it offers, and is sent once', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, channel } = workspace
    const speech = workspace.speech()
    const actions = [{ label: 'Undo', command: 'cancel t-1' }]

    const posted = await speech.post(aside(workspace, '1', 'noted', { actions }))
    const again = await speech.post(aside(workspace, '1', 'noted', { actions }))

    expect(slack.ephemerals(alice, channel).map(({ text, blocks }) => [text, blocks?.length])).toEqual([['noted', 2]])
    expect([posted, again]).toEqual([
      { ids: [], how: 'confirmed' },
      { ids: [], how: 'seen' },
    ])
    expect(workspace.shown()).toEqual([])
  })

  it('goes over the address that Slack gave with a command, while that is good', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, channel } = workspace
    const speech = workspace.speech()
    const address = await answerServer(['ok', '{"ok":false,"error":"expired_url"}'])
    speech.rememberAnswerUrl(alice.id, 'breakroom', address.url, new Date())

    await speech.post(aside(workspace, '1', 'over the address'))
    await speech.post(aside(workspace, '2', 'it is good no more'))
    await speech.post(aside(workspace, '3', 'not asked again'))
    await address.close()

    expect(address.bodies).toMatchObject([
      { text: 'over the address', response_type: 'ephemeral', replace_original: false },
      { text: 'it is good no more' },
    ])
    expect(slack.ephemerals(alice, channel).map(({ text }) => text)).toEqual(['it is good no more', 'not asked again'])
  })

  it('is said once and called ambiguous when nobody told whether it arrived', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, channel } = workspace
    slack.faults.loseAnswer('chat.postEphemeral')
    expect(await workspace.speech().post(aside(workspace, '1', 'noted'))).toEqual({ ids: [], how: 'ambiguous' })
    expect(slack.ephemerals(alice, channel)).toHaveLength(1)
  })

  it('is not said again when the address breaks off, which may have taken it', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, channel } = workspace
    const speech = workspace.speech()
    const address = await answerServer(['broken'])
    speech.rememberAnswerUrl(alice.id, 'breakroom', address.url, new Date())
    expect(await speech.post(aside(workspace, '1', 'noted'))).toEqual({ ids: [], how: 'ambiguous' })
    await address.close()
    expect(slack.ephemerals(alice, channel)).toEqual([])
  })

  it('is a DM for somebody who is not in the channel, and for what is too long', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, hub, channel } = workspace
    const speech = workspace.speech()
    await speech.post(aside(workspace, '1', 'word '.repeat(5_000)))
    slack.leave(alice, channel)
    await speech.post(aside(workspace, '2', 'still for you'))

    const direct = slack.messages(slack.dmChannel(alice, hub))
    expect(direct).toHaveLength(2)
    expect(direct[1]?.text).toBe('still for you')
    expect(slack.files(slack.dmChannel(alice, hub))).toHaveLength(1)
  })

  it('comes in order, and is sent again when Slack was not reached', async () => {
    await using workspace = await speechWorkspace()
    const { slack, alice, channel } = workspace
    slack.faults.rateLimit('chat.postEphemeral', 1, 1)
    slack.faults.error('chat.postEphemeral', 'team_added_to_org', 1)
    const speech = workspace.speech()

    const posted = await Promise.all(['1', '2', '3'].map((id) => speech.post(aside(workspace, id, id))))

    expect(slack.ephemerals(alice, channel).map(({ text }) => text)).toEqual(['1', '2', '3'])
    expect(posted.map(({ how }) => how)).toEqual(['confirmed', 'confirmed', 'confirmed'])
  })
})

function aside(
  { alice }: Awaited<ReturnType<typeof speechWorkspace>>,
  id: string,
  text: string,
  more: Partial<OutgoingLine> = {},
): OutgoingLine {
  return line(id, text, { target: { nick: alice.id, account: alice.id, aside: 'breakroom' }, ...more })
}

/** An address that answers with these texts, one after the other: `ok` with 200, `broken` with 500, any other with 404. */
async function answerServer(answers: string[]) {
  const bodies: unknown[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    bodies.push(JSON.parse(Buffer.concat(chunks).toString()))
    const answer = answers.shift() ?? ''
    response.writeHead({ ok: 200, broken: 500 }[answer] ?? 404).end(answer)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/answer`,
    bodies,
    close: () => new Promise<unknown>((done) => server.close(done)),
  }
}
