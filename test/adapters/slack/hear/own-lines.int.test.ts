import { expect, test } from 'vitest'
import { createCanaries } from '../../../../bridge/canaries.ts'
import { canaryLine } from '../../../../core/sweep/canary.ts'
import { asRole } from '../../../support/irc-network.ts'
import { until } from '../../../support/process.ts'
import { startSlackNetwork, startWorkspace } from '../../../support/slack-network.ts'

const voices = [{ role: 'sweep', nick: 'sweep', icon: null, rooms: ['breakroom'], app: null }]

/** A house in a workspace whose canaries fly through its only room. */
async function aviary(roles: string[], options: Parameters<typeof startSlackNetwork>[1] = {}) {
  const workspace = await startWorkspace({ roles })
  const rooms = { breakroom: workspace.channel.id }
  let earUp = true
  const canaries = createCanaries({
    room: 'breakroom',
    platforms: [{ name: 'acme', rooms }],
    isEarUp: () => earUp,
    now: () => new Date(),
  })
  const house = startSlackNetwork(workspace, {
    ...(roles.length === 0 ? { voices } : {}),
    onOwn: canaries.heard,
    ...options,
  })
  await house.network.ready(5_000)
  const fly = async () => {
    const line = canaryLine({
      role: 'sweep',
      nick: 'sweep',
      room: { name: 'breakroom', visibility: 'public' },
      at: new Date(),
    })
    const { id, data } = line
    const target = { room: 'breakroom' }
    await house.network.post({ id, as: asRole('sweep'), target, kind: 'say', text: data.text, mergeable: true })
    canaries.posted(line, asRole('sweep'), house.network)
    return id
  }
  return {
    ...workspace,
    house,
    fly,
    how: (id: string) => canaries.answer({ id }).networks[0]?.how,
    setEar(up: boolean) {
      earUp = up
    },
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await workspace[Symbol.asyncDispose]()
    },
  }
}

test('F36: what a role says through its own app comes back to the house; over sockets that are half open it does not', async () => {
  await using place = await aviary(['sweep'], { timing: { socketSilence: 3_000 } })
  const { slack, hub, house, fly, how } = place
  slack.faults.ownEcho(false)
  expect(house.network.hearsItself(asRole('sweep'), 'breakroom')).toBe(true)
  const heard = await fly()
  await until('it is heard', () => how(heard) === 'heard')

  for (const socket of slack.sockets(hub)) socket.freeze()
  const lost = await fly()
  await until('it is found', () => house.states.some(({ up }) => !up))
  expect(how(lost)).toBeNull()
  expect(house.lines).toEqual([])
})

test('with one app, and a Slack that shows it nothing of its own, that it was posted is all there is to know', async () => {
  await using place = await aviary([])
  const { slack, house, fly, how, setEar } = place
  slack.faults.ownEcho(false)
  const id = await fly()
  expect(how(id)).toBe('posted')
  setEar(false)
  expect(how(id)).toBeNull()
  setEar(true)

  // Once it was seen that Slack does show it, nothing less will do.
  slack.faults.ownEcho(true)
  const echoed = await fly()
  await until('it is heard', () => how(echoed) === 'heard')
  slack.faults.ownEcho(false)
  expect(how(await fly())).toBeNull()
  expect(house.lines).toEqual([])
})

test("what another bot says under a role's name is none of ours", async () => {
  await using place = await aviary(['sweep'])
  const { slack, channel, house, fly, how } = place
  const id = await fly()
  await until('it is heard', () => how(id) === 'heard')
  const before = house.own.length
  slack.post(channel, { username: 'sweep', text: 'canary:2026-11-21T10:00:00.000Z' })
  await until("it is heard as a stranger's", () => house.lines.length > 0)
  expect(house.own).toHaveLength(before)
})
