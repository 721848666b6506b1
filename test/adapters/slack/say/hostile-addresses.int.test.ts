import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { isSlackAddress } from '../../../../adapters/slack/web/slack-address.ts'
import { line, speechWorkspace } from './speech-workspace.ts'

/** A server that is not Slack's, under another name of this machine. */
async function stranger() {
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(body)
    response.end('ok')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    bodies,
    url: `http://localhost:${(server.address() as AddressInfo).port}/hook`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

describe('S9: an address that came with a message', () => {
  it('is asked for nothing when it is not at Slack: the answer goes as an ephemeral message', async () => {
    await using workspace = await speechWorkspace()
    await using foreign = await stranger()
    const { slack, alice, channel } = workspace
    const speech = workspace.speech()
    speech.rememberAnswerUrl(alice.id, 'breakroom', foreign.url, new Date())
    const target = { nick: alice.id, account: alice.id, aside: 'breakroom' }

    await speech.post(line('1', 'for your eyes', { target }))

    expect(foreign.bodies).toEqual([])
    expect(slack.ephemerals(alice, channel).map(({ text }) => text)).toEqual(['for your eyes'])
  })

  it('is Slack’s when its host is, whatever else is in it', () => {
    const api = 'https://slack.com/api/'
    for (const ours of ['https://hooks.slack.com/commands/T1/1/x', 'https://files.slack-gov.com/upload/v1/x']) {
      expect(isSlackAddress(ours, api), ours).toBe(true)
    }
    for (const theirs of [
      'http://hooks.slack.com/x',
      'https://hooks.slack.com@evil.example/x',
      'https://slack.com.evil.example/x',
      'https://evilslack.com/x',
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'nonsense',
    ]) {
      expect(isSlackAddress(theirs, api), theirs).toBe(false)
    }
    expect(isSlackAddress('http://127.0.0.1:999/upload', 'http://127.0.0.1:77/api/')).toBe(true)
  })
})
