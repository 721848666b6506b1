import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../test/support/process.ts'
import type { SlackChannel } from '../../test/support/slack/channel.ts'
import type { SlackUser } from '../../test/support/slack/user.ts'
import { atMost, type Figure, none, type Size } from '../figure.ts'
import { startProgram, stopProgram } from '../program.ts'
import { median, quantile } from '../quantile.ts'
import { type Stories, steadily } from '../story.ts'
import { startHouse } from './house.ts'
import { type BenchWorkspace, inTurn, startBenchWorkspace } from './workspace.ts'

const perSecond = 50
const patienceMs = 20_000

/**
 * `/br status` by many people at a steady pace: until Slack has its acknowledgement, which we give when the command is stored, and until
 * its author sees the answer. The floor acknowledges at once and does nothing.
 */
export async function slackCommands(size: Size): Promise<Figure[]> {
  await using workspace = await startBenchWorkspace()
  await using house = await startHouse({ roles: workspace.roles, workspace })
  const { slack, bare, rooms } = workspace
  await using floorProgram = await startProgram('floor/slack-ack.ts', [slack.url, bare.app.appToken])
  const [channel = missing(), bareChannel = missing()] = [...rooms.values(), ...bare.channels]
  const seconds = size === 'short' ? 4 : 20
  const warmUpSeconds = size === 'short' ? 1 : 2

  const ours = typing(workspace, channel, '/br', 'status')
  const theirs = typing(workspace, bareChannel, '/bare', '')
  await ours.type(warmUpSeconds)
  await theirs.type(warmUpSeconds)
  await until('the warm-up is answered', () => receiptsIn(workspace, channel).length === ours.typed.length, patienceMs)
  const warm = ours.typed.length
  const floor = await theirs.type(seconds / 2)
  const mine = await ours.type(seconds)
  const answered = () => receiptsIn(workspace, channel).length
  // Looking takes the time of the fake, whose clock says when an answer came.
  await pause(1_000)
  await until('everything is answered', () => answered() >= ours.typed.length, patienceMs).catch(() => {})
  const receipts = delays(workspace, channel, ours.typed.slice(warm))
  await Promise.all([stopProgram(house.bridge), stopProgram(floorProgram)])
  return [
    { name: `${perSecond} commands a second: acknowledged p50`, ...beside(mine, floor, 0.5), unit: 'ms' },
    { name: '  p99', ...beside(mine, floor, 0.99), unit: 'ms', target: atMost(100) },
    { name: '  not acknowledged', value: ours.refused(), unit: 'commands', target: none },
    { name: '  answer seen p50', value: median(receipts), unit: 'ms' },
    { name: '  answer seen p99', value: quantile(receipts, 0.99), unit: 'ms' },
    { name: '  not answered', value: ours.typed.length - answered(), unit: 'commands', target: none },
  ]
}

function beside(mine: Stories, floor: Stories, q: number): Pick<Figure, 'value' | 'floor'> {
  return { value: quantile(mine.samples, q), floor: quantile(floor.samples, q) }
}

interface Typed {
  by: SlackUser
  at: Date
}

/** People who type the same command in turn. */
function typing({ slack, people }: BenchWorkspace, channel: SlackChannel, command: string, text: string) {
  const next = inTurn(people)
  const typed: Typed[] = []
  let refused = 0
  return {
    typed,
    refused: () => refused,
    type: (seconds: number) =>
      steadily(
        async (change) => {
          const by = next()
          typed.push({ by, at: slack.clock.now() })
          const { ok } = await change(() => slack.slash(by, channel, command, text))
          if (!ok) refused++
        },
        perSecond,
        seconds,
      ),
  }
}

/** What people see of answers. */
function receiptsIn({ slack, people }: BenchWorkspace, channel: SlackChannel) {
  return people.flatMap((person) =>
    slack.ephemerals(person, channel).flatMap(({ text, ts }) => (/roles here/.test(text) ? [{ by: person, ts }] : [])),
  )
}

/** Milliseconds from each of the last commands to its answer: a person's answers come in the order of their commands. */
function delays(workspace: BenchWorkspace, channel: SlackChannel, typed: Typed[]): number[] {
  const receipts = Map.groupBy(receiptsIn(workspace, channel), ({ by }) => by)
  return [...Map.groupBy(typed, ({ by }) => by)].flatMap(([by, mine]) => {
    const seen = receipts.get(by)?.slice(-mine.length) ?? []
    return mine.flatMap(({ at }, index) => {
      const receipt = seen[index]
      return receipt === undefined ? [] : [Number(receipt.ts) * 1_000 - at.getTime()]
    })
  })
}

function missing(): never {
  throw new Error('the workspace has no room')
}
