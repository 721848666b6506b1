import { knowledgeCaller } from '../../core/knowledge/caller.ts'
import { orgSubjects, subjectToken } from '../../core/subject.ts'
import type { WorkQueue } from '../../ports/bus.ts'
import type { BucketName } from '../../ports/keyed-state.ts'
import { encodeKey } from './keyed-state.ts'
import {
  bucketStream,
  bucketSubject,
  consumerOf,
  deadLetterStream,
  deskRole,
  ledgerStream,
  streamOf,
  workStream,
} from './topology.ts'

/** Who may connect: one user per part of the house, and one per role. */
export type BusUser =
  | {
      kind:
        | 'admin'
        | 'bridge'
        | 'router'
        | 'desk'
        | 'tasks'
        | 'knowledge'
        | 'sweep'
        | 'state'
        | 'bots'
        | 'gateway'
        | 'cli'
    }
  | { kind: 'role'; role: string }

const parts = [
  'admin',
  'bridge',
  'router',
  'desk',
  'tasks',
  'knowledge',
  'sweep',
  'state',
  'bots',
  'gateway',
  'cli',
] as const

/** What a user may publish to and subscribe to; everything else is refused by the server. */
export interface Permissions {
  publish: string[]
  subscribe: string[]
}

/** Every user of a fleet with these roles. */
export function busUsers(roles: string[]): BusUser[] {
  return [...parts.map((kind) => ({ kind })), ...roles.map((role) => ({ kind: 'role' as const, role }))]
}

/** The user's name: `bridge`, `role-cto`. */
export function busUserName(user: BusUser): string {
  return user.kind === 'role' ? `role-${subjectToken(user.role)}` : user.kind
}

/** Where a user's answers arrive. Nobody else may listen there. */
export function inboxPrefixOf(userName: string): string {
  return `_INBOX_${userName}`
}

/**
 * The rights of one user in an organisation with these roles. A role may speak only as itself, take only from its own queues, ask
 * only for tasks and knowledge and only in its own name, and cannot create consumers: whoever may create one can make the server
 * publish anywhere, by naming a delivery subject.
 */
export function permissionsFor(user: BusUser, { org, roles }: { org: string; roles: string[] }): Permissions {
  const subjects = orgSubjects(org)
  const own = { publish: [subjects.deadletterOf(writerOf(user))], subscribe: [`${inboxPrefixOf(busUserName(user))}.>`] }
  const grants = user.kind === 'role' ? roleGrants(user.role, org) : partGrants(user.kind, org, roles)
  return {
    publish: unique([own, ...grants].flatMap((grant) => grant.publish ?? [])),
    subscribe: unique([own, ...grants].flatMap((grant) => grant.subscribe ?? [])),
  }
}

/** As whom a user writes dead letters: a role as itself; the desk and the task service as the house. */
function writerOf(user: BusUser): string {
  if (user.kind === 'role') return user.role
  return user.kind === 'desk' || user.kind === 'tasks' ? deskRole : user.kind
}

type Grant = Partial<Permissions>

function roleGrants(role: string, org: string): Grant[] {
  return [
    speakAs(role, org),
    takeFrom('inbox', role),
    takeFrom('tasks', role),
    askForTasks(role, org),
    askForKnowledge(role, org),
  ]
}

