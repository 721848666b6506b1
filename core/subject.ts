import { createHash } from 'node:crypto'

const tokenLimit = 64
const plainToken = /^[A-Za-z0-9_-]{1,64}$/
/** What encoded tokens start with; a plain name that happens to look like one is encoded too, so no two names share a token. */
const hashPrefix = 'h--'

/**
 * Turns any name into one NATS subject token: the name itself when it is `[A-Za-z0-9_-]` and at most 64 long,
 * else a hash. Different names give different tokens.
 */
export function subjectToken(name: string): string {
  if (plainToken.test(name) && !name.startsWith(hashPrefix)) return name
  // In UTF-8 all lone surrogates would be the same character.
  const hash = createHash('sha256').update(name, 'utf16le').digest('hex')
  return `${hashPrefix}${hash}`.slice(0, tokenLimit)
}

export type EventKind = 'chat' | 'task' | 'code' | 'presence' | 'role' | 'memory' | 'decision' | 'sweep' | 'gap'

/** `events.<actor>.<kind>.<verb>`; for `chat` the verb is the room. */
export function eventSubject(actor: string, kind: EventKind, verb: string): string {
  return `events.${subjectToken(actor)}.${kind}.${subjectToken(verb)}`
}

/** `events.*.chat.<room>`: every line of one public room, whoever said it. */
export function roomFilter(room: string): string {
  return `events.*.chat.${subjectToken(room)}`
}

/** The actor token of an `events.` or private subject, or null when the subject is neither. */
export function actorTokenOf(subject: string): string | null {
  const tokens = subject.split('.')
  if (tokens[0] === 'events' && tokens.length === 4) return tokens[1] ?? null
  if (tokens[1] === 'private' && tokens.length === 4) return tokens[3] ?? null
  return null
}

/** The room token of a line's subject, public or private, or null when the subject carries something else. */
export function roomTokenOf(subject: string): string | null {
  const tokens = subject.split('.')
  if (tokens.length !== 4) return null
  if (tokens[0] === 'events') return tokens[2] === 'chat' ? (tokens[3] ?? null) : null
  return tokens[1] === 'private' ? (tokens[2] ?? null) : null
}

/** All subjects of one organisation. `org` is a token already (checked in the configuration). */
export function orgSubjects(org: string) {
  return {
    inbox: (role: string) => `${org}.agents.${subjectToken(role)}.inbox`,
    /** Where doorbells for a role's tasks ring. */
    tasks: (role: string) => `${org}.agents.${subjectToken(role)}.tasks`,
    anyTasks: `${org}.agents.*.tasks`,
    status: (role: string) => `${org}.agents.${subjectToken(role)}.status`,
    anyStatus: `${org}.agents.*.status`,
    /** Where a seat is told to ask for its work anew. */
    restart: (role: string) => `${org}.agents.${subjectToken(role)}.restart`,
    anyRestart: `${org}.agents.*.restart`,
    private: (room: string, actor: string) => `${org}.private.${subjectToken(room)}.${subjectToken(actor)}`,
    /** Everybody's lines of one private room. */
    privateRoom: (room: string) => `${org}.private.${subjectToken(room)}.*`,
    anyPrivate: `${org}.private.*.*`,
    broadcasts: `${org}.org.broadcasts`,
    systemEvents: `${org}.org.events`,
    /** Where dead letters are that older writers wrote; nobody proves who they were. */
    deadletter: `${org}.org.deadletter`,
    /** Dead letters of one role or part; the bus proves whose they are. */
    deadletterOf: (writer: string) => `${org}.org.deadletter.${subjectToken(writer)}`,
    anyDeadletter: `${org}.org.deadletter.*`,
    /** The commits of one task, by its key. */
    ledger: (key: string) => `${org}.ledger.tasks.${subjectToken(key)}`,
    anyLedger: `${org}.ledger.tasks.*`,
    service: (service: string, verb: string) => `${org}.svc.${service}.${verb}`,
    /** The task service asked by `caller`: a role, or a part that people speak through. The bus proves who that is. */
    taskService: (verb: string, caller: string) => `${org}.svc.tasks.${verb}.${subjectToken(caller)}`,
    /** The task service asked by anybody; the last token of a request's subject is its caller. */
    anyTaskService: (verb: string) => `${org}.svc.tasks.${verb}.*`,
    /** The knowledge proxy asked by `caller`, who is proved in the same way. */
    knowledgeService: (verb: string, caller: string) => `${org}.svc.knowledge.${verb}.${subjectToken(caller)}`,
    /** The knowledge proxy asked by anybody. */
    anyKnowledgeService: (verb: string) => `${org}.svc.knowledge.${verb}.*`,
    /** The state store asked by `caller`, who is proved in the same way. */
    stateService: (verb: string, caller: string) => `${org}.svc.state.${verb}.${subjectToken(caller)}`,
  } as const
}
export type OrgSubjects = ReturnType<typeof orgSubjects>
