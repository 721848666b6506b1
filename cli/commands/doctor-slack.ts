import { scopesOf } from '../../adapters/slack/scopes.ts'
import { createSlackSetup, type SlackBot, type SlackSetup } from '../../adapters/slack/setup.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import type { Fleet, SlackPlatform } from '../../core/fleet.ts'
import { founderOf } from '../configuration.ts'
import type { Finding } from '../finding.ts'
import type { Settings } from '../settings.ts'
import type { Verdict } from '../slack/interview.ts'
import { lookAtRooms, type RoomStanding, roomRemedy } from '../slack/rooms.ts'
import { judgeAppToken, judgeBotToken, judgeSigningSecret } from '../slack/tokens.ts'

/** What there is to say of the fleet's Slack workspaces. Of a secret that is not set nothing is said here. */
export async function checkSlack(settings: Settings, fleet: Fleet): Promise<Finding[]> {
  const setup = createSlackSetup({ apiUrl: settings.slackApiUrl })
  const workspaces = fleet.platforms.filter((platform) => platform.kind === 'slack')
  const found = workspaces.map((platform) => checkWorkspace(platform, { fleet, env: settings.env, setup }))
  return (await Promise.all(found)).flat()
}

interface Looked {
  fleet: Fleet
  env: NodeJS.ProcessEnv
  setup: SlackSetup
}

async function checkWorkspace(platform: SlackPlatform, looked: Looked): Promise<Finding[]> {
  const founder = founderOf(looked.fleet)
  const linked = founder === null || looked.fleet.people[founder.id]?.slack[platform.name] !== undefined
  const person: Finding = {
    check: `${labelOf(platform)} people`,
    state: 'warning',
    found: `${founder?.name} has no account there, so no yes counts`,
    fix: `npx breakroom slack init --name ${platform.name}`,
  }
  try {
    const house = await checkApp(platform, null, looked)
    const roles = await Promise.all(Object.keys(platform.roles).map((role) => checkApp(platform, role, looked)))
    return [...house, ...roles.flat(), ...(linked ? [] : [person])]
  } catch (error) {
    if (!isBreakroomError(error, 'unavailable')) throw error
    const fix = 'look at the network, and at BREAKROOM_SLACK_API_URL when it is set'
    return [{ check: labelOf(platform), state: 'failure', found: sentenceOf(error), fix }]
  }
}

/** The house's app, or that of a role. Throws `unavailable`. */
async function checkApp(platform: SlackPlatform, role: string | null, looked: Looked): Promise<Finding[]> {
  const { env, setup } = looked
  const app = role === null ? platform.app : platform.roles[role]
  const botToken = app && env[app.bot_token_env]
  if (!botToken) return []
  const check = role === null ? labelOf(platform) : `${labelOf(platform)} ${role}`
  const again = `npx breakroom slack init --name ${platform.name}${role === null ? '' : ` --role ${role}`}`
  const bot = await judgeBotToken(setup, botToken, { scopes: scopesOf(role), team: platform.team ?? null, others: [] })
  const wayIn = await checkWayIn(platform, app, 'good' in bot ? bot.good.app : null, looked)
  const findings = [
    finding(`${check} bot`, bot, ({ name, teamName, team }) => `@${name} in ${teamName} (${team}), every scope`, again),
    ...(wayIn === null ? [] : [finding(`${check} ${platform.mode}`, wayIn, (found) => found, again)]),
  ]
  // Whether a role's app has to be in a room, the role's file says; the house's hears them all.
  if (role !== null || !('good' in bot)) return findings
  return [...findings, ...(await checkRooms(platform, botToken, bot.good, looked))]
}

/** Null when the secret is not set. */
async function checkWayIn(
  { mode }: SlackPlatform,
  { app_token_env, signing_secret_env }: SlackPlatform['app'],
  app: string | null,
  { env, setup }: Looked,
): Promise<Verdict<string> | null> {
  const secret = env[(mode === 'socket' ? app_token_env : signing_secret_env) ?? '']
  if (!secret) return null
  const verdict = mode === 'socket' ? await judgeAppToken(setup, secret, app) : judgeSigningSecret(secret)
  if (!('good' in verdict)) return verdict
  return { good: mode === 'socket' ? 'Slack opens sockets' : 'the signing secret looks like one' }
}

async function checkRooms(
  platform: SlackPlatform,
  botToken: string,
  bot: SlackBot,
  { fleet, setup }: Looked,
): Promise<Finding[]> {
  const standings = await lookAtRooms(setup, botToken, platform.rooms, { fleet, enter: false })
  return standings.map((standing) => roomFinding(`${labelOf(platform)} ${standing.channel}`, standing, bot))
}

function roomFinding(check: string, standing: RoomStanding, bot: SlackBot): Finding {
  const fix = roomRemedy(standing, bot.name)
  if (fix === null) return { check, state: 'ok', found: `shows ${standing.room}` }
  const found = {
    absent: 'there is none that the app can see',
    exposed: `shows the private room ${standing.room} to everybody`,
    'not-joined': 'the app is not in it',
    joined: '',
  }
  return { check, state: 'failure', found: found[standing.state], fix }
}

function finding<T>(check: string, verdict: Verdict<T>, found: (good: T) => string, again: string): Finding {
  if ('good' in verdict) return { check, state: 'ok', found: found(verdict.good) }
  return { check, state: 'failure', found: verdict.problem, fix: `${verdict.fix} Then: ${again}` }
}

/** `slack`, or `slack acme` for one that is named otherwise. */
function labelOf({ name }: SlackPlatform): string {
  return name === 'slack' ? name : `slack ${name}`
}
