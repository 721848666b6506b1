import { z } from 'zod'
import { limitsSchema } from './fleet-limits.ts'
import { knowledgeSecrets, knowledgeSettingsSchema } from './knowledge/settings.ts'
import { namePattern, nickSchema } from './role.ts'
import { stateSettingsSchema } from './state/settings.ts'
import { sweepSettingsSchema } from './sweep/settings.ts'
import { isTimeZone } from './time-zone.ts'

const nameRule = 'is lower-case letters, digits and single hyphens, and starts with a letter'

const name = (what: string) =>
  z.string().max(32, `${what} has at most 32 characters`).regex(namePattern, `${what} ${nameRule}`)

/** Everything that is a secret stays out of the file: the file only names the environment variable that holds it. */
const environmentName = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]{0,63}$/,
    'must be the name of an environment variable in capitals, such as "LIBERA_PASSWORD"; never the secret itself',
  )

const oneWord = z.string().regex(/^[^\s\x00-\x1f\x7f]{1,64}$/, 'must be one word of at most 64 characters')

const channels = z
  .record(
    name('a room'),
    z
      .string()
      .regex(
        /^#[^\s,:\x00-\x1f\x7f]{1,49}$/,
        'must be a channel such as "#breakroom"; write it in quotes, # begins a comment',
      ),
  )
  .describe('Which channel shows which room: room name -> "#channel".')

const roomSchema = z.strictObject({
  topic: z.string().max(300).optional().describe('What the room is for; shown where the platform shows topics.'),
  visibility: z
    .enum(['public', 'private'])
    .default('public')
    .describe('Of a private room nothing that was said reaches the public record.'),
  guests: z
    .enum(['guest', 'member'])
    .default('guest')
    .describe('What somebody without an entry under people counts as here. Neither may approve anything.'),
  members: z
    .array(z.string().min(1))
    .optional()
    .describe('People, by their ids, who may be told alone what belongs to this room. For private rooms.'),
})

const platformName = name('a platform')
  .refine(
    (word) => !/(^|-)(at|via)(-|$)/.test(word),
    '"at" and "via" as words of a name are kept for strangers; choose another',
  )
  .describe('A short name for the platform; people are linked by it.')

const embeddedIrcSchema = z.strictObject({
  name: platformName,
  kind: z.literal('irc').describe('The kind of platform.'),
  embedded: z.literal(true).describe('True for the IRC server that `breakroom up` brings along.'),
  rooms: channels,
})

const remoteIrcSchema = z.strictObject({
  name: platformName,
  kind: z.literal('irc').describe('The kind of platform.'),
  embedded: z.literal(false).optional().describe('Left out for a server that runs elsewhere.'),
  host: oneWord.describe('Host name or address of the server.'),
  port: z.int().min(1).max(65_535).default(6697).describe('Its port.'),
  tls: z.boolean().default(true).describe('Whether the connection is encrypted.'),
  nick: nickSchema.default('breakroom').describe("The nick of the house's own connection."),
  server_password_env: environmentName
    .optional()
    .describe('Environment variable that holds the password of the server.'),
  accounts: z
    .record(
      name('a role'),
      z.strictObject({
        account: oneWord.describe('The account to log in to (SASL).'),
        password_env: environmentName.describe('Environment variable that holds its password.'),
      }),
    )
    .default({})
    .describe('Accounts on the server, by role; "breakroom" for the house itself.'),
  pace: z
    .strictObject({
      burst: z.int().min(1).max(100).default(4).describe('Lines a connection may send at once.'),
      per_second: z.number().positive().max(100).default(0.5).describe('Lines a second after that.'),
    })
    .prefault({})
    .describe('How fast the server lets one connection talk.'),
  rooms: channels,
})

const slackAppSchema = z.strictObject({
  bot_token_env: environmentName.describe("Environment variable that holds the app's bot token (xoxb-...)."),
  app_token_env: environmentName
    .optional()
    .describe('Environment variable that holds its app-level token (xapp-...), for Socket Mode.'),
  signing_secret_env: environmentName
    .optional()
    .describe('Environment variable that holds its signing secret, for HTTP mode.'),
})

