import type { Ids } from './ids.ts'
import type { Json } from './message.ts'

/** A person, by the name that is typed after `@`. */
export interface UserSpec {
  name: string
  realName?: string
  email?: string
  /** `guest` may be in several channels, `single-channel-guest` in one, `stranger` is of another team (Slack Connect). */
  kind?: 'member' | 'admin' | 'owner' | 'guest' | 'single-channel-guest' | 'stranger'
  deactivated?: boolean
}

/** A person or an app's bot user. */
export interface SlackUser {
  readonly id: string
  readonly name: string
  realName: string
  readonly email: string
  readonly kind: 'member' | 'admin' | 'owner' | 'guest' | 'single-channel-guest' | 'stranger' | 'bot'
  readonly teamId: string
  deactivated: boolean
  readonly appId?: string
  readonly botId?: string
}

/** Makes a person of this workspace, or a stranger of another. */
export function createUser(spec: UserSpec, ids: Ids, homeTeamId: string): SlackUser {
  const kind = spec.kind ?? 'member'
  return {
    id: ids.next('U'),
    name: spec.name,
    realName: spec.realName ?? spec.name,
    email: spec.email ?? `${spec.name}@example.com`,
    kind,
    teamId: kind === 'stranger' ? ids.next('T') : homeTeamId,
    deactivated: spec.deactivated ?? false,
  }
}

/** The user object as an app sees it. Follows docs.slack.dev "User object"; e-mail needs its own scope. */
export function userObject(user: SlackUser, showEmail: boolean): Json {
  const stranger = user.kind === 'stranger'
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deactivated,
    real_name: user.realName,
    tz: 'Europe/London',
    tz_label: 'Greenwich Mean Time',
    tz_offset: 0,
    profile: {
      real_name: user.realName,
      display_name: user.kind === 'bot' ? '' : user.name,
      team: user.teamId,
      ...(showEmail && user.kind !== 'bot' && !stranger ? { email: user.email } : {}),
      ...(user.kind === 'bot' ? { api_app_id: user.appId, bot_id: user.botId, always_active: true } : {}),
    },
    is_admin: user.kind === 'admin' || user.kind === 'owner',
    is_owner: user.kind === 'owner',
    is_primary_owner: user.kind === 'owner',
    is_restricted: user.kind === 'guest' || user.kind === 'single-channel-guest',
    is_ultra_restricted: user.kind === 'single-channel-guest',
    is_bot: user.kind === 'bot',
    is_app_user: false,
    updated: 0,
    ...(stranger ? { is_stranger: true } : {}),
  }
}
