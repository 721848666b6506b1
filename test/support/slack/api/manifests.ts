// Follows docs.slack.dev "apps.manifest.create", "apps.manifest.validate" and "App manifest reference" (limits).
import { createApp, knownEvents, knownScopes } from '../app.ts'
import type { Json } from '../message.ts'
import type { World } from '../world.ts'
import { needed } from './args.ts'
import { Refusal } from './refusal.ts'

/** What a manifest asks for, once somebody installs it. */
export interface Manifest {
  display_information?: { name?: string; description?: string; long_description?: string }
  features?: {
    bot_user?: { display_name?: string }
    slash_commands?: { command?: string; description?: string; should_escape?: boolean }[]
    shortcuts?: { name?: string; type?: string; callback_id?: string; description?: string }[]
  }
  oauth_config?: { scopes?: { bot?: string[] } }
  settings?: {
    event_subscriptions?: { bot_events?: string[]; request_url?: string }
    interactivity?: { is_enabled?: boolean; request_url?: string }
    socket_mode_enabled?: boolean
  }
}

export interface ManifestProblem {
  message: string
  pointer: string
}

export function manifestsValidate(_world: World, args: Json): Json {
  const problems = manifestProblems(parse(args))
  if (problems.length > 0) throw new Refusal('invalid_manifest', { errors: problems })
  return { errors: [] }
}

/** Makes an app that nobody has installed yet. */
export function manifestsCreate(world: World, args: Json): Json {
  const manifest = parse(args)
  const problems = manifestProblems(manifest)
  if (problems.length > 0) throw new Refusal('invalid_manifest', { errors: problems })
  const { appId, signingSecret, verificationToken } = addManifestApp(world, manifest)
  return {
    app_id: appId,
    credentials: {
      client_id: appId,
      client_secret: 'fake',
      verification_token: verificationToken,
      signing_secret: signingSecret,
    },
    oauth_authorize_url: `https://slack.com/oauth/v2/authorize?client_id=${appId}`,
  }
}

function addManifestApp(world: World, manifest: Manifest) {
  const settings = manifest.settings ?? {}
  const requestUrl = settings.event_subscriptions?.request_url
  const app = createApp(
    {
      name: manifest.features?.bot_user?.display_name ?? manifest.display_information?.name ?? '',
      mode: settings.socket_mode_enabled || requestUrl === undefined ? 'socket' : { requestUrl },
      events: settings.event_subscriptions?.bot_events ?? [],
      commands: (manifest.features?.slash_commands ?? []).map((command) => command.command ?? ''),
      escapesCommandText: (manifest.features?.slash_commands ?? []).some((command) => command.should_escape),
      shortcuts: (manifest.features?.shortcuts ?? []).map((shortcut) => shortcut.callback_id ?? ''),
      scopes: manifest.oauth_config?.scopes?.bot ?? [],
    },
    world.ids,
    world.team.id,
  )
  app.tokenState = 'invalid_auth'
  world.apps.set(app.appId, app)
  return app
}

function parse(args: Json): Manifest {
  try {
    return JSON.parse(needed(args, 'manifest')) as Manifest
  } catch {
    throw new Refusal('invalid_manifest', { errors: [{ message: 'Manifest is not JSON', pointer: '/' }] })
  }
}

/** What Slack would refuse in an app manifest, with a JSON pointer to each place; events and scopes are those this fake has. */
export function manifestProblems(manifest: Manifest): ManifestProblem[] {
  const problems: ManifestProblem[] = []
  const demand = (right: boolean, pointer: string, message: string) => right || problems.push({ message, pointer })
  const { display_information: shown = {}, features = {}, settings = {} } = manifest
  const { slash_commands: commands = [], shortcuts = [] } = features
  demand((shown.name ?? '') !== '', '/display_information/name', 'Must have a name')
  demand((shown.name ?? '').length <= 35, '/display_information/name', 'Must be at most 35 characters')
  demand((shown.description ?? '').length <= 140, '/display_information/description', 'Must be at most 140 characters')
  demand(commands.length <= 50, '/features/slash_commands', 'Must be at most 50')
  for (const [index, { command = '', description }] of commands.entries()) {
    const at = `/features/slash_commands/${index}`
    demand(
      /^\/[^\s/A-Z]{1,31}$/.test(command),
      `${at}/command`,
      'Must begin with / and be at most 32 lower-case characters',
    )
    demand((description ?? '') !== '', `${at}/description`, 'Must have a description')
  }
  demand(shortcuts.length <= 10, '/features/shortcuts', 'Must be at most 10')
  for (const [index, shortcut] of shortcuts.entries()) {
    const at = `/features/shortcuts/${index}`
    demand(['message', 'global'].includes(shortcut.type ?? ''), `${at}/type`, 'Must be message or global')
    demand(
      (shortcut.name ?? '') !== '' && (shortcut.name ?? '').length <= 24,
      `${at}/name`,
      'Must be 1 to 24 characters',
    )
    demand((shortcut.callback_id ?? '') !== '', `${at}/callback_id`, 'Must have a callback_id')
    demand((shortcut.description ?? '') !== '', `${at}/description`, 'Must have a description')
  }
  const events = settings.event_subscriptions?.bot_events ?? []
  const reachable = settings.socket_mode_enabled || settings.event_subscriptions?.request_url !== undefined
  const scopes = manifest.oauth_config?.scopes?.bot ?? []
  for (const event of events) {
    demand(knownEvents.includes(event), '/settings/event_subscriptions/bot_events', `${event} is not an event`)
  }
  for (const scope of scopes) demand(knownScopes.includes(scope), '/oauth_config/scopes/bot', `${scope} is not a scope`)
  demand(events.length === 0 || reachable, '/settings/event_subscriptions', 'Must have a request_url or Socket Mode')
  demand(
    events.length === 0 || features.bot_user !== undefined,
    '/features/bot_user',
    'Must have a bot user for bot events',
  )
  return problems
}
