import { setImmediate as turn } from 'node:timers/promises'
import { createHearing, type HearingParts } from '../../../../adapters/slack/hear/hearing.ts'
import { slackTiming } from '../../../../adapters/slack/options.ts'
import { createSlackWeb } from '../../../../adapters/slack/web/create.ts'
import type { HeardUpTo, LiveThreads } from '../../../../ports/chat.ts'
import { quietLog, quietMetrics } from '../../../support/quiet.ts'
import type { SlackApp } from '../../../support/slack/app.ts'
import type { SlackChannel } from '../../../support/slack/channel.ts'
import { startFakeSlack } from '../../../support/slack/fake-slack.ts'
import type { MessageAt } from '../../../support/slack/message.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'
import type { HeardHere } from './house.ts'

/**
 * A workspace whose apps are never told anything live, on a virtual clock: what is heard was read back. The record is what a bridge would keep
 * of it.
 */
export async function workspace() {
  const clock = createVirtualClock()
  const slack = await startFakeSlack({ clock })
  const app = (name: string) => slack.app({ name, events: [] })
  const apps = new Map<string, SlackApp>(['breakroom', 'cto'].map((name) => [name, app(name)]))
  const hub = apps.get('breakroom') as SlackApp
  const cto = apps.get('cto') as SlackApp
  /** What the record has, which tells what is new from what was only read again. */
  const stored = new Set<string | null>()
  const record = new Map<string, NonNullable<Awaited<ReturnType<HeardUpTo>>>>()
  const threads = new Map<string, Awaited<ReturnType<LiveThreads>>>()

  const idOf = ({ channel, ts }: MessageAt) => `${slack.team.id}:${channel}:${ts}`
  /** The record ends with this message. */
  const heardUntil = (cursor: string, message: MessageAt) => {
    stored.add(idOf(message))
    record.set(cursor, { id: idOf(message), at: new Date(Math.floor(Number(message.ts) * 1000)) })
  }

  /** A hearing as one process has it; the record and the workspace are older than it. */
  function hearing(rooms: Record<string, SlackChannel | string>, parts: Partial<HearingParts> = {}) {
    const handed: (string | null)[] = []
    const heard: HeardHere = { lines: [], signs: [], gaps: [] }
    const common = { clock, sleep: clock.sleep, log: quietLog, metrics: quietMetrics, timing: slackTiming() }
    const identity = (name: string) => {
      const one = apps.get(name)
      return one === undefined ? null : { team: slack.team.id, user: one.botUserId, bot: one.botId, app: one.appId }
    }
    const webs = new Map(
      [...apps].map(([name, { botToken }]) => [
        name,
        createSlackWeb({ app: name, token: botToken, apiUrl: slack.url, ...common }),
      ]),
    )
    const made = createHearing({
      network: 'slack',
      webOf: (name) => webs.get(name) as NonNullable<ReturnType<typeof webs.get>>,
      identityOf: identity,
      identities: () => [...apps.keys()].flatMap((name) => identity(name) ?? []),
      voices: [{ role: 'cto', nick: 'cto', app: { botToken: cto.botToken, appToken: null, signingSecret: null } }],
      rooms: new Map(Object.entries(rooms).map(([room, to]) => [room, typeof to === 'string' ? to : to.id])),
      heardUpTo: async (cursor) => record.get(cursor) ?? null,
      liveThreads: async (room) => threads.get(room) ?? [],
      handlers: () => ({
        onLine: async (line) => {
          handed.push(line.id)
          const cursor = line.cursor === undefined ? line.room : line.cursor
          if (cursor !== null && line.edit === undefined) record.set(cursor, { id: line.id, at: line.at })
          const known = threads.get(line.room ?? '')?.find(({ thread }) => thread === line.thread)
          if (known !== undefined && (cursor !== null || line.replayed)) {
            known.heard = new Date(Math.max(line.at.getTime(), known.heard?.getTime() ?? 0))
          }
          if (stored.has(line.id)) return
          stored.add(line.id)
          heard.lines.push(line)
        },
        onSign: async (sign) => void heard.signs.push(sign),
        onGap: (gap) => void heard.gaps.push(gap),
        onSessionEnd() {},
        onConnection() {},
      }),
      ...common,
      ...parts,
    })
    return { hearing: made, handed, ...heard }
  }

  /** Lets time pass, as little as is needed, until it is done; resolves with how much that was, in milliseconds. */
  async function passing(work: Promise<unknown>): Promise<number> {
    const begun = clock.monotonic()
    let over = false
    const done = () => {
      over = true
    }
    work.then(done, done)
    while (!over) {
      await turn()
      if (!over && clock.pending > 0) await clock.advance(100)
    }
    await work
    return clock.monotonic() - begun
  }

  const callsOf = (method: string) => slack.calls.filter((call) => call.method === method)
  return { slack, clock, hub, cto, record, threads, idOf, heardUntil, hearing, passing, callsOf }
}
