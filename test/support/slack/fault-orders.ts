import type { SocketMode } from './events/socket-mode.ts'
import { type CallFault, channelId } from './faults.ts'
import type { Faults } from './interface.ts'
import type { World } from './world.ts'

/** The faults that tests order. */
export function createFaults(world: World, sockets: SocketMode): Faults {
  const book = world.faults
  const order = (method: string, fault: CallFault, times = 1) => book.order(method, fault, times)
  return {
    loseAnswer: (method, times) => order(method, { kind: 'lose-answer' }, times),
    refuse: (method, times) => order(method, { kind: 'refuse' }, times),
    error: (method, code, times) => order(method, { kind: 'error', code }, times),
    serverError: (method, times) => order(method, { kind: 'server-error' }, times),
    slow: (method, ms, times) => order(method, { kind: 'slow', ms }, times),
    rateLimit: (method, retryAfter, times, channel) =>
      order(method, { kind: 'rate-limit', retryAfter, channel: channelId(channel) }, times),
    rateLimits(on) {
      book.rateLimits = on
    },
    down({ replay = true } = {}) {
      book.state = replay ? 'down' : 'forgetting'
      sockets.cutAll()
    },
    up() {
      book.state = 'up'
    },
    ownEcho(on) {
      book.ownEcho = on
    },
    lingeringSockets(on) {
      book.lingeringSockets = on
    },
    outOfOrder(on) {
      book.outOfOrder = on
    },
    redeliver: (app) => world.deliver.again(app),
    parentUpdates(how) {
      book.parentUpdates = how
    },
    revoke(app, error = 'token_revoked') {
      app.tokenState = error
      for (const socket of sockets.of(app)) socket.disconnect('link_disabled')
    },
    restore(app) {
      app.tokenState = 'good'
    },
    appRateLimited(app) {
      const minute = Math.floor(world.clock.now().getTime() / 60_000) * 60
      const limited = { type: 'app_rate_limited', token: app.verificationToken, team_id: world.team.id }
      const payload = { ...limited, minute_rate_limited: minute, api_app_id: app.appId }
      sockets.tell(app, { envelope_id: world.ids.uuid(), type: 'events_api', accepts_response_payload: false, payload })
    },
  }
}