const slackSchema = z.strictObject({
  name: platformName,
  kind: z.literal('slack').describe('The kind of platform.'),
  mode: z
    .enum(['socket', 'http'])
    .default('socket')
    .describe('How Slack reaches us: over sockets that we open, or with requests to BREAKROOM_HTTP_PORT.'),
  team: z
    .string()
    .regex(/^T[A-Z0-9]{2,20}$/, 'must be the id of a workspace, such as "T0123ABCD"')
    .optional()
    .describe('The workspace that the tokens have to belong to.'),
  app: slackAppSchema.describe("The house's own app: it hears the rooms, and roles without an app speak through it."),
  roles: z
    .record(name('a role'), slackAppSchema)
    .default({})
    .describe('Apps of their own for roles that people mention and write to directly.'),
  reactions: z
    .boolean()
    .default(false)
    .describe("Whether :eyes:, :white_check_mark: and :octagonal_sign: under a task's card mean seen, done and stop."),
  rooms: z
    .record(
      name('a room'),
      z
        .string()
        .regex(
          /^(?:[CG][A-Z0-9]{2,20}|#[^\s,:#]{1,80})$/,
          'must be a channel such as "C0123ABCD" or "#breakroom"; write it in quotes',
        ),
    )
    .describe('Which channel shows which room: room name -> channel.'),
})

const platformSchema = z.discriminatedUnion('kind', [
  z.discriminatedUnion('embedded', [embeddedIrcSchema, remoteIrcSchema]),
  slackSchema,
])

/** Ids end up in `human-<id>`; names made for strangers are told apart by these, so a linked person can never look like one. */
const personId = name('an id').refine(
  (id) => !/-(at|via)-/.test(id),
  'an id must not contain "-at-" or "-via-": strangers are named that way',
)

const personSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).describe('The name to show.'),
  tier: z.enum(['member', 'founder']).describe('What the person may do: ask and assign, or also approve.'),
  irc: z
    .record(name('a platform'), oneWord)
    .default({})
    .describe('The account of the person on each IRC platform: platform name -> account. Never a nick.'),
  slack: z
    .record(name('a platform'), z.string().regex(/^[UW][A-Z0-9]{2,20}$/, 'must be a member id, such as "U0123ABCD"'))
    .default({})
    .describe('The member id of the person in each Slack workspace: platform name -> id. Never a name.'),
})

/** The fleet: `breakroom.yaml`. The descriptions are what editors show. */
export const fleetSchema = z
  .strictObject({
    org: name('org')
      .refine((org) => org !== 'events', '"events" is taken by the public record; choose another')
      .default('breakroom')
      .describe('The organisation, first word of its subjects on the bus.'),
    rooms: z
      .record(name('a room'), roomSchema)
      .refine((rooms) => Object.keys(rooms).length > 0, 'a fleet needs a room')
      .describe('Rooms by name.'),
    platforms: z
      .array(platformSchema)
      .min(1, 'a fleet needs a platform to be heard on')
      .describe('Where the rooms are shown.'),
    people: z
      .record(personId, personSchema)
      .default({})
      .describe('People by id, and their accounts. Authority compares people.'),
    limits: limitsSchema.prefault({}).describe('How much is too much.'),
    time_zone: z
      .string()
      .refine(isTimeZone, 'must be a time zone such as "Europe/Berlin" or "UTC"')
      .default('UTC')
      .describe('The clock on the wall: when the day begins for work that comes back and for reminders.'),
    links: z
      .array(z.string().regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z]{2,24}$/, 'must be a host such as "github.com"'))
      .default(['github.com', 'gitlab.com'])
      .describe(
        'Hosts that agents may link to, with everything below them. Other links are shown so that nothing opens them.',
      ),
    checks: z
      .record(
        z.string().regex(/^[a-z][a-z0-9 _.-]{0,63}$/, 'a check has a short lower-case name'),
        z.array(z.string().min(1)).min(1, 'a check needs a program'),
      )
      .default({})
      .describe('Programs that tasks may name to be verified: name -> program and its arguments, run without a shell.'),
    knowledge: knowledgeSettingsSchema.prefault({}),
    sweep: sweepSettingsSchema.prefault({}),
    state: stateSettingsSchema.prefault({}),
  })
  .describe('A fleet of roles, its rooms, people and platforms')

export type Fleet = z.infer<typeof fleetSchema>
export type Platform = z.infer<typeof platformSchema>
export type IrcPlatform = Extract<Platform, { kind: 'irc' }>
export type SlackPlatform = Extract<Platform, { kind: 'slack' }>
export type Person = z.infer<typeof personSchema>

/** Names of the rooms whose lines are on the public record, in the order of breakroom.yaml. */
export function publicRooms({ rooms }: Pick<Fleet, 'rooms'>): string[] {
  return Object.keys(rooms).filter((room) => rooms[room]?.visibility === 'public')
}

/** The IRC server that the house brings along, or null when there is none. */
export function embeddedNetwork({ platforms }: Pick<Fleet, 'platforms'>): IrcPlatform | null {
  return (
    platforms.find((platform): platform is IrcPlatform => platform.kind === 'irc' && platform.embedded === true) ?? null
  )
}

/** The environment variables that hold secrets. */
export function fleetSecrets({ platforms, knowledge }: Pick<Fleet, 'platforms' | 'knowledge'>): string[] {
  return [...platforms.flatMap(secretVariables), ...knowledgeSecrets(knowledge)]
}

/** The environment variables that a platform's secrets are in. */
function secretVariables(platform: Platform): string[] {
  if (platform.kind === 'slack') {
    return [platform.app, ...Object.values(platform.roles)].flatMap((app) =>
      [app.bot_token_env, app.app_token_env, app.signing_secret_env].filter((name) => name !== undefined),
    )
  }
  if (platform.embedded) return []
  const accounts = Object.values(platform.accounts).map(({ password_env }) => password_env)
  return platform.server_password_env === undefined ? accounts : [platform.server_password_env, ...accounts]
}
