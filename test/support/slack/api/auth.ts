// Follows docs.slack.dev "auth.test" and "apps.connections.open".
import type { SocketMode } from '../events/socket-mode.ts'
import type { World } from '../world.ts'
import type { Caller, Method } from './method.ts'
import { Refusal } from './refusal.ts'

export const authTest: Method = ({ world, caller: { app } }) => ({
  url: `https://${world.team.domain}.slack.com/`,
  team: world.team.name,
  user: app.name,
  team_id: app.teamId,
  user_id: app.botUserId,
  bot_id: app.botId,
  is_enterprise_install: false,
})

/** Only the app-level token opens connections, and it opens nothing else. */
export function connectionsOpen(sockets: SocketMode): Method {
  return ({ caller: { app } }) => {
    if (app.mode !== 'socket') throw new Refusal('forbidden_team')
    return { url: sockets.address(app), approximate_connection_time: 18060 }
  }
}

/** Whose token it is, or the refusal that Slack gives it. */
export function callerOf(world: World, method: string, token: string): Caller {
  if (token === '') throw new Refusal('not_authed')
  const app = [...world.apps.values()].find((app) => app.botToken === token || app.appToken === token)
  if (app === undefined) throw new Refusal('invalid_auth')
  if (app.tokenState !== 'good') throw new Refusal(app.tokenState)
  const forApps = method === 'apps.connections.open'
  if (forApps !== (token === app.appToken) && method !== 'auth.test') throw new Refusal('not_allowed_token_type')
  return { app, token }
}
