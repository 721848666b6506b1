import { BreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Log } from '../../../ports/log.ts'
import type { Metrics } from '../../../ports/metrics.ts'
import type { Sleep } from '../../../ports/sleep.ts'
import type { SlackAppSecrets, SlackTiming } from '../options.ts'
import { createSlackWeb } from '../web/create.ts'
import type { SlackApp, SlackAppHandlers, SlackIdentity } from './app.ts'
import { createDoubts } from './doubts.ts'
import { createIntake, type Intake } from './intake.ts'
import { keepProved } from './keep-proved.ts'
import { createLink, type Link } from './link.ts'
import { readEnvelope } from './payload.ts'
import { answerRequest, emptyResponse, readRequest } from './receive.ts'
import { watchSilence } from './silence.ts'
import { openSocket, type SlackSocket } from './socket.ts'
import { createSockets, type Sockets } from './sockets.ts'

export interface SlackAppOptions {
  /** `breakroom`, or the role whose app it is. */
  name: string
  secrets: SlackAppSecrets
  mode: 'socket' | 'http'
  /** Where the Web API is; ends in `/api/`. */
  apiUrl: string
  /** The workspace that the token has to belong to, or null for any. */
  team: string | null
  clock: Clock
  sleep: Sleep
  /** In [0, 1). */
  random: () => number
  log: Log
  metrics: Metrics
  timing: SlackTiming
}

/** What is there between `start` and `stop`. */
interface Session {
  link: Link
  intake: Intake
  /** Null in HTTP mode. */
  sockets: Sockets | null
}

/** One app of ours. Nothing connects before `start`. Throws `config_invalid` when the secret of its mode is missing. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { name, secrets, mode, apiUrl, team, clock, sleep, random, log, metrics, timing } = options
  const { appToken, signingSecret } = secrets
  const over = new AbortController()
  const token = createSlackWeb({ app: name, token: secrets.botToken, apiUrl, clock, sleep, log, metrics, timing })
  const doubts = createDoubts(over.signal)
  let identity: SlackIdentity | null = null
  let session: Session | null = null
  let stopped: Promise<void> | null = null

  if (mode === 'http' ? signingSecret === null : appToken === null) {
    const what = mode === 'http' ? 'signing secret' : 'app-level token'
    throw new BreakroomError('config_invalid', `The Slack app of ${name} has no ${what}.`, { detail: { app: name } })
  }

  function open(link: Link, intake: Intake): SlackSocket {
    return openSocket({
      appToken: appToken ?? '',
      apiUrl,
      timing,
      onHeard: link.heard,
      onMessage(message, socket) {
        const { id, payload } = readEnvelope(message)
        void intake.take(payload, async (response) => {
          if (id === null) return
          await socket.acknowledge(id, response).catch((error: unknown) => {
            // An event comes again and is recognised then.
            log.info({ app: name, error: sentenceOf(error) }, 'The socket was gone before Slack could be told')
          })
        })
      },
    })
  }

  function begin(handlers: SlackAppHandlers): Session {
    const link = createLink({
      name,
      handlers,
      clock,
      // Over sockets something comes in nine times within their silence; in real time, as the library counts it.
      mostSilence: mode === 'http' ? timing.requestSilence : timing.socketSilence / 4,
      elapsed: () => performance.now(),
    })
    const intake = createIntake({ name, handlers, sleep, log, metrics })
    let proved = false
    let connected = mode === 'http'
    const settle = () => {
      if (proved && connected && identity !== null) link.becomeUp(identity)
    }
    const sockets =
      mode === 'http'
        ? null
        : createSockets({
            name,
            openSocket: () => open(link, intake),
            onUp() {
              connected = true
              settle()
            },
            onDown(reason, final) {
              connected = false
              link.becomeDown(reason, final)
            },
            clock,
            sleep,
            random,
            log,
            metrics,
            timing,
          })
    void keepProved({
      web: token,
      team,
      doubted: doubts.next,
      onProved(proof) {
        if (identity === null) sockets?.start()
        identity = proof
        proved = true
        if (mode === 'http') link.heard()
        settle()
      },
      onLost(reason, final) {
        proved = false
        log.warn({ app: name, reason, final }, 'Slack does not take the token of this app')
        link.becomeDown(reason, final)
      },
      sleep,
      random,
      timing,
      signal: over.signal,
    })
    if (mode === 'http')
      void watchSilence({ name, link, handlers, everyMs: timing.requestSilence, clock, sleep, signal: over.signal })
    return { link, intake, sockets }
  }

  return {
    name,
    web: doubts.watch(token),
    get identity() {
      return identity
    },
    get up() {
      return session?.link.up ?? false
    },
    start(handlers) {
      if (stopped === null) session ??= begin(handlers)
    },
    async receive(request) {
      const payload = readRequest(request, signingSecret, clock.now())
      if (typeof payload === 'number') return emptyResponse(payload)
      if (payload.kind === 'challenge') return { ...emptyResponse(200), body: payload.challenge }
      // Slack brings it again when we are there.
      if (session === null || identity === null || stopped !== null) return emptyResponse(503)
      session.link.heard()
      return answerRequest(payload, { intake: session.intake, sleep, acceptMs: timing.accept })
    },
    stop() {
      stopped ??= (async () => {
        await session?.intake.close(timing.goodbye)
        session?.link.end()
        over.abort()
        await session?.sockets?.stop()
      })()
      return stopped
    },
  }
}
