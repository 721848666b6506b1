import { App, type Context, type Middleware, type SlackActionMiddlewareArgs } from '@slack/bolt'
import { z } from 'zod'
import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { SlackEventBody, SlackInteraction } from '../app/app.ts'
import {
  askCallback,
  assignCallback,
  isPressAction,
  makeTaskShortcut,
  newTaskAction,
  slashCommand,
} from '../draw/ids.ts'
import { hubApp } from '../options.ts'
import { boltLog } from './bolt-log.ts'
import { onCommand } from './command.ts'
import { inTime, startDeadline } from './deadline.ts'
import { onAskForm, onAssignForm } from './form.ts'
import { createHomePages, type HomePages } from './home.ts'
import type { PressParts } from './parts.ts'
import { onNewTask, onPress } from './press.ts'
import { createReceiver } from './receiver.ts'
import { onMakeTask } from './shortcut.ts'
import { refuse } from './tell.ts'
import { acknowledge, createTurn, type Turn } from './turn.ts'

/** What people do with commands, buttons, forms, shortcuts and the home page. */
export interface Presses {
  /** Resolves when Slack was told that it was taken, and what was asked for is kept. Never rejects. */
  onInteraction(app: string, interaction: SlackInteraction): Promise<void>
  /** Resolves when it is known who looks at which page; the page follows. Never rejects. */
  onHomeOpened(app: string, body: SlackEventBody): Promise<void>
  /** Takes nothing more; resolves when what was under way is over, or when it has taken too long. */
  stop(): Promise<void>
}

/** Routes them with Bolt, which is given what our connections took: it has no token, no connection, and asks Slack nothing. */
export function createPresses(parts: PressParts): Presses {
  const { network, log, metrics } = parts
  const receiver = createReceiver()
  const home = createHomePages(parts)
  const underWay = new Set<Promise<void>>()
  let stopped = false

  const bolt = new App({
    receiver,
    logger: boltLog(log),
    // Our own answer instead of a question to Slack at each event, and nothing of ours is filtered or remembered by Bolt.
    authorize: async () => authorization(),
    ignoreSelf: false,
    convoStore: false,
  })
  bolt.error(async (error) => log.error(faultOf(error), 'bolt could not route an interaction'))
  bolt.command(slashCommand, listening(onCommand))
  bolt.action(/^/, onlyPresses, listening(onPress))
  bolt.action(newTaskAction, listening(onNewTask))
  bolt.view(assignCallback, listening(onAssignForm))
  bolt.view(askCallback, listening(onAskForm))
  bolt.shortcut({ type: 'message_action', callback_id: makeTaskShortcut }, listening(onMakeTask))
  bolt.event('app_home_opened', async ({ event, body }) => {
    const opened = openedSchema.safeParse({ ...event, team: body.team_id })
    if (opened.success) home.show(opened.data.user, opened.data.team)
  })

  return {
    onInteraction: (app, interaction) => track(take(app, interaction)),
    onHomeOpened: (app, body) => track(openHome(app, body)),
    async stop() {
      stopped = true
      const deadline = startDeadline(parts.sleep, parts.timing.goodbye)
      await inTime(Promise.all([...underWay, home.stop()]), deadline.late)
      deadline.end()
    },
  }

  async function take(app: string, interaction: SlackInteraction): Promise<void> {
    if (stopped) return
    const deadline = startDeadline(parts.sleep, parts.timing.accept)
    const turn = createTurn(app, interaction, deadline.late, log)
    try {
      if (turn !== null) await receiver.hand({ body: interaction.body, ack: turn.ack, customProperties: { turn } })
    } catch (error) {
      log.error(faultOf(error), 'an interaction could not be routed')
    }
    deadline.end()
    if (turn?.acked === true) return
    metrics.count('breakroom_denied_total', { network, rule: 'interaction-not-ours' })
    if (turn === null) await acknowledge(interaction, undefined, log)
    else await turn.ack()
  }

  async function openHome(app: string, { event, team_id }: SlackEventBody): Promise<void> {
    if (stopped || app !== hubApp) return
    try {
      await receiver.hand({ body: { type: 'event_callback', team_id, event }, ack: async () => {} })
    } catch (error) {
      log.error(faultOf(error), 'an opened home page could not be routed')
    }
  }

  function authorization() {
    const identity = parts.identity()
    return identity === null ? {} : { botId: identity.bot, botUserId: identity.user }
  }

  function listening(work: (parts: PressParts, turn: Turn, home: HomePages) => Promise<void>) {
    return async ({ context }: { context: Context }): Promise<void> => {
      const turn: Turn = context.turn
      try {
        await work(parts, turn, home)
      } catch (error) {
        log.error(faultOf(error), 'an interaction failed')
        if (!turn.acked) await refuse(parts, turn, failed)
      }
    }
  }

  function track(work: Promise<void>): Promise<void> {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }
}

const failed =
  'Something went wrong with me, and I may not have done that. If nothing comes of it within a minute, try again.'

const openedSchema = z.object({
  user: z.string().min(1).max(100),
  tab: z.literal('home'),
  team: z.string().min(1).max(100),
})

/** Buttons of ours that stand for commands; their ids differ, because ids have to within a message. */
const onlyPresses: Middleware<SlackActionMiddlewareArgs> = async ({ action, next }) => {
  if ('action_id' in action && isPressAction(action.action_id)) await next()
}

/** An error without its sentence where that is not ours: it can quote what people wrote. */
function faultOf(error: unknown): Record<string, unknown> {
  if (isBreakroomError(error)) return { code: error.code, cause: sentenceOf(error) }
  if (!(error instanceof Error)) return { fault: typeof error }
  return {
    fault: error.name,
    at: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 5),
  }
}
