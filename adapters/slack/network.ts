import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import type { ChatHandlers, ChatNetwork, Voice } from '../../ports/chat.ts'
import type { WebRequest, WebResponse } from '../../ports/web-request.ts'
import { createReadiness } from '../readiness.ts'
import type { SlackApp, SlackAppHandlers } from './app/app.ts'
import { createSlackApp } from './app/create.ts'
import { withActions } from './draw/line-actions.ts'
import { taskCardMessage } from './draw/task-card.ts'
import { createHearing } from './hear/hearing.ts'
import { messageOf } from './message-ids.ts'
import { hubApp, type SlackAppSecrets, type SlackNetworkOptions, slackTiming } from './options.ts'
import { createPresses } from './press/presses.ts'
import { createSpeech } from './say/speech.ts'

/** A workspace: the house's own app, which hears and shows everything, and apps of their own for some roles. */
export interface SlackNetwork extends ChatNetwork {
  /** Answers a request that came to our address for one of the apps. */
  receive(app: string, request: WebRequest): Promise<WebResponse>
}

/** Nothing connects before `start`. What happens to one app, a revoked token for instance, happens to that app alone. */
export function createSlackNetwork(options: SlackNetworkOptions): SlackNetwork {
  const { name, log } = options
  const timing = slackTiming(options.timing)
  let handlers: ChatHandlers | null = null
  let stopping: Promise<void> | null = null

  const listeners = (): ChatHandlers => {
    if (handlers === null) throw new BreakroomError('usage', `${name} was not started.`)
    return handlers
  }
  const open = (app: string, secrets: SlackAppSecrets): SlackApp =>
    createSlackApp({ ...options, name: app, secrets, timing })
  const hub = open(hubApp, options.app)
  const apps = new Map<string, SlackApp>([[hubApp, hub]])
  for (const { role, app } of options.voices) if (app !== null) apps.set(role, open(role, app))
  const all = [...apps.values()]
  const identityOf = (app: string) => apps.get(app)?.identity ?? null
  const identities = () => all.flatMap(({ identity }) => (identity === null ? [] : [identity]))
  /** Apps that were proved once, or that failed to be. Before that we could not tell our own lines. */
  const tried = new Set<string>()
  const { promise: allTried, resolve: nowTried } = Promise.withResolvers<void>()
  /** That Slack has said who one of them is: where nobody is known, nothing that was posted is known to be ours. */
  const { promise: oneProved, resolve: nowProved } = Promise.withResolvers<void>()
  /** Apps whose rooms' past was read since they came up. */
  const live = new Set<string>()

  const hearing = createHearing({
    ...options,
    network: name,
    webOf: (app) => (apps.get(app) ?? hub).web,
    identityOf,
    identities,
    handlers: listeners,
    timing,
  })
  const speech = createSpeech({
    ...options,
    network: name,
    hub: hub.web,
    appOf: (role) => {
      const own = apps.get(role)
      return own?.up === true ? own.web : null
    },
    identityOf,
    channelOf: hearing.channels.idOf,
    whenReady: async () => void (await Promise.all([allTried, oneProved, hearing.channels.known])),
    drawCard: taskCardMessage,
    drawActions: withActions,
    timing,
  })
  const presses = createPresses({
    ...options,
    network: name,
    web: hub.web,
    identity: () => hub.identity,
    roomOf: hearing.channels.roomOf,
    personOf: hearing.personOf,
    handlers: listeners,
    rememberAnswerUrl: speech.rememberAnswerUrl,
    timing,
  })
  const readiness = createReadiness(
    () => all.every(({ name, up }) => up && live.has(name)),
    () => notReady(name, all),
  )
  const appHandlers: SlackAppHandlers = {
    async onEvent(app, body) {
      await allTried
      if (body.event.type === 'app_home_opened' && app === hubApp) await presses.onHomeOpened(app, body)
      else await hearing.onEvent(app, body)
    },
    onInteraction: presses.onInteraction,
    onUp(app, _identity, since) {
      noteTried(app)
      listeners().onConnection({ network: name, voice: voiceOf(app), up: true })
      // At once where it can be: the past of a channel comes before what is said there now.
      const catchUp = () => hearing.catchUp(app, since, () => nowLive(app))
      const caughtUp = tried.size === apps.size ? catchUp() : allTried.then(catchUp)
      void caughtUp.catch((error) => notRead(app, error))
    },
    onDown(app, reason) {
      noteTried(app)
      live.delete(app)
      listeners().onConnection({ network: name, voice: voiceOf(app), up: false, reason })
      readiness.changed()
    },
    async onSilence(app, since) {
      // Rooms are the house's to hear.
      if (app === hubApp) await hearing.look(since).catch((error) => notRead(app, error))
    },
  }

  return {
    name,
    threads: true,
    threadUnder: messageOf,
    // Ids of members and workspaces are exact.
    fold: (word) => word,
    start(given) {
      handlers = given
      for (const app of all) app.start(appHandlers)
    },
    post: speech.post,
    showCard: speech.showCard,
    receive: (app, request) => apps.get(app)?.receive(request) ?? Promise.resolve(unknownApp),
    // Slack shows whether an app is there by itself, and a relayed name rings nobody.
    showPresence: () => {},
    isHere: () => false,
    hearsItself: (as, room) => hearing.hubHearsItself || speech.appIn(as, room) !== hubApp,
    ready: readiness.wait,
    status: () => ({
      up: all.filter(({ up }) => up).length,
      expected: all.length,
      queued: speech.queued,
    }),
    stop() {
      stopping ??= stop()
      return stopping
    },
  }

  async function stop(): Promise<void> {
    nowTried()
    // What waits behind the past of its channel is given back, and comes again.
    await Promise.all([...all.map((app) => app.stop()), hearing.stop()])
    await Promise.all([presses.stop(), speech.stop()])
  }

  function notRead(app: string, error: unknown): void {
    log.error({ network: name, app, cause: sentenceOf(error) }, 'the past could not be read')
  }

  function nowLive(app: string): void {
    live.add(app)
    readiness.changed()
  }

  function noteTried(app: string): void {
    tried.add(app)
    if (tried.size === apps.size) nowTried()
    if (identities().length > 0) nowProved()
  }

  function voiceOf(app: string): Voice {
    return app === hubApp ? { kind: 'ear' } : { kind: 'role', role: app }
  }
}

const unknownApp: WebResponse = { status: 404, type: 'text/plain', body: '' }

function notReady(network: string, apps: readonly SlackApp[]): BreakroomError {
  const lacking = apps.filter(({ up }) => !up).map(({ name }) => name)
  const who = lacking.length > 0 ? lacking.join(', ') : 'the ear (the past of its rooms is not read)'
  return new BreakroomError('unavailable', `Not everybody is on ${network}: ${who}.`, { detail: { lacking } })
}
