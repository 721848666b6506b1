// Follows docs.slack.dev "Implementing slash commands".
import { messageContent } from '../api/message-content.ts'
import { showResponse } from '../api/responses.ts'
import type { SlackChannel } from '../channel.ts'
import type { Outcome } from '../interface.ts'
import type { SlackUser } from '../user.ts'
import type { World } from '../world.ts'
import { interact } from './interaction.ts'

/** Types a command. In threads Slack has none. */
export async function slash(
  world: World,
  user: SlackUser,
  channel: SlackChannel,
  command: string,
  text: string,
): Promise<Outcome> {
  const app = [...world.apps.values()].find((app) => app.commands.has(command) && app.tokenState === 'good')
  if (app === undefined) throw new Error(`No app of the fake Slack has the command ${command}`)
  const target = { appId: app.appId, userId: user.id, channelId: channel.id, messageTs: null }
  const outcome = await interact(world, app, 'slash_commands', {
    token: app.verificationToken,
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: channel.id,
    channel_name: { public: channel.name, private: 'privategroup', im: 'directmessage', mpim: channel.name }[
      channel.kind
    ],
    user_id: user.id,
    user_name: user.name,
    command,
    text: app.escapesCommandText ? escaped(world, text) : text,
    api_app_id: app.appId,
    is_enterprise_install: 'false',
    response_url: `${world.origin}${world.responseUrls.give(target)}`,
    trigger_id: world.triggers.give({ user, appId: app.appId }),
  })
  if (outcome.payload !== null)
    showResponse(world, target, outcome.payload, messageContent(outcome.payload, world.ids.uuid()))
  return outcome
}

function escaped(world: World, text: string): string {
  const users = new Map([...world.users.values()].map((user) => [user.name, user.id]))
  const channels = new Map([...world.channels.values()].map((channel) => [channel.name, channel.id]))
  return text
    .replace(/@([\w.-]*\w)/g, (all, name) => (users.has(name) ? `<@${users.get(name)}|${name}>` : all))
    .replace(/#([\w-]+)/g, (all, name) => (channels.has(name) ? `<#${channels.get(name)}|${name}>` : all))
}
