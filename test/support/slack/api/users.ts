// Follows docs.slack.dev "users.list", "users.info", "users.lookupByEmail" and "bots.info".
import { userObject } from '../user.ts'
import { needed } from './args.ts'
import type { Method } from './method.ts'
import { page } from './paging.ts'
import { Refusal } from './refusal.ts'

/** Strangers are not in it: they belong to another team. */
export const usersList: Method = ({ world, caller, args }) => {
  const ours = [...world.users.values()].filter((user) => user.teamId === world.team.id)
  const { items, next } = page(ours, args, { unsaid: 1000, most: 1000 })
  const showEmail = caller.app.scopes.has('users:read.email')
  return {
    members: items.map((user) => userObject(user, showEmail)),
    cache_ts: Math.floor(world.clock.now().getTime() / 1000),
    response_metadata: { next_cursor: next },
  }
}

export const usersInfo: Method = ({ world, caller, args }) => {
  const user = world.users.get(needed(args, 'user', 'user_not_found'))
  if (user === undefined) throw new Refusal('user_not_found')
  return { user: userObject(user, caller.app.scopes.has('users:read.email')) }
}

export const usersLookupByEmail: Method = ({ world, args }) => {
  const email = needed(args, 'email', 'users_not_found')
  const user = [...world.users.values()].find(
    (user) => user.email === email && !user.deactivated && user.kind !== 'stranger',
  )
  if (user === undefined || user.kind === 'bot') throw new Refusal('users_not_found')
  return { user: userObject(user, true) }
}

export const botsInfo: Method = ({ world, args }) => {
  const app = [...world.apps.values()].find((app) => app.botId === needed(args, 'bot', 'bot_not_found'))
  if (app === undefined) throw new Refusal('bot_not_found')
  return {
    bot: {
      id: app.botId,
      deleted: false,
      name: app.name,
      updated: 0,
      app_id: app.appId,
      user_id: app.botUserId,
      icons: {},
    },
  }
}
