import { until } from './process.ts'
import type { SlackApp } from './slack/app.ts'
import type { SlackView } from './slack/interface.ts'
import type { SlackMessage } from './slack/message.ts'
import type { SlackUser } from './slack/user.ts'
import type { TestWorkspace } from './slack-network.ts'

/** Somebody in the workspace, in the fleet's channel, and what they see. */
export interface SlackPerson {
  user: SlackUser
  say(text: string, thread?: SlackMessage): SlackMessage
  /** The first message of the channel or one of its threads that matches. */
  sees(text: RegExp): Promise<SlackMessage>
  /** The first one in the thread of a message that matches. */
  seesIn(thread: SlackMessage, text: RegExp): Promise<SlackMessage>
  /** The first message for their eyes alone that matches, among those after the first `before`. */
  isTold(text: RegExp, before?: number): Promise<SlackMessage>
  /** How many messages there are for their eyes alone. */
  readonly told: number
  /** The first message of their conversation with an app that matches. */
  reads(app: SlackApp, text: RegExp): Promise<SlackMessage>
  /** Gives the command, which Slack has to see acknowledged. */
  slash(words: string): Promise<void>
  press(where: SlackMessage | SlackView, action: string): Promise<void>
  /** The form that opened. */
  form(): Promise<SlackView>
}

export function slackPerson(
  { slack, channel }: Pick<TestWorkspace, 'slack' | 'channel'>,
  spec: Parameters<typeof slack.user>[0],
): SlackPerson {
  const user = slack.user(spec)
  slack.join(user, channel)
  const everything = () => slack.messages(channel).flatMap((message) => slack.thread(message))
  const ephemerals = () => slack.ephemerals(user, channel)

  return {
    user,
    say: (text, thread) => slack.say(user, channel, text, thread === undefined ? {} : { thread }),
    sees: (text) => found(text, everything),
    seesIn: (thread, text) => found(text, () => slack.thread(thread)),
    isTold: (text, before = 0) => found(text, () => ephemerals().slice(before)),
    get told() {
      return ephemerals().length
    },
    reads: (app, text) => found(text, () => slack.messages(slack.dmChannel(user, app))),
    async slash(words) {
      const { ok, error } = await slack.slash(user, channel, '/br', words)
      if (!ok) throw new Error(`/br ${words}: ${error}`)
    },
    async press(where, action) {
      const { ok, error } = await slack.press(user, where, action)
      if (!ok) throw new Error(`${action}: ${error}`)
    },
    form: () => until('a form is open', () => slack.openView(user)),
  }

  function found(text: RegExp, messages: () => SlackMessage[]): Promise<SlackMessage> {
    return until(
      `${user.name} sees ${text}`,
      () => {
        const match = messages().find((message) => text.test(message.text))
        // What is there instead belongs into the failure.
        if (match === undefined) throw new Error(JSON.stringify(messages().map((message) => message.text)))
        return match
      },
      15_000,
    )
  }
}
