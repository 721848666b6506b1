import { slackTiming } from '../../adapters/slack/options.ts'
import type { HeardLine } from '../../ports/chat.ts'
import type { SlackChannel } from '../../test/support/slack/channel.ts'
import type { MessageAt, SlackMessage } from '../../test/support/slack/message.ts'
import { startSlackNetwork, startWorkspace } from '../../test/support/slack-network.ts'
import { createVirtualClock } from '../../test/support/virtual-clock.ts'
import { atMost, type Figure, none } from '../figure.ts'
import { inversions } from './order.ts'
import { passing } from './virtual-time.ts'
import { inTurn } from './workspace.ts'

const minuteMs = 60_000
const channelCount = 20
const oldThreads = 15
const youngThreads = 15
const missedCount = 300
/** Between one message and the next: all of them take two hours. */
const everyMs = 24_000

/**
 * Slack is away for two hours and never delivers what was said meanwhile, which is read back then with the calls a minute that it allows. A
 * whole network on a virtual clock, on which the limits go too.
 */
export async function slackOutage(): Promise<Figure[]> {
  const clock = createVirtualClock()
  await using workspace = await startWorkspace({ clock })
  const { slack, hub, apps } = workspace
  const people = ['ada', 'ben', 'cat'].map((name) => slack.user(name))
  const ours = [hub, ...Object.values(apps)]
  const channels = Array.from({ length: channelCount }, (_, index) =>
    slack.channel({ name: `room-${index}`, members: [...people, ...ours] }),
  )
  const threads = new Map<string, { thread: string; at: Date }[]>()
  await using house = startSlackNetwork(workspace, {
    rooms: new Map(channels.map(({ name, id }) => [name, id])),
    liveThreads: async (room) => threads.get(room) ?? [],
    clock,
    sleep: clock.sleep,
    timing: slackTiming(),
    onLine({ room, thread, at }) {
      if (room !== null && thread !== undefined) threads.set(room, [...(threads.get(room) ?? []), { thread, at }])
    },
  })
  const { network, lines } = house
  const idOf = ({ channel, ts }: MessageAt) => `${slack.team.id}:${channel}:${ts}`
  const isUp = () => network.status().up === ours.length
  const heard = (count: number) => () => lines.length >= count

  await passing(clock, 'everybody is there', isUp)
  const [speaker, channelInTurn] = [inTurn(people), inTurn(channels)]
  const begin = (text: string) => {
    const channel = channelInTurn()
    return { channel, first: slack.say(speaker(), channel, text) }
  }
  const answer = ({ channel, first }: Thread, text: string) => slack.say(speaker(), channel, text, { thread: first })
  const old = Array.from({ length: oldThreads }, () => begin('shall we?'))
  for (const thread of old) answer(thread, 'we shall')
  await passing(clock, 'the morning is heard', heard(2 * oldThreads))
  // Their beginnings lie further back than what is read again of every channel.
  await clock.advance(60 * minuteMs)
  for (const channel of channels) slack.say(speaker(), channel, 'anything new?')
  const pairs = people.flatMap((person) => ours.map((app) => ({ person, app })))
  for (const { person, app } of pairs) slack.dm(person, app, 'good morning')
  await passing(clock, 'everything is heard', heard(2 * oldThreads + channelCount + pairs.length))
  await clock.advance(20 * minuteMs)

  slack.faults.down({ replay: false })
  const before = lines.length
  const [oldInTurn, pairInTurn] = [inTurn(old), inTurn(pairs)]
  const young: Thread[] = []
  const youngInTurn = () => young[missed.length % young.length] as Thread
  const missed: SlackMessage[] = []
  for (let index = 0; index < missedCount; index++) {
    await clock.advance(everyMs)
    missed.push(message(index % 10, `missed ${index}`))
  }
  slack.faults.up()
  const isRead = () => lines.length - before >= missedCount && isUp()
  const seconds = await passing(clock, 'all of it is read', isRead).catch(() => Number.NaN)
  // What is read twice would come with the rest of the reading.
  await clock.advance(2 * minuteMs)

  const read = lines.slice(before)
  const times = missed.map((one) => read.filter(({ id }) => id === idOf(one)).length)
  const limited = slack.calls.filter((call) => call.answer === 'ratelimited').length
  return [
    { name: `${missedCount} messages of two hours: all heard after`, value: seconds, unit: 's', target: atMost(120) },
    { name: '  lost', value: times.filter((count) => count === 0).length, unit: 'messages', target: none },
    { name: '  twice', value: times.filter((count) => count > 1).length, unit: 'messages', target: none },
    { name: '  out of order', value: outOfOrder(read), unit: 'messages', target: none },
    { name: '  calls that were one too many', value: limited, unit: 'calls' },
  ]

  /** Of ten messages four stand in a channel, two in threads that began meanwhile, three in older ones, and one is a DM. */
  function message(kind: number, text: string): SlackMessage {
    if (kind === 9) {
      const { person, app } = pairInTurn()
      return slack.dm(person, app, text)
    }
    if (kind > 5) return answer(oldInTurn(), text)
    if (kind < 4) return begin(text).first
    if (young.length === youngThreads) return answer(youngInTurn(), text)
    const thread = begin(text)
    young.push(thread)
    return thread.first
  }
}

interface Thread {
  channel: SlackChannel
  first: SlackMessage
}

/** Lines of a room, or of one conversation of two, that came after a newer one. */
function outOfOrder(lines: readonly HeardLine[]): number {
  const places = Map.groupBy(lines, ({ room, cursor }) => cursor ?? room)
  return [...places.values()].reduce((total, place) => total + inversions(place.map(({ id }) => id ?? '')), 0)
}
