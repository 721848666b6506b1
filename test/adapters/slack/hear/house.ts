import type { SlackIdentity } from '../../../../adapters/slack/app/app.ts'
import { createHearing, type Hearing, type HearingParts } from '../../../../adapters/slack/hear/hearing.ts'
import { slackTiming } from '../../../../adapters/slack/options.ts'
import type { SlackWeb } from '../../../../adapters/slack/web/web.ts'
import { BreakroomError } from '../../../../core/errors.ts'
import type { HeardGap, HeardLine, HeardSign } from '../../../../ports/chat.ts'
import { quietLog, quietMetrics } from '../../../support/quiet.ts'
import { realClock } from '../../../support/virtual-clock.ts'

export const team = 'T0000000001'
export const hub: SlackIdentity = { team, user: 'U0HUB', bot: 'B0HUB', app: 'A0HUB' }
export const cto: SlackIdentity = { team, user: 'U0CTO', bot: 'B0CTO', app: 'A0CTO' }

/** What a Hearing hands up. */
export interface HeardHere {
  lines: HeardLine[]
  signs: HeardSign[]
  gaps: HeardGap[]
}

/** The methods that a test answers; anything else is refused. */
export type Answers = Record<string, (args: Record<string, unknown>) => unknown>

/** A Web API that answers from a table, and keeps what it was asked. */
export function scriptedWeb(answers: Answers, calls: { method: string; args: Record<string, unknown> }[] = []) {
  const web: SlackWeb = {
    app: 'breakroom',
    async call(method, args = {}) {
      calls.push({ method, args })
      const answer = answers[method]
      if (answer === undefined) throw refusal('unknown_method')
      return { ok: true, ...((await answer(args)) as object) }
    },
  }
  return web
}

export function refusal(error: string): BreakroomError {
  return new BreakroomError('refused', error, { detail: { error } })
}

export function away(): BreakroomError {
  return new BreakroomError('unavailable', 'Slack did not answer.', { detail: { maybeDone: false } })
}

/** A hearing of the rooms `breakroom` (C1) and `war-room` (C2), with an app for the house and one for the CTO. */
export function hearingHouse(parts: Partial<HearingParts> = {}): { hearing: Hearing; heard: HeardHere } {
  const heard: HeardHere = { lines: [], signs: [], gaps: [] }
  const hearing = createHearing({
    network: 'slack',
    webOf: () => scriptedWeb({}),
    identityOf: (app) => (app === 'breakroom' ? hub : app === 'cto' ? cto : null),
    identities: () => [hub, cto],
    voices: [
      { role: 'cto', nick: 'CTO', app: { botToken: 't', appToken: null, signingSecret: null } },
      { role: 'cso', nick: 'guard', app: null },
    ],
    rooms: new Map([
      ['breakroom', 'C1'],
      ['war-room', 'C2'],
    ]),
    heardUpTo: async () => null,
    liveThreads: async () => [],
    handlers: () => ({
      onLine: async (line) => void heard.lines.push(line),
      onSign: async (sign) => void heard.signs.push(sign),
      onGap: (gap) => void heard.gaps.push(gap),
      onSessionEnd() {},
      onConnection() {},
    }),
    clock: realClock,
    sleep: realClock.sleep,
    log: quietLog,
    metrics: quietMetrics,
    timing: slackTiming({ retryBase: 1, retryCap: 2, goodbye: 100 }),
    ...parts,
  })
  return { hearing, heard }
}

/** An event as an app gets it. */
export function eventOf(event: Record<string, unknown> & { type: string }, body: { team_id?: string } = {}) {
  return { team_id: team, api_app_id: 'A0HUB', event_id: 'Ev1', retry: 0, event, ...body }
}

/** What alice says in the room `breakroom`. */
export function said(text: string, more: Record<string, unknown> = {}) {
  return {
    type: 'message',
    user: 'U0ALICE',
    team,
    text,
    ts: '1700000000.000100',
    channel: 'C1',
    channel_type: 'channel',
    event_ts: '1700000000.000100',
    ...more,
  }
}
