/**
 * How an agent is, from well to worst. `stopped`: somebody stopped it, so nothing is wrong. `working-long` is not wrong either.
 * `waiting-for-answer`: on something that may be written down; `waiting-for-human`: on somebody's word or hand. `idle-with-work`: it is here
 * and takes nothing of what waits. `stalled`: it has something in hand and nothing shows that it goes on. `looping`: it says or does the
 * same again and again. `zombie`: it works on what is not its own any more. `deaf`: its seat lives, and asks for nothing. `dead`: nothing is
 * heard of it.
 */
export const agentStates = [
  'healthy',
  'stopped',
  'working-long',
  'waiting-for-human',
  'waiting-for-answer',
  'idle-with-work',
  'stalled',
  'looping',
  'zombie',
  'deaf',
  'dead',
] as const
export type AgentState = (typeof agentStates)[number]

/** Those in which something is done about it. */
export const stallStates = agentStates.slice(agentStates.indexOf('waiting-for-human')) as Exclude<
  AgentState,
  'healthy' | 'stopped' | 'working-long'
>[]
export type StallState = (typeof stallStates)[number]

/**
 * What can be done about a stall, the smallest first. `answer`: from what is written down; `ask`: the person who should know; `ping`: whoever
 * has it; `restart`: the seat asks for its work anew; `take_back`: the task is open again for its role; `reassign`: for another; `escalate`:
 * the next one up decides.
 */
export const rungKinds = ['answer', 'ask', 'ping', 'restart', 'take_back', 'reassign', 'escalate'] as const
export type RungKind = (typeof rungKinds)[number]
