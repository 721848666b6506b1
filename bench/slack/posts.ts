import { slackTiming } from '../../adapters/slack/options.ts'
import type { Voice } from '../../ports/chat.ts'
import { startSlackNetwork, startWorkspace } from '../../test/support/slack-network.ts'
import { createVirtualClock } from '../../test/support/virtual-clock.ts'
import { newTokens, sentence, tokenIn } from '../exchange.ts'
import { atMost, type Figure, none } from '../figure.ts'
import { inversions } from './order.ts'
import { passing } from './virtual-time.ts'

const count = 100
const roles = ['backend', 'devops', 'marketing', 'architect', 'cfo']

/**
 * A hundred lines at once for one channel, all by one voice and by several in turn that speak through the same app, on a virtual clock: no
 * more than one post a second, in order, nothing left out.
 */
export async function slackPosts(): Promise<Figure[]> {
  const voices = roles.map((role): Voice => ({ kind: 'role', role }))
  return [...(await postAll('one voice', [{ kind: 'ear' }])), ...(await postAll(`${roles.length} voices`, voices))]
}

async function postAll(name: string, as: Voice[]): Promise<Figure[]> {
  const clock = createVirtualClock()
  await using workspace = await startWorkspace({ clock })
  const { slack, channel } = workspace
  await using house = startSlackNetwork(workspace, {
    voices: roles.map((role) => ({ role, nick: role, icon: null, rooms: ['breakroom'], app: null })),
    clock,
    sleep: clock.sleep,
    timing: slackTiming({ postEvery: 1_000 }),
  })
  const { network } = house
  await passing(clock, 'the house is there', () => network.status().up === 1)

  const tokens = newTokens(count)
  let settled = 0
  void Promise.allSettled(
    tokens.map((token, index) =>
      network
        .post({
          id: token,
          as: as[index % as.length] ?? { kind: 'ear' },
          target: { room: 'breakroom' },
          kind: 'say',
          text: sentence(token),
          mergeable: true,
        })
        .finally(() => settled++),
    ),
  )
  const seconds = await passing(clock, 'all is posted', () => settled === count).catch(() => Number.NaN)

  const shown = slack.messages(channel).flatMap(({ text }) => text.split('\n').flatMap((line) => tokenIn(line) ?? []))
  const times = slack.calls.filter(({ method }) => method === 'chat.postMessage').map(({ at }) => at.getTime())
  const places = shown.map((token) => tokens.indexOf(token))
  return [
    { name: `${count} lines at once, ${name}: messages`, value: times.length, unit: 'messages' },
    { name: '  all shown after', value: seconds, unit: 's' },
    { name: '  dropped', value: count - new Set(shown).size, unit: 'lines', target: none },
    { name: '  twice', value: shown.length - new Set(shown).size, unit: 'lines', target: none },
    { name: '  out of order', value: inversions(places), unit: 'lines', target: none },
    { name: '  most posts in any second', value: mostInAnySecond(times), unit: 'posts', target: atMost(1) },
  ]
}

function mostInAnySecond(times: number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length))
}
