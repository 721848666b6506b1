import { presenceTtlMs } from '../heartbeat.ts'
import { spanWords } from '../task/wording.ts'
import type { AgentCapture, FleetCapture, ProcessCapture } from './capture.ts'
import type { AgentFinding } from './finding.ts'
import { type Look, minuteMs, type Note, stalled } from './look-at.ts'
import type { Thresholds } from './settings.ts'
import { agentStates } from './states.ts'
import { deadWork, peoplesWork, workAt } from './work.ts'

/** So many silent at once, and more than half of all, have one cause. */
const manySilent = 3
const queues = ['tasks', 'inbox'] as const

/**
 * What each agent of the fleet is, and what is to be treated. `settings` gives a role's thresholds. `observed` says since when conditions
 * without a time of their own were seen; what comes out goes in again the next time. `held`, a sentence, when so many are silent at once that
 * it has one cause: then nobody is treated for being dead. `again`: when to look again, because something was seen for the first time
 * that has no time of its own; null when the next sweep will do.
 */
export function classifyFleet(
  fleet: FleetCapture,
  settings: (role: string) => Thresholds,
  observed: ReadonlyMap<string, number>,
): { agents: AgentFinding[]; observed: Map<string, number>; held: string | null; again: number | null } {
  const still = new Map<string, number>()
  const since = (key: string, first: number) => {
    // What was seen tomorrow was seen by a clock that was set back since.
    const known = Math.min(observed.get(key) ?? first, fleet.at)
    still.set(key, known)
    return known
  }
  const keep = (key: string) => {
    const known = observed.get(key)
    if (known !== undefined) still.set(key, known)
  }
  let earliest: number | null = null
  const again = (at: number) => {
    earliest = Math.min(at, earliest ?? at)
  }
  const agents = fleet.agents.map((agent) =>
    findingOf(agent, classifyAgent(agent, { fleet, thresholds: settings(agent.role), since, again, keep }), fleet.at),
  )
  // Who has only begun to listen can neither tell who is silent nor that something is over.
  const listenedAt = fleet.listeningSince + presenceTtlMs
  if (fleet.at < listenedAt) {
    again(listenedAt)
    for (const [key, at] of observed) if (!still.has(key)) still.set(key, at)
  }
  const held = oneCause(fleet, agents)
  return { agents: held === null ? agents : agents.map(withoutDead), observed: still, held, again: earliest }
}

function classifyAgent(agent: AgentCapture, look: Look): Note[] {
  const { at } = look.fleet
  if (agent.stopped) return [{ state: 'stopped', task: null, since: at, why: 'somebody stopped it', stall: null }]
  if (agent.seat === 'person') return peoplesWork(agent, look)
  const living = agent.processes.filter(({ state, heardAt }) => state !== 'leaving' && at - heardAt < presenceTtlMs)
  if (living.length === 0) return silent(agent, look)
  const deaf = deafness(agent, living, look)
  const zombies = living.flatMap((process) => zombie(agent, process, look))
  const work =
    agent.seat === 'program' ? workAt(agent, living, deaf.length + zombies.length > 0, look) : peoplesWork(agent, look)
  return [...deaf, ...zombies, ...work]
}

/** Nothing is heard of it. */
function silent(agent: AgentCapture, look: Look): Note[] {
  const { at, listeningSince } = look.fleet
  const heardAt = agent.processes.reduce((latest, process) => Math.max(latest, process.heardAt), 0)
  // A few lost heartbeats do not make it hear again.
  for (const queue of queues) look.keep(deafKey(agent, queue))
  // It may have been back for a moment between two looks.
  const since = Math.max(heardAt, look.since(`silent ${agent.role}`, Math.max(heardAt, listeningSince)))
  const listened = at - listeningSince >= presenceTtlMs
  const peoples = agent.seat === 'program' ? [] : peoplesWork(agent, look)
  if (!listened || at - since < look.thresholds.dead * minuteMs) return peoples
  const why = `no heartbeat for ${spanWords(at - since)}`
  const work = agent.seat === 'program' ? deadWork(agent, { state: 'dead', since, why }, look) : []
  if (work.length > 0) return work
  // Nothing waits for it: that is said, once. Which process it was, only some sweepers know.
  return [stalled(agent, null, { state: 'dead', since, why, epoch: 0 }, { ask: true }), ...peoples]
}

