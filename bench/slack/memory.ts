import { setTimeout as pause } from 'node:timers/promises'
import { startErgo } from '../../test/support/ergo.ts'
import { until } from '../../test/support/process.ts'
import { atMost, type Figure, type Size } from '../figure.ts'
import { residentMb } from '../memory.ts'
import { stopProgram } from '../program.ts'
import { median } from '../quantile.ts'
import { rawClient } from '../raw-client.ts'
import { type House, startHouse } from './house.ts'
import { type BenchWorkspace, inTurn, startBenchWorkspace } from './workspace.ts'

const room = '#breakroom'

interface Load {
  mentions: number
  /** Before memory is read. */
  quietMs: number
}

/** A bridge of a fleet on IRC and in Slack, with an app for each of eleven roles, less the same one on IRC alone. */
export async function slackMemory(size: Size): Promise<Figure[]> {
  const load = size === 'short' ? { mentions: 60, quietMs: 2_000 } : { mentions: 300, quietMs: 15_000 }
  const { mentions } = load
  await using workspace = await startBenchWorkspace({ people: 5 })
  const without = await onIrc(workspace, load)
  const both = await inSlack(workspace, load)
  return [
    { name: `memory of a bridge, ${mentions} mentions on IRC`, value: without, unit: 'MB' },
    { name: `  with ${workspace.apps.length} apps in Slack, ${mentions} mentions there`, value: both, unit: 'MB' },
    { name: '  what Slack adds', value: both - without, unit: 'MB', target: atMost(160) },
  ]
}

async function onIrc({ roles }: BenchWorkspace, { mentions, quietMs }: Load): Promise<number> {
  await using irc = await startErgo()
  await using house = await startHouse({ roles, ircPort: irc.port })
  using person = await rawClient(irc.port, 'alice')
  await person.join(room)
  const name = inTurn(roles)
  let answered = 0
  person.listen(({ text }) => {
    answered += text.match(/\bpong\b/g)?.length ?? 0
  })
  for (let said = 0; said < mentions; said++) {
    person.say(room, `${name().nick}: ping`)
    await pause(20)
  }
  await until('every mention is answered', () => answered >= mentions, 60_000)
  return await settled(house, quietMs)
}

async function inSlack(workspace: BenchWorkspace, { mentions, quietMs }: Load): Promise<number> {
  const { slack, roles, apps, people, rooms } = workspace
  await using irc = await startErgo()
  await using house = await startHouse({ roles, workspace, ircPort: irc.port })
  const channel = rooms.get('breakroom')
  if (channel === undefined) throw new Error('the workspace has no room')
  const [name, person] = [inTurn(apps.slice(1)), inTurn(people)]
  for (let said = 0; said < mentions; said++) {
    slack.say(person(), channel, `@${name().name} ping`)
    await pause(20)
  }
  const answers = () => channel.messages.flatMap(({ text }) => text.match(/\bpong\b/g) ?? []).length
  await until('every mention is answered', () => answers() >= mentions, 120_000)
  return await settled(house, quietMs)
}

/** Memory of a bridge after a while of quiet: the median of several readings. Ends it. */
async function settled({ bridge }: House, quietMs: number): Promise<number> {
  const readings: number[] = []
  await pause(quietMs)
  for (let taken = 0; taken < 5; taken++) {
    await pause(500)
    readings.push(residentMb(bridge.pid))
  }
  await stopProgram(bridge)
  return median(readings)
}
