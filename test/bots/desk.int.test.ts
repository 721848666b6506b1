import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deskOn, recordOf, type SayOptions, type TestDesk } from '../support/desk.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'

let nats: NatsServer
let desk: TestDesk

beforeEach(async () => {
  nats = await startProvisionedNats()
  desk = deskOn(nats)
})
afterEach(() => nats[Symbol.asyncDispose]())

const says = (text: string, options?: SayOptions) => desk.says(text, options)
const here = (role: string) => desk.presence.record({ role, state: 'ready', epoch: 1, at: new Date().toISOString() })

describe('rights', () => {
  it('are those of whoever asks: a guest may look, and may not stop anybody', async () => {
    expect(await says('!agents', { tier: 'guest' })).toContain('Offline (2): ceo, cto.')
    expect(await says('!stop cto', { tier: 'guest' })).toBe(
      'Only a member or a founder may stop a role; you are a guest (rule: tier).',
    )
    expect(await says('!agents')).not.toContain('Stopped')
  })

  it('let a member stop everybody, and only a founder resume everybody', async () => {
    expect(await says('!stop')).toContain('All roles are stopped.')
    expect(await says('!resume')).toContain('Only a founder may resume the fleet')
    expect(await says('!resume cto')).toBe(
      'The whole fleet is stopped, by alice; a founder resumes all with !resume, or "npx breakroom resume" at the machine.',
    )
    expect(await says('!resume', { tier: 'founder' })).toBe('All roles go on.')
  })
})

describe('what the desk tells', () => {
  it('who is here, who stands still, who is away', async () => {
    await here('cto')
    expect(await says('!agents')).toBe('Here (1): cto.\nOffline (1): ceo.')
    await says('!stop cto')
    expect(await says('!agents')).toBe('Stopped (1): cto.\nOffline (1): ceo.')
  })

  it('how the house is, and what is wrong with it', async () => {
    await here('cto')
    expect(await says('!status')).toBe('breakroom: 1 of 2 roles here; degraded: ceo is offline.')
    await here('ceo')
    expect(await says('!status')).toBe('breakroom: 2 of 2 roles here; all is well.')
    desk.troubles = ['the bridge does not answer']
    expect(await says('!status')).toBe('breakroom: 2 of 2 roles here; degraded: the bridge does not answer.')
  })

  it('who you are to it, and how it knows', async () => {
    expect(await says('!whoami')).toContain('you are human-alice, a member (you logged in)')
    const actor = 'human-alice-via-local'
    expect(await says('!whoami', { actor })).toContain(`you are ${actor}, a member (a nick is all I know)`)
    const origin = { network: 'local', id: 'x', nick: 'alice', account: 'alice' }
    expect(await says('!whoami', { origin })).toContain('(by your account alice)')
  })

  it('what was probably meant, for a word it does not know', async () => {
    expect(await says('!agnets')).toBe('I know no !agnets. Did you mean !agents?')
    expect(await says('!stop ctoo')).toBe('There is no role ctoo. Roles: ceo, cto.')
    expect(await says('!ping')).toContain('Use it like this: !ping <role>.')
  })

  it('never more than three lines', async () => {
    for (const text of ['!help', '!agents', '!status', '!whoami', '!help stop', '!nonsense']) {
      expect((await says(text))?.split('\n').length, text).toBeLessThanOrEqual(3)
    }
  })

  it('to somebody alone, alone, and without the prefix', async () => {
    expect(await says('help', { alone: true })).toContain('!assign')
    expect(await says('what can you do', { alone: true })).toContain('!assign')
    expect(await recordOf(nats, 'events')).toEqual([])
  })

  it('to somebody who calls it by its name, without the prefix', async () => {
    await here('cto')
    await here('ceo')
    expect(await says('breakroom: status')).toBe('breakroom: 2 of 2 roles here; all is well.')
    expect(await says('@breakroom stop cto')).toContain('cto is stopped.')
    expect(await says('breakroom: how are you?')).toContain('!assign')
  })
})

describe('!ping', () => {
  it('goes into the inbox of the role, and leaves the answer to it when it is here', async () => {
    await here('cto')
    expect(await says('!ping cto')).toBeNull()
    const taking = new AbortController()
    for await (const item of nats.as({ kind: 'role', role: 'cto' }).bus.take('cto', taking.signal)) {
      expect(item.envelope).toMatchObject({ type: 'inbox.ping', data: { line: { actor: 'human-alice' } } })
      await item.ack()
      break
    }
  })

  it('says at once when the role is offline or stopped, and that the ping is kept', async () => {
    expect(await says('!ping cto')).toBe('cto is offline; the ping is kept, it answers when it is back.')
    await here('cto')
    await says('!stop cto')
    expect(await says('!ping cto')).toBe('cto is stopped; the ping is kept until it is resumed.')
  })
})

describe('!say', () => {
  it('says it as the house, with the name of who asked, so that nobody can pass for the house', async () => {
    expect(await says('!say the build is green')).toBe('alice says: the build is green')
  })

  it('S17: says one line at most, so that no word of it can stand there as the house’s own', async () => {
    expect(await says('!say done\u2028cto is stopped.')).toBe('alice says: done cto is stopped.')
    const cut = await says(`!say ${'x'.repeat(400)} cto is stopped.`)
    expect(cut).toMatch(/^alice says: x+…$/)
    expect(Buffer.byteLength(cut ?? '')).toBeLessThanOrEqual(360)
    expect(await says(`!say ${'é'.repeat(300)} cto is stopped.`)).toMatch(/^That is too long/)
  })

  it('refuses a room that does not exist', async () => {
    expect(await says('!say #board hello')).toBe('There is no room #board. Rooms: breakroom.')
  })
})

it('does a command once when it is delivered twice', async () => {
  const item = desk.item('!say once')
  await desk.handle(item)
  await desk.handle(item)
  expect((await recordOf(nats, 'events')).map(({ data }) => data.text)).toEqual(['alice says: once'])
})
