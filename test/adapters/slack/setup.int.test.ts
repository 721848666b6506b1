import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { createSlackSetup } from '../../../adapters/slack/setup.ts'
import { freePort } from '../../support/process.ts'

const token = ['xoxb', '1-token'].join('-')

test('a server that takes the call and says nothing is told as one that did not answer', async () => {
  const port = await freePort()
  const silent = createServer(() => {})
  await new Promise<void>((done) => silent.listen(port, '127.0.0.1', done))
  try {
    const setup = createSlackSetup({ apiUrl: `http://127.0.0.1:${port}/api/`, timeoutMs: 100 })
    await expect(setup.identify(token)).rejects.toMatchObject({
      code: 'unavailable',
      message: `Slack cannot be asked at http://127.0.0.1:${port}/api/: no answer in time.`,
    })
  } finally {
    silent.closeAllConnections()
    await new Promise((done) => silent.close(done))
  }
})
