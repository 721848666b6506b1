import type { Action } from './authority.ts'

export interface Argument {
  name: string
  /**
   * `room` is a word with a leading `#`, `role` a name as people write it, `task` and `question` labels, `text` the rest of the line, and
   * `words` the same with its quotation marks.
   */
  kind: 'word' | 'room' | 'role' | 'task' | 'question' | 'text' | 'words'
  optional?: boolean
  /** It may only be there when the argument of this name is not. */
  insteadOf?: string
  /** How help shows it, where its name says too little. */
  shown?: string
}

/** What stands before a verb where commands are given aside. */
export const asidePrefix = '/br '

/** The headings of help. */
export const talk = 'Talk'
export const knowledge = 'Knowledge'
export const tasks = 'Tasks'
export const house = 'House'

export interface Verb {
  verb: string
  /** Under which heading help shows it. */
  about: typeof talk | typeof knowledge | typeof tasks | typeof house
  args: readonly Argument[]
  /** What it does, after "it". */
  does: string
  action: Action
  /** What it is without its role: the same for the whole fleet. */
  fleetAction?: Action
  /** A whole one as people write it, after the prefix. */
  example?: string
  /** What else can be said with it, in a line of its own. */
  more?: string
  /** Its argument is a secret: in a DM it counts without the prefix, so that the secret is never taken for talk. */
  secret?: boolean
}

/** The question that a verb is about; left out, it is the last one of the conversation. */
const whichQuestion = {
  name: 'question',
  kind: 'question',
  optional: true,
  shown: '[q-17]',
} as const satisfies Argument

