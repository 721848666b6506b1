import { setTimeout as pause } from 'node:timers/promises'
import type { SlackChannel } from '../../test/support/slack/channel.ts'
import type { MessageAt } from '../../test/support/slack/message.ts'
import { newTokens, sentence } from '../exchange.ts'
import { atMost, type Figure, none, type Size } from '../figure.ts'
import { startProgram, stopProgram } from '../program.ts'
import { quantile } from '../quantile.ts'
import { type Stories, steadily } from '../story.ts'
import { startHouse } from './house.ts'
import { inversions } from './order.ts'
import { type RecordWatch, watchRecord } from './record.ts'
import { refreshInTurn } from './refresh.ts'
import { type BenchWorkspace, inTurn, startBenchWorkspace } from './workspace.ts'

const perSecond = 30
const rooms = ['breakroom', 'war-room', 'kitchen']

/**
 * Lines of people in three channels until a plain consumer of the bus is given them; then the same again while every socket of every app is
 * replaced, several times. The floor stores what it hears, acknowledges, and does nothing else.
 */
export async function slackHeard(size: Size): Promise<Figure[]> {
  await using workspace = await startBenchWorkspace({ rooms })
  await using house = await startHouse({ roles: workspace.roles, workspace })
  const { slack, bare } = workspace
  const seed = house.nats.options({ kind: 'admin' }).seed ?? ''
  const args = [slack.url, bare.app.appToken, house.nats.url, seed]
  await using floorProgram = await startProgram('floor/slack-stored.ts', args)
  const record = await watchRecord(house.nats)
  const seconds = size === 'short' ? 4 : 20
  const warmUpSeconds = size === 'short' ? 1 : 2
  const channels = [...workspace.rooms.values()]
  const ours = talk(workspace, record, channels)
  const theirs = talk(workspace, record, bare.channels)
  const named = talk(workspace, record, channels, namesNowAndThen(workspace))

  for (const { say } of [theirs, ours]) await say(warmUpSeconds)
  const floor = await theirs.say(seconds / 2)
  const mine = await ours.say(seconds)
  const refreshing = refreshInTurn(workspace, { rounds: size === 'short' ? 2 : 4, seconds })
  const meanwhile = await named.say(seconds)
  const refreshed = await refreshing
  // What comes twice may come late: Slack brings it again after a second or so.
  await pause(2_000)
  const { lost, twice, outOfOrder } = judge(workspace, record, named.said)
  await Promise.all([stopProgram(house.bridge), stopProgram(floorProgram)])
  const value = (stories: Stories, q: number) => quantile(stories.samples, q)
  const row = (q: number) => ({ value: value(mine, q), floor: value(floor, q), unit: 'ms' })
  return [
    { name: `${perSecond} lines a second: on the record p50`, ...row(0.5) },
    { name: '  p99', ...row(0.99), target: atMost(20) },
    { name: `${refreshed} sockets replaced meanwhile: p99`, value: value(meanwhile, 0.99), unit: 'ms' },
    { name: '  lost', value: lost, unit: 'lines', target: none },
    { name: '  twice', value: twice, unit: 'lines', target: none },
    { name: '  out of order in their channel', value: outOfOrder, unit: 'lines' },
  ]
}

/** People who say lines in turn in channels in turn; each is waited for on the record. */
function talk(
  { slack, people }: BenchWorkspace,
  record: RecordWatch,
  channels: SlackChannel[],
  written: (token: string) => string = sentence,
) {
  const [person, channel] = [inTurn(people), inTurn(channels)]
  const said: MessageAt[] = []
  return {
    said,
    say: (seconds: number) =>
      steadily(
        async (change) => {
          const [token = ''] = newTokens(1)
          await change(async () => {
            const arrived = record.arrival(token)
            said.push(slack.say(person(), channel(), written(token)))
            // One that is lost is counted from the record.
            await arrived.catch(() => {})
          })
        },
        perSecond,
        seconds,
      ),
  }
}

/** Every fifth line names a role that has an app of its own, which then is told of it as well as the house. */
function namesNowAndThen({ apps }: BenchWorkspace): (token: string) => string {
  const role = inTurn(apps.slice(1))
  let lines = 0
  return (token) => (++lines % 5 === 0 ? `@${role().name} ${sentence(token)}` : sentence(token))
}

/** What became of messages, by the ids that their lines have on the record. */
function judge({ slack }: BenchWorkspace, { entries }: RecordWatch, said: MessageAt[]) {
  const places = new Map<string | null, Set<number>>()
  for (const { id, seq } of entries) places.set(id, (places.get(id) ?? new Set()).add(seq))
  const found = said.map(({ channel, ts }) => ({
    channel,
    seqs: [...(places.get(`slack:acme:${slack.team.id}:${channel}:${ts}`) ?? [])],
  }))
  const ofOneChannel = [...Map.groupBy(found, ({ channel }) => channel).values()]
  return {
    lost: found.filter(({ seqs }) => seqs.length === 0).length,
    twice: found.filter(({ seqs }) => seqs.length > 1).length,
    outOfOrder: ofOneChannel.reduce((total, lines) => total + inversions(lines.flatMap(({ seqs }) => seqs)), 0),
  }
}