/** Its seat lives, and nobody asks for one of its queues. */
function deafness(agent: AgentCapture, living: readonly ProcessCapture[], look: Look): Note[] {
  const { at } = look.fleet
  return queues.flatMap((queue) => {
    const key = deafKey(agent, queue)
    const state = agent[queue]
    if (state === null) look.keep(key)
    if (state === null || state.pulled || state.waiting === 0 || state.inHand > 0) return []
    const since = look.since(key, at)
    const due = since + look.thresholds.deaf * minuteMs
    if (at < due) {
      look.again(due)
      return []
    }
    const why = `it takes nothing from its ${queue === 'tasks' ? 'doorbells' : 'inbox'}, where ${state.waiting} wait`
    const oldest = queue === 'tasks' ? oldestOpen(agent) : null
    const can = { restart: true, ask: oldest === null, ping: oldest !== null, reassign: true, escalate: true }
    const none = { reassign: false, escalate: false }
    const epoch = oldest?.epoch ?? living[0]?.epoch ?? 0
    return stalled(
      agent,
      oldest,
      { state: 'deaf', since, why, queue, epoch },
      oldest === null ? { ...can, ...none } : can,
    )
  })
}

function deafKey({ role }: AgentCapture, queue: (typeof queues)[number]): string {
  return `deaf ${role} ${queue}`
}

function oldestOpen({ work }: AgentCapture) {
  const open = work.filter(({ held, judging, escalated }) => held === null && !judging && !escalated)
  return open.reduce<(typeof open)[number] | null>(
    (oldest, task) => (oldest === null || task.openedAt < oldest.openedAt ? task : oldest),
    null,
  )
}

/** It works on what was given out again since, or is over. */
function zombie(agent: AgentCapture, { task, taskEpoch }: ProcessCapture, look: Look): Note[] {
  if (task === null || taskEpoch === null) return []
  const { epochs, at } = look.fleet
  const key = `zombie ${agent.role} ${task} ${taskEpoch}`
  if (epochs === null) look.keep(key)
  const current = epochs?.get(task)
  if (epochs === null || (current !== undefined && current <= taskEpoch)) return []
  const since = look.since(key, at)
  const due = since + look.thresholds.zombie * minuteMs
  if (at < due) {
    look.again(due)
    return []
  }
  const why =
    current === undefined ? 'it works on what is over' : `it works under epoch ${taskEpoch}, which is ${current} by now`
  const about = { label: task, epoch: taskEpoch, watched: null }
  return [stalled(agent, about, { state: 'zombie', since, why }, { restart: true, ask: true })]
}

/** The worst of what was noted, and everything that is to be treated. */
function findingOf({ role }: AgentCapture, notes: readonly Note[], at: number): AgentFinding {
  let worst: Note | null = null
  for (const note of notes) {
    if (worst === null || agentStates.indexOf(note.state) > agentStates.indexOf(worst.state)) worst = note
  }
  const { state, task, since, why } = worst ?? { state: 'healthy', task: null, since: at, why: '' }
  return { role, state, task, since, why, stalls: notes.flatMap(({ stall }) => stall ?? []) }
}

function oneCause({ agents: seen, at }: FleetCapture, agents: readonly AgentFinding[]): string | null {
  const seats = seen.filter(({ seat, stopped }) => seat !== 'person' && !stopped).length
  const dead = agents.filter(({ state }) => state === 'dead')
  if (dead.length < manySilent || dead.length * 2 <= seats) return null
  const since = dead.reduce((earliest, finding) => Math.min(earliest, finding.since), at)
  return `${dead.length} of ${seats} seats have been silent for ${spanWords(at - since)}: that has one cause`
}

function withoutDead(finding: AgentFinding): AgentFinding {
  return { ...finding, stalls: finding.stalls.filter(({ state }) => state !== 'dead') }
}
