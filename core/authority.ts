import { isLinked, isPerson } from './person.ts'

/** What somebody may do, least to most. `none` is nobody we know: an agent by itself, a banned name. */
export type Tier = 'none' | 'guest' | 'member' | 'founder'

const rank: Record<Tier, number> = { none: 0, guest: 1, member: 2, founder: 3 }

interface Rule {
  /** The least tier that may. */
  least: Exclude<Tier, 'none'>
  /** Whether an agent may with no person behind it. */
  agents: boolean
  /** Whether a person has to be one whom we know: a nick, or an account without an entry, is not enough at any tier. */
  linked?: true
  /** What it is, after "may". */
  says: string
}

/** Everything anybody may be allowed. What is not here is denied. */
const rules = {
  mention: { least: 'guest', agents: true, says: 'speak to a role' },
  dm: { least: 'guest', agents: true, says: 'write to a role alone' },
  'command.help': { least: 'guest', agents: false, says: 'ask for help' },
  'command.whoami': { least: 'guest', agents: false, says: 'ask who they are' },
  'command.login': { least: 'guest', agents: false, says: 'log in' },
  'command.agents': { least: 'guest', agents: false, says: 'list the roles' },
  'command.status': { least: 'guest', agents: false, says: 'ask for the status' },
  'command.ping': { least: 'member', agents: false, says: 'ping a role' },
  'command.sweep': { least: 'member', agents: false, says: 'have the fleet looked at' },
  'command.say': { least: 'member', agents: false, says: 'have something said' },
  'command.stop': { least: 'member', agents: false, says: 'stop a role' },
  'command.resume': { least: 'member', agents: false, says: 'resume a role' },
  'command.stop-fleet': { least: 'member', agents: false, says: 'stop the fleet' },
  'command.resume-fleet': { least: 'founder', agents: false, says: 'resume the fleet' },
  'task.see': { least: 'guest', agents: true, says: 'look at tasks' },
  'task.assign': { least: 'member', agents: false, says: 'assign a task' },
  'task.work': { least: 'member', agents: true, says: 'work on a task' },
  'task.approve': { least: 'member', agents: true, linked: true, says: 'approve or reject a result' },
  'knowledge.ask': { least: 'guest', agents: true, says: 'ask what is written down' },
  'knowledge.vote': { least: 'guest', agents: true, says: 'say whether an answer helped' },
  'knowledge.human': { least: 'guest', agents: false, says: 'have a person asked' },
  'knowledge.teach': { least: 'member', agents: false, linked: true, says: 'say what the answer is' },
  'knowledge.decide': { least: 'member', agents: false, linked: true, says: 'have a decision kept' },
  'knowledge.corpus': { least: 'member', agents: false, says: 'look after the corpus' },
  'task.ping': { least: 'member', agents: true, says: 'ask where a task stands' },
  'task.take-back': { least: 'member', agents: true, says: 'take a task back' },
  'task.hand-on': { least: 'member', agents: true, says: 'hand on a task that stands still' },
  'task.escalate': { least: 'member', agents: true, says: 'escalate a task' },
  'task.answer': { least: 'member', agents: true, says: 'answer what a task is stuck on' },
  'task.watch': { least: 'member', agents: true, says: 'see what stands still' },
  'evidence.record': { least: 'member', agents: true, says: 'have a check run' },
  'letter.see': { least: 'member', agents: true, says: 'look at dead letters' },
  'letter.change': { least: 'member', agents: false, linked: true, says: 'retry, edit or drop a dead letter' },
  'task.change': { least: 'member', agents: false, says: 'change what was assigned' },
} satisfies Record<string, Rule>

export type Action = keyof typeof rules

/** Somebody or something that narrows what may be done: an agent in the chain, the acting role, a room. */
export interface Limit {
  name: string
  allows(action: Action): boolean
}

/** What is asked, by whom, through whom, where. No text: what somebody says is never a right. */
export interface Request {
  action: string
  requester: { actor: string; tier: Tier }
  /** Every agent that acts for the requester, the acting role last. */
  chain?: readonly Limit[]
  room?: Limit
}

export type Verdict =
  | { allowed: true }
  | {
      allowed: false
      /** The rule that refused, for records and metrics. */
      rule: 'unknown-action' | 'agent-alone' | 'tier' | 'unlinked' | 'chain' | 'room'
      /** The refusal for people; it names the rule. */
      sentence: string
    }

/**
 * The one decision at every entrance: the rights of the requester, narrowed by everyone in the chain and by the room. Denies
 * whatever no rule allows.
 */
export function authorize({ action, requester, chain = [], room }: Request): Verdict {
  if (!isAction(action)) return denied('unknown-action', `Nobody may do "${action.slice(0, 64)}"`)
  const rule: Rule = rules[action]
  if (!isPerson(requester.actor)) {
    if (!rule.agents) return denied('agent-alone', `No agent may ${rule.says} unless a person asked for it`)
  } else if (rank[requester.tier] < rank[rule.least]) {
    return denied('tier', `Only a ${whoMay[rule.least]} may ${rule.says}; you are ${whoIs[requester.tier]}`)
  } else if (rule.linked === true && !isLinked(requester.actor)) {
    return denied('unlinked', `Only a person I know may ${rule.says}; ${becomeKnown}`)
  }
  const narrow = chain.find((agent) => !agent.allows(action))
  if (narrow) return denied('chain', `${narrow.name} may not ${rule.says}, whoever asks`)
  if (room?.allows(action) === false) return denied('room', `Nobody may ${rule.says} in ${room.name}`)
  return { allowed: true }
}

const whoMay = { guest: 'guest, a member or a founder', member: 'member or a founder', founder: 'founder' }
const becomeKnown = 'write to me alone "!login <word>", or have your account linked under people: in breakroom.yaml'
const whoIs: Record<Tier, string> = {
  none: 'nobody we know',
  guest: 'a guest',
  member: 'a member',
  founder: 'a founder',
}

function isAction(action: string): action is Action {
  return Object.hasOwn(rules, action)
}

function denied(rule: Extract<Verdict, { allowed: false }>['rule'], cause: string): Verdict {
  return { allowed: false, rule, sentence: `${cause} (rule: ${rule}).` }
}
