import { cut, lineBytes, spanWords } from '../task/wording.ts'
import type { OrganReport, SweepAct, SweepReport } from './report.ts'
import { type AgentState, agentStates, type StallState, stallStates } from './states.ts'

/** Named in one line; the others are counted. */
const mostNamed = 4
/** Of one reason, however much room there is. */
const mostWhyBytes = 140
/** Less of a reason says nothing. */
const leastWhyBytes = 16
const mostOutcomeBytes = 80

type AgentReport = SweepReport['agents'][number]

/** Said when nobody answers in the sweep's place. */
export const sweepAway = 'The sweep does not answer; it runs as a part of its own: breakroom run sweep.'

/** Said where nobody is to look. */
export const noSweepRole = 'Nobody here looks after the fleet: no role has the brain "sweep".'

/** The worst first; of those who are alike, the one for the longest time. */
export function worstFirst(agents: readonly AgentReport[]): AgentReport[] {
  const rank = ({ state }: AgentReport) => agentStates.indexOf(state)
  return agents.toSorted((a, b) => rank(b) - rank(a) || Date.parse(a.since) - Date.parse(b.since))
}

/** Who is stuck, the worst first. */
export function stuckIn({ agents }: Pick<SweepReport, 'agents'>): AgentReport[] {
  return worstFirst(agents).filter(({ state }) => (stallStates as readonly AgentState[]).includes(state))
}

/** Whether somebody has to know: an agent is stuck, an organ ails, or so much is silent at once that it has one cause. */
export function isTrouble(report: SweepReport): boolean {
  return report.held !== null || stuckIn(report).length > 0 || ailingIn(report).length > 0
}

/**
 * What a sweep saw and did in one to three lines for a room, each of at most 350 bytes: the agents, organs that ail, and why nothing was
 * done where too much is silent at once.
 */
export function reportLines(report: SweepReport): string[] {
  // What is held has a line of its own.
  const ailing = ailingIn(report).filter(({ why }) => why !== report.held)
  return [
    agentsLine(report),
    ...(ailing.length === 0 ? [] : [fitted('Ailing: ', ailing, namedOrgan, '')]),
    ...(report.held === null ? [] : [heldLine(report.held)]),
  ]
}

/** What has one cause, and what follows from that. */
export function heldLine(held: string): string {
  return `${ended(cut(held, lineBytes - 60))}, so nothing is done about the silent ones.`
}

/** How many agents were looked at: `13 agents`. */
export function agentCount({ states }: Pick<SweepReport, 'states'>): string {
  const count = Object.values(states).reduce((sum, roles) => sum + roles.length, 0)
  return `${count} agent${count === 1 ? '' : 's'}`
}

/** How long it took: `41 ms`. */
export function tookWords({ took_ms: ms }: Pick<SweepReport, 'took_ms'>): string {
  return ms < 2_000 ? `${Math.round(ms)} ms` : spanWords(ms)
}

function ailingIn({ organs }: Pick<SweepReport, 'organs'>): SweepReport['organs'] {
  return organs.filter(({ state }) => state === 'ailing')
}

function agentsLine(report: SweepReport): string {
  const stuck = stuckIn(report)
  if (stuck.length > 0) {
    const others = counts(report)
    const tail = others === '' ? '' : `; ${others}`
    return fitted(`${agentCount(report)}: `, stuck, (agent) => namedAgent(agent, report), tail)
  }
  const verdict = isTrouble(report) ? 'nobody is stuck' : 'all is well'
  const aside = (['working-long', 'stopped'] as const).flatMap((state) => {
    const roles = report.states[state] ?? []
    return roles.length === 0 ? [] : [`; ${calmWords[state]}: ${namesOf(roles)}`]
  })
  return `${agentCount(report)} looked at in ${tookWords(report)}: ${verdict}${aside.join('')}.`
}

/** `backend stalled 35 min on t-13`, why, and what was done about it; each thing said once. */
function namedAgent({ role, state, task, since, why }: AgentReport, { at, acts }: SweepReport): Named {
  const its = acts.filter((act) => act.role === role)
  const act = its.find((one) => one.state === state) ?? its[0]
  const span = spanWords(Math.max(0, Date.parse(at) - Date.parse(since)))
  const on = task === null ? '' : ` on ${cut(task, 20)}`
  const more = its.length > 1 ? `, and ${its.length - 1} more` : ''
  return {
    name: `${cut(role, 40)} ${stallWords[state as StallState]} ${span}${on}`,
    why: why.endsWith(` for ${span}`) ? why.slice(0, -` for ${span}`.length) : why,
    done: act === undefined ? '' : ` - ${outcomeOf(act)}${more}`,
  }
}

function namedOrgan({ organ, why }: OrganReport): Named {
  return { name: cut(organ, 60), why, done: '' }
}

function outcomeOf({ ok, outcome, kind }: SweepAct): string {
  const words = ended(cut(outcome, mostOutcomeBytes)) || kind.replace('_', ' ')
  return ok ? words : `to be tried again: ${words}`
}

/** After the name of whoever it is. */
const stallWords: Record<StallState, string> = {
  'waiting-for-human': 'waiting for a person',
  'waiting-for-answer': 'waiting for an answer',
  'idle-with-work': 'idle with work',
  stalled: 'stalled',
  looping: 'looping',
  zombie: 'a zombie',
  deaf: 'deaf',
  dead: 'dead',
}

const calmWords = { healthy: 'healthy', 'working-long': 'working long', stopped: 'stopped' } as const

/** `11 healthy, 1 stopped`. */
function counts({ states }: SweepReport): string {
  return (['healthy', 'working-long', 'stopped'] as const)
    .flatMap((state) => {
      const count = states[state]?.length ?? 0
      return count === 0 ? [] : [`${count} ${calmWords[state]}`]
    })
    .join(', ')
}

function namesOf(roles: readonly string[]): string {
  const names = roles.slice(0, mostNamed).map((role) => cut(role, 40))
  const more = roles.length - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}

/** Something to be named in a line, with its reason as far as there is room. */
interface Named {
  name: string
  why: string
  done: string
}

/** One line with as many of these as fit, the first with the most of its reason: what is worst is explained first. */
function fitted<T>(head: string, all: readonly T[], namedAs: (one: T) => Named, tail: string): string {
  const named = all.slice(0, mostNamed).map(namedAs)
  for (let count = named.length; ; count--) {
    const more = all.length - count
    const end = `${more > 0 ? `; and ${more} more` : ''}${tail}.`
    const shown = named.slice(0, count)
    const bare = head + shown.map(({ name, done }) => name + done).join('; ') + end
    let room = lineBytes - Buffer.byteLength(bare)
    if (room < 0 && count > 1) continue
    const phrases = shown.map(({ name, why, done }) => {
      const reason = reasonIn(why, room)
      room -= Buffer.byteLength(reason)
      return name + reason + done
    })
    return head + phrases.join('; ') + end
  }
}

/** ` (why)` in at most so many bytes, or nothing. */
function reasonIn(why: string, bytes: number): string {
  const most = Math.min(mostWhyBytes, bytes - ' ()'.length)
  const words = most < leastWhyBytes ? '' : ended(cut(why, most))
  return words === '' ? '' : ` (${words})`
}

/** Without the full stop of a sentence, which goes on. */
function ended(words: string): string {
  return words.replace(/\.$/, '')
}
