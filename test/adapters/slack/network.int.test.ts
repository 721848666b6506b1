import { type ChatNetworkFixture, chatNetworkContract } from '../../contract/chat-network.ts'
import type { SlackChannel } from '../../support/slack/channel.ts'
import type { FakeSlack } from '../../support/slack/fake-slack.ts'
import type { SlackMessage } from '../../support/slack/message.ts'
import { startSlackNetwork, startWorkspace, type TestWorkspace } from '../../support/slack-network.ts'

chatNetworkContract('Slack', async () => fixtureOn(await startWorkspace()), { hasSessions: false })

function fixtureOn(workspace: TestWorkspace): ChatNetworkFixture {
  const { slack, hub, apps, channel } = workspace
  slack.faults.rateLimits(false)
  const open: AsyncDisposable[] = [workspace]
  const ours = new Map([['breakroom', hub], ...Object.entries(apps)])
  const nickOf = ({ app_id, username }: SlackMessage) =>
    username ?? [...ours].find(([, { appId }]) => appId === app_id)?.[0] ?? ''
  return {
    async [Symbol.asyncDispose]() {
      for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
    },
    async open(options = {}) {
      const recorded = startSlackNetwork(workspace, options)
      open.push(recorded)
      await recorded.network.ready(10_000)
      return { ...recorded, ended: [] }
    },
    async person(nick) {
      const user = slack.user(nick)
      slack.join(user, channel)
      return {
        address: user.id,
        say: (text) => void slack.say(user, channel, text),
        dm(to, text) {
          const app = ours.get(to)
          if (app !== undefined) slack.dm(user, app, text)
        },
        heard: () =>
          [channel, ...[...ours.values()].map((app) => slack.dmChannel(user, app))]
            .flatMap((where) => slack.messages(where).map((message) => ({ message, inRoom: where === channel })))
            .filter(({ message }) => message.app_id !== undefined && message.user !== user.id)
            .flatMap(({ message, inRoom }) =>
              shownLines(slack, message).map((text) => ({ nick: nickOf(message), text, inRoom })),
            ),
        leave: async () => slack.leave(user, channel),
      }
    },
  }
}

/** What people read of a message, line by line; of a long text that was put into a file in its thread, the file. */
function shownLines(slack: FakeSlack, message: SlackMessage): string[] {
  const shared = slack.thread(message).flatMap(({ files = [] }) => files.map(({ id }) => id))
  const inFiles = slack.files({ id: message.channel } as SlackChannel).filter(({ id }) => shared.includes(id))
  const text = inFiles.length > 0 ? inFiles.map(({ bytes }) => bytes.toString()).join('\n') : unescaped(message.text)
  return text.split('\n').filter((line) => line !== '')
}

function unescaped(text: string): string {
  return text
    .replaceAll('\u200b', '')
    .replace(/&(amp|lt|gt);/g, (_, name: 'amp' | 'lt' | 'gt') => ({ amp: '&', lt: '<', gt: '>' })[name])
}
