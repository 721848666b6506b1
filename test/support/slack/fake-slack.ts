import { realClock, type SleepingClock } from '../virtual-clock.ts'
import { createWebApi } from './api/web-api.ts'
import { type AppSpec, createApp, type SlackApp } from './app.ts'
import { memberId, type SlackChannel } from './channel.ts'
import { channelMessages } from './conversation.ts'
import { createDeliver } from './events/deliver.ts'
import { createRequestUrlCarrier, send, verifyUrl } from './events/request-url.ts'
import { createSocketMode } from './events/socket-mode.ts'
import { createFaults } from './fault-orders.ts'
import { createFaultBook } from './faults.ts'
import type { FakeSlack } from './interface.ts'
import { join, leave } from './membership.ts'
import { dismiss, submit } from './people/forms.ts'
import { changeUser, openHome } from './people/home.ts'
import { interact } from './people/interaction.ts'
import { press } from './people/press.ts'
import { shortcut } from './people/shortcut.ts'
import { slash } from './people/slash.ts'
import { edit, erase, post, react, say, unfurl, unreact } from './people/speech.ts'
import { createResponseUrls } from './response-url.ts'
import { listen } from './server.ts'
import { repliesTo } from './thread.ts'
import { createTriggers } from './trigger.ts'
import { createUser, type SlackUser } from './user.ts'
import { addChannel, channelOf, createWorld, directChannel, messageAt, pairKey, type World } from './world.ts'

export type { FakeSlack } from './interface.ts'

export interface FakeSlackOptions {
  team?: string
  /** Time-outs, retries, limits and timestamps go by it; the machine's own by default. */
  clock?: SleepingClock
  /** Chooses the socket for each payload; numbers from 0 to below 1. */
  random?: () => number
}

/** Starts a workspace of Slack on a free port of loopback. */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const { team = 'Acme', clock = realClock, random = seededRandom(1) } = options
  const ending = new AbortController()
  const sockets = createSocketMode(() => world)
  const world: World = createWorld({ team, clock, random, ended: ending.signal }, (world) => ({
    faults: createFaultBook(),
    triggers: createTriggers(clock, () => world().ids),
    responseUrls: createResponseUrls(clock, () => world().ids),
    deliver: createDeliver(world, sockets.carrier, createRequestUrlCarrier(world)),
  }))
  const configurationToken = ['xoxe.xoxp', '1-fake'].join('-')
  const server = await listen(world, createWebApi(world, sockets, configurationToken), sockets)

  const slack: FakeSlack = {
    url: `${world.origin}/api/`,
    team: world.team,
    clock,
    calls: world.calls,
    faults: createFaults(world, sockets),
    configurationToken,

    app: (spec) => addApp(world, spec),
    user: (spec) =>
      addUser(world, createUser(typeof spec === 'string' ? { name: spec } : spec, world.ids, world.team.id)),
    channel(spec) {
      const { name, members = [], private: hidden = false, ...rest } = typeof spec === 'string' ? { name: spec } : spec
      const kind: SlackChannel['kind'] = hidden ? 'private' : 'public'
      return addChannel(world, {
        id: world.ids.next('C'),
        name,
        kind,
        members: new Set(members.map(memberId)),
        ...rest,
      })
    },
    install: (appId) => install(world, appId),
    sockets: (app) => sockets.of(app),

    say: (user, channel, text, options) => say(world, user, channel, text, options),
    dm: (user, app, text, options) => say(world, user, directChannel(world, app.botUserId, user.id), text, options),
    edit: (message, text) => edit(world, message, text),
    delete: (message) => erase(world, message),
    react: (user, message, name) => react(world, user, message, name),
    unreact: (user, message, name) => unreact(world, user, message, name),
    unfurl: (message, url) => unfurl(world, message, url),
    post: (channel, foreign) => post(world, channel, foreign),
    join: (member, channel) => join(world, memberId(member), channel),
    leave: (member, channel) => leave(world, memberId(member), channel),
    changeUser: (user, change) => changeUser(world, user, change),
    slash: (user, channel, command, text = '') => slash(world, user, channel, command, text),
    press: (user, where, actionId, value) => press(world, user, where, actionId, value),
    submit: (user, view, values = {}) => submit(world, user, view, values),
    dismiss: (user, view) => dismiss(world, user, view),
    shortcut: (user, message, callbackId, app) => shortcut(world, user, message, callbackId, app),
    interact: (app, payload) => interact(world, app, 'interactive', payload),
    openHome: (user, app, tab = 'home') => openHome(world, user, app, tab),

    messages: (channel) =>
      structuredClone(channelMessages(channel).filter(({ subtype }) => !/_(join|leave)$/.test(subtype ?? ''))),
    thread({ channel, ts }) {
      return structuredClone([messageAt(world, { channel, ts }), ...repliesTo(channelOf(world, channel), ts)])
    },
    ephemerals: (user, channel) => structuredClone(world.ephemerals.get(pairKey(user.id, channel.id)) ?? []),
    dmChannel: (user, app) => directChannel(world, app.botUserId, user.id),
    home: (user, app) => structuredClone(world.homes.get(pairKey(user.id, app.appId)) ?? null),
    openView: (user) => structuredClone(world.modals.get(user.id)?.at(-1) ?? null),
    files: (channel) =>
      [...world.files.values()]
        .filter((file) => file.channels.has(channel.id))
        .map(({ id, name, bytes }) => ({ id, name, bytes })),

    request: (app, forged) => send(world, app, forged),
    verifyUrl: (app) => verifyUrl(world, app),

    async [Symbol.asyncDispose]() {
      ending.abort()
      sockets.cutAll()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return slack
}

function addApp(world: World, spec: AppSpec): SlackApp {
  const app = createApp(spec, world.ids, world.team.id)
  world.apps.set(app.appId, app)
  addBotUser(world, app)
  return app
}

function install(world: World, appId: string): SlackApp {
  const app = world.apps.get(appId)
  if (app === undefined) throw new Error(`The fake Slack has no app ${appId}`)
  app.tokenState = 'good'
  addBotUser(world, app)
  return app
}

function addUser(world: World, user: SlackUser): SlackUser {
  world.users.set(user.id, user)
  return user
}

function addBotUser(world: World, app: SlackApp): void {
  addUser(world, {
    id: app.botUserId,
    name: app.name,
    realName: app.name,
    email: '',
    kind: 'bot',
    teamId: app.teamId,
    deactivated: false,
    appId: app.appId,
    botId: app.botId,
  })
}

/** The same numbers for the same seed, so that a failing run can be had again (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
