import { expect } from 'vitest'
import type { TestFleet } from './fleet.ts'
import { until } from './process.ts'
import type { SlackMessage } from './slack/message.ts'
import type { TestWorkspace } from './slack-network.ts'

type Line = Awaited<ReturnType<TestFleet['lines']>>[number]

/** What became of messages of Slack: on the record, and in their threads. */
export interface SlackRecord {
  /** The lines of the public record that are this message, its edits not counted. */
  linesOf(message: SlackMessage): Promise<Line[]>
  /** Resolves when each of them stands on the record. */
  stored(messages: SlackMessage[]): Promise<void>
  /**
   * Resolves when each of them was answered by the role. Fails unless it then stands on the record once, with one answer, and Slack shows
   * that answer in its thread once.
   */
  answeredOnce(messages: SlackMessage[], role: string): Promise<void>
}

/** Long enough for a post a second in one channel. */
const patience = 40_000

export function slackRecord(fleet: TestFleet, { slack, hub, apps }: TestWorkspace): SlackRecord {
  const idOf = ({ channel, ts }: SlackMessage) => `${slack.team.id}:${channel}:${ts}`
  const isOf = (message: SlackMessage) => {
    const id = idOf(message)
    return ({ data }: Line) => data.origin?.id === id
  }
  const shownAnswers = ({ channel, ts, thread_ts = ts }: SlackMessage, role: string) =>
    slack.thread({ channel, ts: thread_ts }).filter(({ app_id, username }) => {
      return app_id === apps[role]?.appId || (app_id === hub.appId && username === role)
    })

  const record: SlackRecord = {
    linesOf: async (message) => (await fleet.lines()).filter(isOf(message)),
    async stored(messages) {
      const lacking = async () => {
        const lines = await fleet.lines()
        return messages.filter((message) => !lines.some(isOf(message))).map(({ text }) => text)
      }
      await until('all of it is on the record', async () => demandNone(await lacking()), patience)
    },
    async answeredOnce(messages, role) {
      const unanswered = () =>
        messages.filter((message) => shownAnswers(message, role).length === 0).map(({ text }) => text)
      await until(`${role} has answered all of it`, () => demandNone(unanswered()), patience)
      const lines = await fleet.lines()
      const counts = messages.map((message) => {
        const said = lines.filter(isOf(message))
        const answers = lines.filter(({ actor, data }) => actor === role && data.in_reply_to === said[0]?.id)
        const shown = shownAnswers(message, role)
        return { text: message.text, said: said.length, answers: answers.length, shown: shown.length }
      })
      expect(counts).toEqual(messages.map(({ text }) => ({ text, said: 1, answers: 1, shown: 1 })))
    },
  }
  return record
}

function demandNone(lacking: string[]): true {
  if (lacking.length > 0) throw new Error(`lacking: ${JSON.stringify(lacking)}`)
  return true
}
