import type { SlackApp } from '../app.ts'
import type { Outcome } from '../interface.ts'
import type { Json } from '../message.ts'
import type { SlackUser } from '../user.ts'
import type { World } from '../world.ts'

/**
 * Hands an interaction to an app and waits for its acknowledgement. Follows docs.slack.dev "Handling user interaction": once,
 * within three seconds, otherwise the person sees an error.
 */
export async function interact(
  world: World,
  app: SlackApp,
  type: 'slash_commands' | 'interactive',
  payload: Json,
): Promise<Outcome> {
  const from = performance.now()
  const ack = await world.deliver.interaction(app, type, payload)
  const ackMs = performance.now() - from
  if (ack.acked) return { ok: true, error: null, ackMs, payload: ack.payload }
  return { ok: false, error: ack.reason === 'timeout' ? 'operation_timeout' : 'dispatch_failed', ackMs, payload: null }
}

/** What every interaction payload says about its person and its app. */
export function interactionHead(world: World, user: SlackUser, app: SlackApp): Json {
  return {
    token: app.verificationToken,
    api_app_id: app.appId,
    team: { id: world.team.id, domain: world.team.domain },
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: world.triggers.give({ user, appId: app.appId }),
    action_ts: world.ids.ts(),
  }
}

export function installedApp(world: World, appId: string | undefined): SlackApp {
  const app = world.apps.get(appId ?? '')
  if (app === undefined) throw new Error(`No app of the fake Slack belongs to ${appId}`)
  return app
}
