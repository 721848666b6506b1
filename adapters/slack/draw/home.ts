import type { ActionsBlock, Button, HeaderBlock, KnownBlock, SectionBlock, HomeView as SlackHome } from '@slack/types'
import type { HomeView } from '../../../core/home.ts'
import type { TaskCard } from '../../../core/task/card.ts'
import { buttonRow } from './buttons.ts'
import { newTaskAction } from './ids.ts'
import { taskButtons } from './task-buttons.ts'
import { approvalBlocks, headingOf } from './task-card.ts'
import { marked, moment, plain } from './text.ts'

/** A task that waits for a yes takes up to nine blocks; with these, a page stays below Slack's hundred. */
const mostWaiting = 6
const mostMine = 10
const mostTroubles = 8

/** The house's own page, for `views.publish`. */
export function homePage({ name, waiting, mine, more, roles, troubles, may }: HomeView): SlackHome {
  const others = mine.filter(({ key }) => !waiting.some((card) => card.key === key))
  const hidden = more + Math.max(0, waiting.length - mostWaiting) + Math.max(0, others.length - mostMine)
  // An empty list means less while something is wrong.
  const asFar = troubles.length === 0 ? 'Right now ' : 'As far as I can tell, '
  return {
    type: 'home',
    blocks: [
      section(`Hello, ${plain(name, 60).text}.`),
      ...troubleBlocks(troubles),
      header('Waiting for you'),
      ...(waiting.length === 0 ? [section(`${asFar}nothing waits for you.`)] : []),
      ...waiting.slice(0, mostWaiting).flatMap((card, index) => taskBlocks(card, `waiting-${index}-`, true)),
      header('Your tasks'),
      ...(others.length === 0
        ? [section(`${asFar}you have no ${waiting.length === 0 ? '' : 'other '}open tasks.`)]
        : []),
      ...others.slice(0, mostMine).flatMap((card, index) => taskBlocks(card, `mine-${index}-`, false)),
      ...(hidden === 0 ? [] : [section(`And ${hidden} more. /br tasks lists what is open.`)]),
      header('The fleet'),
      section(rolesWords(roles)),
      houseButtons(may),
      {
        type: 'context',
        elements: [plain('I am an AI team, and I can be wrong. Look at what matters yourself.', 200)],
      },
    ],
  }
}

function troubleBlocks(troubles: readonly string[]): KnownBlock[] {
  if (troubles.length === 0) return []
  const shown = troubles.slice(0, mostTroubles).map((sentence) => `• ${plain(sentence, 300).text}`)
  const hidden = troubles.length - shown.length
  return [header('Something is wrong'), section([...shown, ...(hidden > 0 ? [`and ${hidden} more.`] : [])].join('\n'))]
}

/** What waits for a yes shows all that is approved: a button for what cannot be seen would be a trap. */
function taskBlocks(card: TaskCard, where: string, whole: boolean): KnownBlock[] {
  const { state, role, due, approval } = card
  const shown = whole || approval === null
  const actions = shown ? card.actions : card.actions.filter(({ id }) => id !== 'approve' && id !== 'reject')
  return [
    {
      type: 'section',
      text: plain(`${headingOf(card)}\nFor ${role}. State: ${state}.`, 1_000),
      ...(due === null ? {} : { fields: [marked(`Due: ${moment(due)}`)] }),
    },
    ...(whole && approval !== null ? approvalBlocks({ ...approval, expires: null }) : []),
    ...taskButtons({ actions }, where),
  ]
}

function rolesWords(roles: HomeView['roles']): string {
  const lines = (['here', 'stopped', 'offline'] as const).flatMap((state) => {
    const names = roles.filter((one) => one.state === state).map(({ role }) => role)
    return names.length === 0 ? [] : [`${stateWords[state]}: ${plain(names.join(', '), 900).text}.`]
  })
  return lines.length === 0 ? 'There are no roles.' : lines.join('\n')
}

const stateWords = { here: 'Here', stopped: 'Stopped', offline: 'Not here' } as const

function houseButtons({ stop, resume }: HomeView['may']): ActionsBlock {
  const newTask: Button = {
    type: 'button',
    action_id: newTaskAction,
    text: plain('New task', 75),
    accessibility_label: 'New task: opens a form',
    style: 'primary',
  }
  const fleet = { asks: null, until: null } as const
  const rows = buttonRow(
    [
      ...(stop ? [{ ...fleet, ...stopAll }] : []),
      ...(resume ? [{ ...fleet, id: 'resume', label: 'Let the fleet go on', command: 'resume', confirm: null }] : []),
    ],
    'fleet-',
  )
  return { type: 'actions', elements: [newTask, ...rows.flatMap(({ elements }) => elements)] }
}

const stopAll = {
  id: 'stop',
  label: 'Stop the fleet',
  command: 'stop',
  confirm:
    'Every role stops within two seconds, whatever it is doing. Nothing is lost, and a founder can let them go on.',
  style: 'danger',
} as const

function header(text: string): HeaderBlock {
  return { type: 'header', text: plain(text, 150) }
}

function section(text: string): SectionBlock {
  return { type: 'section', text: plain(text, 2_900) }
}
