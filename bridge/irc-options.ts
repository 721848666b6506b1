import { BreakroomError } from '../core/errors.ts'
import type { IrcPlatform } from '../core/fleet.ts'
import type { Role } from '../core/role.ts'
import { desk } from '../core/route.ts'

/** What a network's options are made from, besides breakroom.yaml. */
export interface IrcSurroundings {
  roles: readonly Role[]
  embeddedIrc: { host: string; port: number }
  /** Account of a role's or the desk's on the embedded network. */
  ircAccount(name: string): { name: string; password: string } | null
  /** The value of an environment variable that breakroom.yaml names. */
  secret(variable: string): string | undefined
}

/**
 * Where a platform is, how fast it lets us talk, and who sits there with which account. Throws `config_invalid` when a variable that
 * breakroom.yaml names is not set.
 */
export function ircOptions(platform: IrcPlatform, around: IrcSurroundings) {
  const rooms = new Map(Object.entries(platform.rooms))
  return {
    name: platform.name,
    ...(platform.embedded ? embedded(around) : remote(platform, around)),
    ear: { nick: platform.embedded ? desk : platform.nick, ...accountOn(platform, desk, around) },
    voices: around.roles.map((role) => ({
      role: role.name,
      nick: role.nick,
      rooms: role.rooms.filter((room) => rooms.has(room)),
      ...accountOn(platform, role.name, around),
    })),
    rooms,
  }
}

function embedded({ embeddedIrc: { host, port } }: IrcSurroundings) {
  return { host, port, tls: false, pace: null }
}

function remote(platform: Extract<IrcPlatform, { host: string }>, around: IrcSurroundings) {
  const { host, port, tls, pace, server_password_env: variable } = platform
  const password =
    variable === undefined ? {} : { serverPassword: secretOf(variable, `the password of ${platform.name}`, around) }
  return { host, port, tls, pace: { burst: pace.burst, perSecond: pace.per_second }, ...password }
}

function accountOn(platform: IrcPlatform, name: string, around: IrcSurroundings) {
  if (platform.embedded) {
    const account = around.ircAccount(name)
    return account === null ? {} : { account }
  }
  const entry = platform.accounts[name]
  if (entry === undefined) return {}
  const password = secretOf(entry.password_env, `the account of ${name} on ${platform.name}`, around)
  return { account: { name: entry.account, password } }
}

function secretOf(variable: string, what: string, { secret }: IrcSurroundings): string {
  const value = secret(variable)
  if (value !== undefined) return value
  throw new BreakroomError('config_invalid', `${variable} is not set; breakroom.yaml names it for ${what}.`, {
    detail: { variable },
  })
}
