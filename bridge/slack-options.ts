import { BreakroomError } from '../core/errors.ts'
import type { Fleet, SlackPlatform } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'

/** What a workspace's options are made from, besides its entry in breakroom.yaml. */
export interface SlackSurroundings {
  fleet: Pick<Fleet, 'people' | 'checks'>
  roles: readonly Role[]
  slackApiUrl: string
  /** The value of an environment variable that breakroom.yaml names. */
  secret(variable: string): string | undefined
}

/**
 * Which apps speak in which channels of a workspace, with which tokens. Throws `config_invalid` when a variable that breakroom.yaml
 * names is not set.
 */
export function slackOptions(platform: SlackPlatform, around: SlackSurroundings) {
  const { name, mode, team = null, app, roles, rooms } = platform
  return {
    name,
    mode,
    apiUrl: around.slackApiUrl,
    team,
    app: secretsOf(app, name, around),
    voices: around.roles.map((role) => {
      const own = roles[role.name]
      return {
        role: role.name,
        nick: role.nick,
        icon: role.icon ?? null,
        rooms: role.rooms.filter((room) => room in rooms),
        app: own === undefined ? null : secretsOf(own, name, around),
      }
    }),
    rooms: new Map(Object.entries(rooms)),
    ringable: ringableIn(name, around.fleet.people),
    form: {
      roles: around.roles.map(({ name, mission }) => ({ name, mission })),
      checks: Object.keys(around.fleet.checks),
    },
  }
}

/** People whom a text may ring: those with an entry, by their id and by their name as one word. */
function ringableIn(platform: string, people: Fleet['people']): Map<string, string> {
  return new Map(
    Object.entries(people).flatMap(([id, { name, slack }]) => {
      const member = slack[platform]
      if (member === undefined) return []
      const names = [id, name.toLowerCase()].filter((word) => !/\s/.test(word))
      return names.map((word) => [word, member] as const)
    }),
  )
}

function secretsOf(
  { bot_token_env, app_token_env, signing_secret_env }: SlackPlatform['app'],
  platform: string,
  around: SlackSurroundings,
) {
  const read = (variable: string | undefined) => (variable === undefined ? null : secretOf(variable, platform, around))
  return {
    botToken: secretOf(bot_token_env, platform, around),
    appToken: read(app_token_env),
    signingSecret: read(signing_secret_env),
  }
}

function secretOf(variable: string, platform: string, { secret }: SlackSurroundings): string {
  const value = secret(variable)
  if (value !== undefined) return value
  throw new BreakroomError(
    'config_invalid',
    `${variable} is not set; breakroom.yaml names it for ${platform}. "npx breakroom slack init" sets it up.`,
    { detail: { variable } },
  )
}
