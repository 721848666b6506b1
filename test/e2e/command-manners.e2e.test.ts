import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { ask } from '../support/conversation.ts'
import { createTestFleet, fleetRoom, type TestFleet } from '../support/fleet.ts'

const anyPort = { BREAKROOM_IRC_PORT: '0', BREAKROOM_HTTP_PORT: '0' }

describe('a start that fails', () => {
  const open: (TestFleet | Server)[] = []

  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
  })

  function newFleet(): TestFleet {
    const fleet = createTestFleet({ roles: ['ceo', 'cto', 'cso'] })
    open.push(fleet)
    return fleet
  }

  async function busyPort(): Promise<string> {
    const server = createServer()
    open.push(server)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return String((server.address() as { port: number }).port)
  }

  test.each(['BREAKROOM_IRC_PORT', 'BREAKROOM_HTTP_PORT'])(
    "for a busy %s does not use up the founder's word",
    async (variable) => {
      const fleet = newFleet()
      const failed = await fleet.command(['up'], { ...anyPort, [variable]: await busyPort() })
      expect(failed).toMatchObject({ code: 1, stdout: '' })
      await fleet.start('up')
      const word = /Founder +\/msg breakroom !login (\S+)/.exec(fleet.outputOf('up'))?.[1] ?? ''
      const alice = await fleet.person('alice')
      await ask(alice, 'breakroom', `!login ${word}`, /founder here/)
    },
  )

  test.each(['BREAKROOM_IRC_PORT', 'BREAKROOM_HTTP_PORT'])(
    'for a busy %s between a clean stop and the next start leaves no gap in the record',
    async (variable) => {
      const fleet = newFleet()
      await fleet.start('up')
      const alice = await fleet.person('alice')
      await ask(alice, fleetRoom, 'cto: ping', /^alice: pong$/)
      await fleet.stop('up', 'SIGINT')
      const failed = await fleet.command(['up'], { ...anyPort, [variable]: await busyPort() })
      expect(failed.code).toBe(1)
      await fleet.start('up')
      const again = await fleet.person('alice')
      await ask(again, fleetRoom, 'cto: ping', /^alice: pong$/)
      const subjects = (await fleet.record('events')).map(({ subject }) => subject)
      expect(subjects.filter((subject) => subject.includes('.gap.'))).toEqual([])
    },
  )
})
