// Follows docs.slack.dev "app_home_opened event" and "user_change event".
import type { SlackApp } from '../app.ts'
import { publish } from '../events/publish.ts'
import { type SlackUser, userObject } from '../user.ts'
import { directChannel, pairKey, type World } from '../world.ts'

/** Opens an app's Home, on one of its tabs. */
export function openHome(world: World, user: SlackUser, app: SlackApp, tab: 'home' | 'messages'): void {
  const channel = directChannel(world, app.botUserId, user.id).id
  const view = world.homes.get(pairKey(user.id, app.appId))
  const event = { type: 'app_home_opened', user: user.id, channel, tab, event_ts: world.ids.ts() }
  publish(world, 'app_home_opened', view === undefined ? event : { ...event, view }, { only: app })
}

/** Changes a profile. */
export function changeUser(world: World, user: SlackUser, change: { realName?: string; deactivated?: boolean }): void {
  if (change.realName !== undefined) user.realName = change.realName
  if (change.deactivated !== undefined) user.deactivated = change.deactivated
  publish(world, 'user_change', {
    type: 'user_change',
    user: userObject(user, false),
    cache_ts: 0,
    event_ts: world.ids.ts(),
  })
}