/** Every command there is, in the order that help shows. A new one is a new row. */
export const verbs = [
  {
    verb: 'say',
    about: talk,
    args: [
      { name: 'room', kind: 'room', optional: true },
      { name: 'text', kind: 'text' },
    ],
    does: 'says it in that room, or in this one',
    action: 'command.say',
  },
  {
    verb: 'ping',
    about: talk,
    args: [{ name: 'role', kind: 'role' }],
    does: 'goes all the way to the role and back, and says how long it took',
    action: 'command.ping',
  },
  {
    verb: 'ask',
    about: knowledge,
    args: [{ name: 'question', kind: 'words' }],
    does: 'answers from what we have written down, with sources and how sure it is',
    action: 'knowledge.ask',
    example: 'ask how long are answers remembered?',
  },
  {
    verb: 'helped',
    about: knowledge,
    args: [whichQuestion],
    does: 'says that the answer helped',
    action: 'knowledge.vote',
  },
  {
    verb: 'wrong',
    about: knowledge,
    args: [whichQuestion, { name: 'text', kind: 'text', optional: true }],
    does: 'says that the answer is wrong, and what is right if you know',
    action: 'knowledge.vote',
  },
  {
    verb: 'human',
    about: knowledge,
    args: [whichQuestion],
    does: 'has the person asked who should know',
    action: 'knowledge.human',
  },
  {
    verb: 'answer',
    about: knowledge,
    args: [whichQuestion, { name: 'text', kind: 'text' }],
    does: 'says what the answer is; it is remembered with your name and the date',
    action: 'knowledge.teach',
  },
  {
    verb: 'remember',
    about: knowledge,
    args: [whichQuestion],
    does: 'keeps as the answer what the person who was asked said',
    action: 'knowledge.teach',
  },
  {
    verb: 'forget',
    about: knowledge,
    args: [whichQuestion],
    does: 'takes a remembered answer back',
    action: 'knowledge.teach',
  },
  {
    verb: 'decide',
    about: knowledge,
    args: [{ name: 'text', kind: 'text' }],
    does: 'keeps it as a decision, with your name and the date; questions are answered from it',
    action: 'knowledge.decide',
    example: 'decide Branches are named after their task, as in t-13-rate-limit.',
  },
  {
    verb: 'pattern',
    about: knowledge,
    args: [{ name: 'text', kind: 'text' }],
    does: 'keeps it as something that has proved itself',
    action: 'knowledge.decide',
  },
  {
    verb: 'assign',
    about: tasks,
    args: [{ name: 'text', kind: 'words', optional: true, shown: '<role> "<title>" accept: <what is then true>' }],
    does: 'gives a role a task; I ask for what is missing',
    action: 'task.assign',
    example:
      'assign cto "Add rate limiting" accept: 429 after 100 requests a minute; verify: `npm test`; priority: high; due: 60m; after: t-12; then: cso "Review {task_id}"',
    more: 'Also: prep:, qa: and review: with who plans, tries and reviews it; verify: file <path>; ack:, about:, context:, budget:; also: like then:, beside it; else: when it fails; then: nothing.',
  },
  {
    verb: 'tasks',
    about: tasks,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'lists the tasks that are not over, of one role or of all',
    action: 'task.see',
  },
  {
    verb: 'task',
    about: tasks,
    args: [{ name: 'task', kind: 'task' }],
    does: 'tells all about one task',
    action: 'task.see',
  },
  {
    verb: 'claim',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'role', kind: 'role', optional: true, insteadOf: 'task' },
    ],
    does: 'takes the task, or the next one of the role, as yours to work on',
    action: 'task.work',
  },
  {
    verb: 'ack',
    about: tasks,
    args: [{ name: 'task', kind: 'task', optional: true }],
    does: 'says that the task was seen',
    action: 'task.work',
  },
  {
    verb: 'start',
    about: tasks,
    args: [{ name: 'task', kind: 'task', optional: true }],
    does: 'says that work on it goes on',
    action: 'task.work',
  },
  {
    verb: 'note',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'text', kind: 'text' },
    ],
    does: 'adds a note to the task',
    action: 'task.work',
  },
  {
    verb: 'block',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'reason', kind: 'text' },
    ],
    does: 'says that the task is stuck, and on what',
    action: 'task.work',
  },
  {
    verb: 'done',
    about: tasks,
    args: [
      { name: 'task', kind: 'task', optional: true },
      { name: 'result', kind: 'text', optional: true },
    ],
    does: 'hands the result in; it is done when it was verified',
    action: 'task.work',
  },
  {
    verb: 'approve',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'comment', kind: 'text', optional: true },
    ],
    does: 'says yes to the result that waits for you',
    action: 'task.approve',
  },
  {
    verb: 'reject',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'reason', kind: 'text' },
    ],
    does: 'sends the result back, or a plan that you are to build from; in front of the reason may stand what kind it is: spec:, defect:, evidence:, security: or quality:',
    action: 'task.approve',
    example: 'reject t-13 defect: it loses the last line',
  },
  {
    verb: 'nudge',
    about: tasks,
    args: [{ name: 'task', kind: 'task' }],
    does: 'asks whoever has the task where it stands',
    action: 'task.ping',
  },
  {
    verb: 'escalate',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'reason', kind: 'text', optional: true },
    ],
    does: 'tells the next one up that the task stands still',
    action: 'task.escalate',
  },
  {
    verb: 'reassign',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'role', kind: 'role', optional: true },
    ],
    does: 'gives the task to that role, or to one that can do it and has the least to do',
    action: 'task.change',
  },
  {
    verb: 'cancel',
    about: tasks,
    args: [
      { name: 'task', kind: 'task' },
      { name: 'reason', kind: 'text', optional: true },
    ],
    does: 'ends the task, and those that wait for it',
    action: 'task.change',
  },
  {
    verb: 'dlq',
    about: tasks,
    args: [{ name: 'text', kind: 'words', optional: true, shown: '[show|retry|edit|drop] [d-3]' }],
    does: 'lists what could not be delivered or done; shows, retries, edits or drops one of it',
    action: 'letter.see',
    example: 'dlq edit d-3 role: cso',
  },
  {
    verb: 'help',
    about: house,
    args: [{ name: 'verb', kind: 'word', optional: true }],
    does: 'says what I can do',
    action: 'command.help',
  },
  { verb: 'agents', about: house, args: [], does: 'lists the roles and who is here', action: 'command.agents' },
  { verb: 'status', about: house, args: [], does: 'says how the house is', action: 'command.status' },
  {
    verb: 'sweep',
    about: house,
    args: [],
    does: 'has the fleet looked at now, and says who is stuck and what was done about it',
    action: 'command.sweep',
    more: 'It also happens by itself, every five minutes unless breakroom.yaml says otherwise. Asking again hurries nobody: of what stands still one thing is done at a time, and the next only when there was time to answer.',
  },
  {
    verb: 'stop',
    about: house,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'stops a role, or the whole fleet, within two seconds',
    action: 'command.stop',
    fleetAction: 'command.stop-fleet',
  },
  {
    verb: 'resume',
    about: house,
    args: [{ name: 'role', kind: 'role', optional: true }],
    does: 'lets a stopped role, or the whole fleet, go on',
    action: 'command.resume',
    fleetAction: 'command.resume-fleet',
  },
  {
    verb: 'whoami',
    about: house,
    args: [],
    does: 'says who you are to me and what you may do',
    action: 'command.whoami',
  },
  {
    verb: 'login',
    about: house,
    args: [{ name: 'word', kind: 'text' }],
    does: 'proves who you are; only ever in a DM',
    action: 'command.login',
    secret: true,
  },
] as const satisfies readonly Verb[]

/** The verb of this name, case ignored, or null. */
export function verbNamed(word: string): (typeof verbs)[number] | null {
  return verbs.find(({ verb }) => verb === word.toLowerCase()) ?? null
}

/** How a verb is used: `!claim [task|role]`. */
export function usage(verb: Verb, prefix: string): string {
  return [prefix + verb.verb, ...argumentsOf(verb)].join(' ')
}

/** The same without what may be left out: `!claim`. */
export function briefUsage(verb: Verb, prefix: string): string {
  return [prefix + verb.verb, ...argumentsOf(verb).filter((shown) => !shown.startsWith('['))].join(' ')
}

function argumentsOf(verb: Verb): string[] {
  return verb.args.flatMap(({ name, kind, optional, shown, insteadOf }) => {
    if (insteadOf !== undefined) return []
    const other = verb.args.find((argument) => argument.insteadOf === name)
    const names = `${kind === 'room' ? '#' : ''}${name}${other === undefined ? '' : `|${other.name}`}`
    return shown ?? (optional ? `[${names}]` : `<${names}>`)
  })
}
