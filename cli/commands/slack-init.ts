import { createSlackSetup, type SlackBot } from '../../adapters/slack/setup.ts'
import type { YamlEdit } from '../../adapters/yaml/edit-yaml.ts'
import { fleetFile, loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { Fleet } from '../../core/fleet.ts'
import { type Configuration, founderOf, homeRoomOf, roleNames } from '../configuration.ts'
import { editFleetFile } from '../edit-fleet-file.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import { readReady } from '../ready-file.ts'
import type { Settings } from '../settings.ts'
import { type AppPlan, planApp, type SlackOptions, workspaceOf } from '../slack/app-plan.ts'
import type { AppSetup } from '../slack/app-setup.ts'
import { appsPageOf } from '../slack/apps-page.ts'
import { askForApp } from '../slack/ask-app.ts'
import { askForPerson } from '../slack/ask-person.ts'
import { askForBotToken, askForWayIn } from '../slack/ask-tokens.ts'
import { askForWorkspace } from '../slack/ask-workspace.ts'
import { createVariables } from '../slack/env-file.ts'
import { fleetEdits } from '../slack/fleet-edits.ts'
import { createInterview } from '../slack/interview.ts'
import type { Prompt } from '../slack/prompt.ts'
import { lookAtRooms, roomRemedy } from '../slack/rooms.ts'

/**
 * `breakroom slack init`: sets up the house's app in a Slack workspace, or with `role` that of a role. Asks for what is missing or wrong,
 * five questions at most; secrets go into `.env` as soon as they are proved, breakroom.yaml is written at the end. A second run
 * changes nothing. Exit code 3 when something is left for people to do in Slack.
 */
export async function slackInit(
  settings: Settings,
  output: Output,
  prompt: Prompt,
  options: SlackOptions,
): Promise<number> {
  const configuration = loadFleet(settings.folder)
  const { fleet } = configuration
  const setup = createSlackSetup({ apiUrl: settings.slackApiUrl })
  const variables = createVariables(settings.folder, settings.env)
  const interview = createInterview(prompt, output.talk)
  interview.say(
    'Each token is tried out before it is kept, in .env only. Ctrl-C ends this and leaves every file whole.',
  )

  const workspace = workspaceOf(fleet, options) ?? (await askForWorkspace(interview, fleet))
  const plan = planApp(configuration, workspace, options)
  const app: AppSetup = { interview, setup, variables, plan }
  const names = plan.variables
  if (variables.get(names.botToken) === undefined) {
    await askForApp(app, appsPageOf(settings.slackApiUrl))
  }
  const bot = await askForBotToken(app, {
    scopes: plan.scopes,
    team: await teamOf(app),
    others: otherTokens(app),
  })
  await askForWayIn(app, bot.app)

  const botToken = variables.get(names.botToken) ?? ''
  const rooms = roomsOf(configuration, plan)
  const channels = await lookAtRooms(setup, botToken, rooms, { fleet, enter: true })
  const edits = [
    ...fleetEdits(fleet, plan, { team: bot.team, rooms }),
    ...(await personEdits(app, fleet, botToken, bot)),
  ]
  const isWritten = editFleetFile(settings.folder, edits, roleNames(configuration))
  const changed = [
    ...variables.kept().map((name) => `.env: ${name}`),
    ...channels.filter(({ entered }) => entered).map(({ channel }) => `joined ${channel}`),
    ...(isWritten ? [`${fleetFile}: ${saidOf(edits, workspace)}`] : []),
  ]
  const left = channels.flatMap((standing) => roomRemedy(standing, bot.name) ?? [])
  const start = startWith(settings, { isWritten, hasSecrets: variables.kept().length > 0 })
  const next = [...(changed.length === 0 || start === null ? [] : [start]), 'npx breakroom doctor']
  const text = [
    `\n@${bot.name} is in ${bot.teamName} (${bot.team}), as "${workspace}".`,
    ...(changed.length === 0 ? ['Nothing to change.'] : changed.map((change) => `  ${change}`)),
    ...(isWritten && start === null ? ['The fleet that runs takes this up now.'] : []),
    ...left.map((remedy) => `To do: ${remedy}`),
    ...next.map((command) => `Next: ${command}`),
  ]
  output.result(text.join('\n'), { workspace, role: plan.role?.name ?? null, team: bot.team, changed, left, next })
  return left.length === 0 ? exitCodes.ok : exitCodes.degraded
}

/** What makes the fleet take up what was set up; null when nothing has to. One that runs as `up` looks when breakroom.yaml is written. */
function startWith({ home }: Settings, now: { isWritten: boolean; hasSecrets: boolean }): string | null {
  const ready = readReady(home)
  if (ready === null) return 'npm start'
  const isSeen = now.isWritten ? ready.http !== null : !now.hasSecrets
  return isSeen ? null : 'stop the fleet with Ctrl-C, then npm start'
}

/** The workspace that a token has to belong to: the one in breakroom.yaml, else that of the house's own token. */
async function teamOf({ setup, variables, plan: { configured, role } }: AppSetup): Promise<string | null> {
  if (configured === null) return null
  const { team, app } = configured.platform
  const hub = variables.get(app.bot_token_env)
  if (team !== undefined || role === null || hub === undefined) return team ?? null
  return (await setup.identify(hub)).team
}

function otherTokens({ variables, plan }: AppSetup): string[] {
  const { configured } = plan
  if (configured === null) return []
  const { app, roles } = configured.platform
  return [app, ...Object.values(roles)]
    .filter(({ bot_token_env }) => bot_token_env !== plan.variables.botToken)
    .flatMap(({ bot_token_env }) => variables.get(bot_token_env) ?? [])
}

/**
 * The rooms that an app has to be in. A new workspace shows the first public room and no other: a channel that happens to have the
 * name of a room is not ours to listen to.
 */
function roomsOf(configuration: Configuration, { configured, role }: AppPlan): Record<string, string> {
  const home = homeRoomOf(configuration)
  if (configured === null) return home === null ? {} : { [home]: `#${home}` }
  const rooms = Object.entries(configured.platform.rooms)
  return Object.fromEntries(role === null ? rooms : rooms.filter(([room]) => role.rooms.includes(room)))
}

async function personEdits(app: AppSetup, fleet: Fleet, botToken: string, { teamName }: SlackBot): Promise<YamlEdit[]> {
  const { platform, role } = app.plan
  const founder = founderOf(fleet)
  if (role !== null || founder === null || fleet.people[founder.id]?.slack[platform] !== undefined) return []
  const where = { people: fleet.people, platform, founder, teamName }
  const member = await askForPerson(app, botToken, where)
  if (member === null) return []
  app.interview.say(`That is ${member.name} (${member.id}).`)
  return [{ path: ['people', founder.id, 'slack', platform], value: member.id }]
}

function saidOf(edits: YamlEdit[], workspace: string): string {
  const keys = ({ path }: YamlEdit) => path.map((key) => (typeof key === 'number' ? workspace : key)).join('.')
  return edits.map(keys).join(', ')
}
