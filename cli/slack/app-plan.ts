import { hubManifest, requestUrlOf, roleManifest, type SlackManifest } from '../../adapters/slack/manifest.ts'
import { hubApp } from '../../adapters/slack/options.ts'
import { scopesOf } from '../../adapters/slack/scopes.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type Fleet, fleetSchema, type SlackPlatform } from '../../core/fleet.ts'
import type { Role } from '../../core/role.ts'
import type { Configuration } from '../configuration.ts'
import { type AppVariables, variablesOf } from './variables.ts'

/** What the command line says about an app. `http` is where Slack reaches us from outside. */
export interface SlackOptions {
  role?: string | undefined
  name?: string | undefined
  http?: string | undefined
}

/** An app at Slack: which one, and what it is to be. */
export interface AppPlan {
  platform: string
  /** Null for the house's own app. */
  role: Role | null
  /** The workspace as breakroom.yaml has it, and where; null when it is to be written. */
  configured: { platform: SlackPlatform; index: number } | null
  mode: SlackPlatform['mode']
  variables: AppVariables
  scopes: readonly string[]
  /** Throws `usage` in HTTP mode when nobody said where Slack reaches us. */
  manifest(): SlackManifest
}

/** Plans the app of a role, or the house's, in the workspace of this name. Throws `usage` for an unknown role or a bad address. */
export function planApp({ fleet, roles }: Configuration, platform: string, options: SlackOptions): AppPlan {
  const role = roleOf(roles, options.role)
  const index = fleet.platforms.findIndex(({ name }) => name === platform)
  const found = fleet.platforms[index]
  const configured = found?.kind === 'slack' ? { platform: found, index } : null
  const base = options.http === undefined ? null : baseOf(options.http)
  if (role !== null && base !== null && configured?.platform.mode === 'socket') {
    throw new BreakroomError('usage', `${platform} is reached over sockets, which all its apps are: leave --http out.`)
  }
  const mode = base === null ? (configured?.platform.mode ?? 'socket') : 'http'
  const app = role === null ? configured?.platform.app : configured?.platform.roles[role.name]
  return {
    platform,
    role,
    configured,
    mode,
    variables: variablesOf(platform, role?.name ?? null, app),
    scopes: scopesOf(role?.name ?? null),
    manifest() {
      if (mode === 'http' && base === null) {
        const sentence = `${platform} is reached over HTTP: say where with --http https://<your host>.`
        throw new BreakroomError('usage', sentence)
      }
      const url = base === null ? null : requestUrlOf(base, platform, role?.name ?? hubApp)
      return role === null ? hubManifest(url) : roleManifest(role, url)
    },
  }
}

/**
 * The workspace that is meant: the one that is named, else the only one of the fleet; null when a new one is to be named. Throws
 * `usage` when it is not clear, or is no Slack workspace.
 */
export function workspaceOf({ platforms }: Fleet, { name, role }: SlackOptions): string | null {
  const known = platforms.filter((platform) => platform.kind === 'slack').map((platform) => platform.name)
  if (name !== undefined) {
    const wrong = wrongName(platforms, name)
    if (wrong !== null) throw new BreakroomError('usage', wrong)
  }
  if (role !== undefined && !known.includes(name ?? known[0] ?? '')) {
    const which = name === undefined ? 'There is no Slack workspace' : `There is no Slack workspace "${name}"`
    throw new BreakroomError('usage', `${which} in breakroom.yaml yet. First: npx breakroom slack init`)
  }
  if (name !== undefined) return name
  if (known.length > 1) {
    throw new BreakroomError(
      'usage',
      `There are several Slack workspaces (${known.join(', ')}): say which with --name.`,
    )
  }
  return known[0] ?? null
}

/** Why a workspace cannot be called so, as a sentence; null when it can. */
export function wrongName(platforms: Fleet['platforms'], name: string): string | null {
  if (platforms.some((platform) => platform.name === name && platform.kind !== 'slack')) {
    return `"${name}" is the name of a platform that is not Slack; choose another.`
  }
  const tried = fleetSchema.shape.platforms.safeParse([
    { name, kind: 'slack', app: { bot_token_env: 'SLACK_BOT_TOKEN' }, rooms: {} },
  ])
  return tried.success ? null : `${JSON.stringify(name.slice(0, 60))} is no name: ${tried.error.issues[0]?.message}.`
}

function roleOf(roles: Role[], name: string | undefined): Role | null {
  if (name === undefined) return null
  const found = roles.find((role) => role.name === name)
  if (found !== undefined) return found
  const known = roles.map((role) => role.name)
  throw new BreakroomError('usage', `There is no role "${name}"${didYouMean(name, known) || '.'}`)
}

function baseOf(text: string): string {
  if (URL.canParse(text)) {
    const { protocol, origin, pathname, search, hash } = new URL(text)
    if (protocol === 'https:' && search === '' && hash === '') return origin + pathname
  }
  throw new BreakroomError(
    'usage',
    '--http takes an address that begins with https://, where Slack reaches this machine.',
  )
}