function partGrants(kind: Exclude<BusUser['kind'], 'role'>, org: string, roles: string[]): Grant[] {
  const subjects = orgSubjects(org)
  const anyInbox = { publish: [`${org}.agents.*.inbox`] }
  const tellSystem = { publish: [subjects.systemEvents] }
  const hearStatus = { subscribe: [subjects.anyStatus] }
  const hearSystem = { subscribe: [subjects.systemEvents] }
  const notePresence = { publish: ['events.*.presence.*', 'events.*.gap.*'] }
  // Exactly four tokens: a fifth says who calls.
  const ask = { publish: [`${org}.svc.*.*`, '$SRV.>'] }
  switch (kind) {
    case 'admin':
      return [{ publish: ['>'], subscribe: ['>'] }]
    case 'bridge':
      return [
        { publish: ['events.>', `${org}.private.>`] },
        anyInbox,
        tellSystem,
        hearStatus,
        readStream(streamOf.events),
        readStream(streamOf.private),
        serve(org, 'bridge'),
        { publish: [subjects.service('desk', 'status')] },
        askForTasks('bridge', org),
        ...(['cursors', 'ids', 'threads'] as const).map(keepBucket),
        readBucket('control'),
      ]
    case 'router':
      return [
        speakAs(deskRole, org),
        anyInbox,
        notePresence,
        tellSystem,
        hearStatus,
        readStream(streamOf.events),
        readStream(streamOf.private),
        serve(org, 'router'),
        keepBucket('cursors'),
        readBucket('control'),
      ]
    case 'desk':
      return [
        speakAs(deskRole, org),
        takeFrom('inbox', deskRole),
        anyInbox,
        notePresence,
        tellSystem,
        hearStatus,
        serve(org, 'desk'),
        ask,
        askForTasks(deskRole, org),
        askForKnowledge(deskRole, org),
        ...(['control', 'drafts', 'pending'] as const).map(keepBucket),
      ]
    case 'tasks':
      return [
        { publish: [subjects.anyLedger, subjects.anyTasks, 'events.*.task.*'] },
        speakAs(deskRole, org),
        tellSystem,
        hearStatus,
        readStream(ledgerStream),
        getMessage(ledgerStream),
        serve(org, 'tasks'),
        answerRoles(roles),
        // What was given up goes back to where it was.
        anyInbox,
        readStream(deadLetterStream),
        getMessage(deadLetterStream),
        countWork(),
        leadAs('tasks'),
        { publish: [subjects.stateService('history', 'tasks')] },
        ...(['cursors', 'counters', 'letters', 'evidence'] as const).map(keepBucket),
        readBucket('control'),
      ]
    case 'knowledge':
      return [
        speakAs(deskRole, org),
        readStream(streamOf.events),
        serve(org, 'knowledge'),
        answerRoles(roles),
        // What it reads of tasks may be told to everybody; it changes none.
        { publish: [subjects.taskService('show', knowledgeCaller)] },
        keepBucket('cursors'),
        readBucket('control'),
      ]
    case 'sweep':
      // It acts as its role, over another connection; this one sees, keeps, and tells seats to ask anew.
      return [
        hearStatus,
        countWork(),
        { publish: [`$JS.API.CONSUMER.LIST.${workStream}`, `${org}.agents.*.restart`] },
        serve(org, 'sweep'),
        ask,
        leadAs('sweep'),
        keepBucket('sweeps'),
        readBucket('control'),
      ]
    case 'state':
      // It keeps what is accepted, changes none of it, and speaks nowhere.
      return [
        readStream(ledgerStream),
        readStream(streamOf.events),
        serve(org, 'state'),
        leadAs('state'),
        // A ledger that was lost is the task service's to write anew.
        { publish: [subjects.taskService('refill', 'state')] },
        { publish: ['learned', 'relearn'].map((verb) => subjects.knowledgeService(verb, 'state')) },
        readBucket('control'),
      ]
    case 'bots':
      return [tellSystem, hearStatus, { subscribe: [subjects.anyRestart] }, readBucket('control')]
    case 'gateway':
    case 'cli':
      return [
        hearStatus,
        hearSystem,
        ask,
        askForTasks(kind, org),
        askForKnowledge(kind, org),
        ...(kind === 'cli' ? [{ publish: [subjects.stateService('*', 'cli')] }] : []),
        readStream(streamOf.events),
        readBucket('control'),
        countWork(),
      ]
  }
}

/** Rights to say things as one role, and nobody else. */
function speakAs(role: string, org: string): Grant {
  const subjects = orgSubjects(org)
  const token = subjectToken(role)
  return { publish: [`events.${token}.>`, `${org}.private.*.${token}`, subjects.status(role)] }
}

/** Rights to take and acknowledge the work of one role's queue. */
function takeFrom(queue: WorkQueue, role: string): Grant {
  const consumer = consumerOf(queue, role)
  return { publish: [`$JS.API.CONSUMER.MSG.NEXT.${workStream}.${consumer}`, `$JS.ACK.${workStream}.${consumer}.>`] }
}

/** Rights to read a stream through a consumer of one's own. */
function readStream(stream: string): Grant {
  return {
    publish: [
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
      `$JS.API.CONSUMER.DELETE.${stream}.*`,
    ],
  }
}

/** Rights to look up single entries of a stream. */
function getMessage(stream: string): Grant {
  return { publish: [`$JS.API.STREAM.MSG.GET.${stream}`] }
}

function readBucket(bucket: BucketName): Grant {
  const stream = bucketStream(bucket)
  return { publish: [...(readStream(stream).publish ?? []), ...(getMessage(stream).publish ?? [])] }
}

/** Rights to seek one lead: whoever could write another's could throw its holder out. */
function leadAs(name: string): Grant {
  const bucket = 'leaders'
  return { publish: [...(readBucket(bucket).publish ?? []), bucketSubject(bucket, encodeKey(name))] }
}

function keepBucket(bucket: BucketName): Grant {
  return { publish: [...(readBucket(bucket).publish ?? []), bucketSubject(bucket, '>')] }
}

/** Rights to see how much waits for whom, not what it is. */
function countWork(): Grant {
  return { publish: [`$JS.API.STREAM.INFO.${workStream}`, `$JS.API.CONSUMER.INFO.${workStream}.*`] }
}

/** Rights to ask the task service as one caller: the last token is what it believes. */
function askForTasks(caller: string, org: string): Grant {
  return { publish: [orgSubjects(org).taskService('*', caller)] }
}

/** The same for the knowledge proxy. */
function askForKnowledge(caller: string, org: string): Grant {
  return { publish: [orgSubjects(org).knowledgeService('*', caller)] }
}

/** Rights to answer roles. One by one, because a wildcard stands for a whole token only. */
function answerRoles(roles: string[]): Grant {
  return { publish: roles.map((role) => `${inboxPrefixOf(busUserName({ kind: 'role', role }))}.>`) }
}

/** Rights to answer the parts that may ask. */
function serve(org: string, service: string): Grant {
  return {
    subscribe: [`${org}.svc.${service}.>`, '$SRV.>'],
    publish: parts.map((part) => `${inboxPrefixOf(part)}.>`),
  }
}

function unique(list: string[]): string[] {
  return [...new Set(list)]
}
