import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Document, parseDocument } from 'yaml'
import type { Thresholds } from '../../core/sweep/settings.ts'
import type { FirestoreEmulator } from './firestore-emulator.ts'
import { cloneFolder } from './process.ts'
import type { TestWorkspace } from './slack-network.ts'

/** The room of every fleet, as its own network shows it. */
export const fleetRoom = '#breakroom'

export interface TestFleetOptions {
  /** Which of the shipped roles sit in it; managers must be among them. */
  roles?: string[]
  /** A network at this port of loopback, named `foreign`, that shows the same room. */
  foreign?: number
  /** A workspace of Slack, named `acme`, that shows the same room. */
  slack?: FleetWorkspace
  limits?: Record<string, number>
  /** More programs that tasks may name: name -> program and arguments. */
  checks?: Record<string, string[]>
  /** Keys of role files that are other than shipped, by role. */
  changes?: Record<string, Record<string, unknown>>
  /** More rooms, each a channel of its name on the fleet's own network. */
  rooms?: Record<string, { visibility?: 'public' | 'private'; members?: string[] }>
  /** More people, by the account that each has on the fleet's own network. */
  people?: Record<string, { name: string; tier: 'member' | 'founder' }>
  /** Settings of the knowledge proxy that are other than shipped. */
  knowledge?: { corpus?: object[]; owners?: object[] }
  /** How often the fleet is swept, and after how many minutes something is called stuck, where that is other than shipped. */
  sweep?: { every_minutes?: number; thresholds?: Partial<Thresholds> }
  /** Google's emulator, where its memory is kept beside its own file. */
  firestore?: Pick<FirestoreEmulator, 'host' | 'project'>
  /** Files in its folder: path -> text. */
  files?: Record<string, string>
}

/** A workspace that a fleet is in, and who of it the fleet knows. */
interface FleetWorkspace extends Pick<TestWorkspace, 'slack' | 'hub' | 'apps' | 'channel'> {
  /** Ids under `people:` -> the member, and their rights. */
  people?: Record<string, { name: string; tier: 'member' | 'founder'; member: string }>
  mode?: 'socket' | 'http'
}

/** Writes the shipped configuration, with what the options change, into a folder that is made. */
export function writeConfiguration(folder: string, options: TestFleetOptions): void {
  const files = {
    ...options.files,
    'breakroom.yaml': fleetText(options),
    ...Object.fromEntries(rolesOf(options).map((role) => [`roles/${role}.yaml`, roleText(role, options)])),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function fleetText(options: TestFleetOptions): string {
  const {
    foreign,
    slack,
    limits = {},
    checks = {},
    rooms = {},
    people = {},
    knowledge = {},
    sweep = {},
    firestore,
  } = options
  const shipped = shippedFile('breakroom.yaml')
  for (const [name, value] of Object.entries(limits)) shipped.setIn(['limits', name], value)
  for (const [name, argv] of Object.entries(checks)) shipped.setIn(['checks', name], argv)
  for (const [name, value] of Object.entries(knowledge)) shipped.setIn(['knowledge', name], value)
  for (const [name, value] of Object.entries(sweep)) shipped.setIn(['sweep', name], value)
  if (firestore !== undefined) shipped.setIn(['state', 'firestore', 'project'], firestore.project)
  for (const [name, room] of Object.entries(rooms)) {
    shipped.setIn(['rooms', name], room)
    shipped.setIn(['platforms', 0, 'rooms', name], `#${name}`)
  }
  for (const [id, person] of Object.entries(people)) {
    shipped.setIn(['people', id], { ...person, irc: { local: id } })
  }
  if (foreign !== undefined) {
    shipped.addIn(['platforms'], {
      name: 'foreign',
      kind: 'irc',
      host: '127.0.0.1',
      port: foreign,
      tls: false,
      pace: { burst: 100, per_second: 100 },
      rooms: { breakroom: fleetRoom },
    })
  }
  if (slack !== undefined) {
    shipped.addIn(['platforms'], slackPlatform(slack))
    for (const [id, { name, tier, member }] of Object.entries(slack.people ?? {})) {
      shipped.setIn(['people', id], { name, tier, slack: { acme: member } })
    }
  }
  return String(shipped)
}

function rolesOf({ roles }: TestFleetOptions): string[] {
  const shipped = readdirSync(join(cloneFolder, 'roles')).filter((name) => name.endsWith('.yaml'))
  return shipped
    .map((file) => file.slice(0, -'.yaml'.length))
    .filter((role) => roles === undefined || roles.includes(role))
}

function roleText(role: string, { changes = {} }: TestFleetOptions): string {
  const shipped = shippedFile(`roles/${role}.yaml`)
  // What comes by the clock on the wall would come to whichever test runs at nine.
  if (shipped.has('recurring')) shipped.set('recurring', [])
  for (const [key, value] of Object.entries(changes[role] ?? {})) shipped.set(key, value)
  return String(shipped)
}

function shippedFile(path: string): Document {
  return parseDocument(readFileSync(join(cloneFolder, path), 'utf8'))
}

function slackPlatform({ slack, apps, channel, mode = 'socket' }: FleetWorkspace) {
  const app = (name: string) => ({
    bot_token_env: `${name}_BOT_TOKEN`,
    ...(mode === 'socket' ? { app_token_env: `${name}_APP_TOKEN` } : { signing_secret_env: `${name}_SIGNING_SECRET` }),
  })
  return {
    name: 'acme',
    kind: 'slack',
    mode,
    team: slack.team.id,
    app: app('SLACK'),
    roles: Object.fromEntries(Object.keys(apps).map((role) => [role, app(`SLACK_${role.toUpperCase()}`)])),
    rooms: { breakroom: channel.id },
  }
}

/** The variables that hold the tokens of a workspace's apps. */
export function slackEnvironment({ slack, hub, apps }: FleetWorkspace): Record<string, string> {
  const all = [
    ['SLACK', hub] as const,
    ...Object.entries(apps).map(([role, app]) => [`SLACK_${role.toUpperCase()}`, app] as const),
  ]
  return Object.fromEntries([
    ['BREAKROOM_SLACK_API_URL', slack.url],
    ...all.flatMap(([name, app]) => [
      [`${name}_BOT_TOKEN`, app.botToken],
      [`${name}_APP_TOKEN`, app.appToken],
      [`${name}_SIGNING_SECRET`, app.signingSecret],
    ]),
  ])
}
