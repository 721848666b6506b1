import { expect, it } from 'vitest'
import { startErgo } from '../../support/ergo.ts'
import { roomLine, startIrcNetwork } from '../../support/irc-network.ts'
import { ircPerson } from '../../support/irc-person.ts'
import { until } from '../../support/process.ts'

it('gives the lines of a banned role back, so that somebody else can say them, and takes new ones when it is let in', async () => {
  await using ergo = await startErgo()
  await using boss = await ircPerson({ port: ergo.port, nick: 'boss' })
  await boss.join('#breakroom')
  boss.send('MODE #breakroom +b cto!*@*')
  await boss.waitFor(/ MODE #breakroom \+b /)
  await using recorded = startIrcNetwork({ port: ergo.port, timing: { voiceless: 300 } })
  const { network } = recorded
  await network.post(roomLine('ear', 'I am here', { as: { kind: 'ear' } }))

  await expect(network.post(roomLine('1', 'nobody hears me'))).rejects.toMatchObject({ code: 'voiceless' })
  await expect(network.post(roomLine('2', 'nor this'))).rejects.toMatchObject({ code: 'voiceless' })
  await network.post(roomLine('1', 'nobody hears me', { as: { kind: 'ear' }, prefix: '<cto> ' }))
  await boss.waitForText('<cto> nobody hears me')

  boss.send('MODE #breakroom -b cto!*@*')
  await boss.waitFor(/:cto!\S+ JOIN/)
  await until('the role speaks again', () =>
    network.post(roomLine('3', 'back')).then(
      () => true,
      () => false,
    ),
  )
  await boss.waitForText('back')
  expect(boss.heard.filter(({ nick }) => nick === 'cto').map(({ text }) => text)).toEqual(['back'])
})

it('holds a line while the whole network is away: nobody else could say it either', async () => {
  await using ergo = await startErgo()
  await using recorded = startIrcNetwork({ port: ergo.port, timing: { voiceless: 50 } })
  const { network } = recorded
  await network.ready(5_000)
  await ergo.kill()
  await until('it is noticed', () => network.status().up === 0)
  const posting = network.post(roomLine('1', 'after all'))
  const early = await Promise.race([
    posting.catch((error) => error),
    new Promise((done) => setTimeout(done, 200, 'held')),
  ])
  expect(early).toBe('held')
  await ergo.restart()
  expect((await posting).how).toBe('confirmed')
})

it('gives the lines of a role back that the room has muted', async () => {
  await using ergo = await startErgo()
  await using boss = await ircPerson({ port: ergo.port, nick: 'boss' })
  await boss.join('#breakroom')
  await using recorded = startIrcNetwork({ port: ergo.port })
  const { network } = recorded
  await network.ready(5_000)
  boss.send('MODE #breakroom +m')
  await boss.waitFor(/ MODE #breakroom \+m/)
  await expect(network.post(roomLine('1', 'nobody hears me'))).rejects.toMatchObject({ code: 'voiceless' })
})
