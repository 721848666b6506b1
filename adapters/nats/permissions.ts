import { orgSubjects, subjectToken } from '../../core/subject.ts'
import type { BucketName } from '../../ports/keyed-state.ts'
import { bucketStream, bucketSubject, deskRole, inboxConsumer, streamOf, workStream } from './topology.ts'

/** Who may connect: one user per part of the house, and one per role. */
export type BusUser =
  | { kind: 'admin' | 'bridge' | 'router' | 'desk' | 'bots' | 'gateway' | 'cli' }
  | { kind: 'role'; role: string }

const parts = ['admin', 'bridge', 'router', 'desk', 'bots', 'gateway', 'cli'] as const

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
 * The rights of one user in organisation `org`. A role may speak only as itself, take only from its own inbox, and cannot
 * create consumers: whoever may create one can make the server publish anywhere, by naming a delivery subject.
 */
export function permissionsFor(user: BusUser, org: string): Permissions {
  const subjects = orgSubjects(org)
  const own = { publish: [subjects.deadletter], subscribe: [`${inboxPrefixOf(busUserName(user))}.>`] }
  const grants = user.kind === 'role' ? [speakAs(user.role, org), takeFrom(user.role)] : partGrants(user.kind, org)
  return {
    publish: unique([own, ...grants].flatMap((grant) => grant.publish ?? [])),
    subscribe: unique([own, ...grants].flatMap((grant) => grant.subscribe ?? [])),
  }
}

type Grant = Partial<Permissions>

function partGrants(kind: Exclude<BusUser['kind'], 'role'>, org: string): Grant[] {
  const subjects = orgSubjects(org)
  const anyInbox = { publish: [`${org}.agents.*.inbox`] }
  const tellSystem = { publish: [subjects.systemEvents] }
  const hearStatus = { subscribe: [subjects.anyStatus] }
  const hearSystem = { subscribe: [subjects.systemEvents] }
  const notePresence = { publish: ['events.*.presence.*', 'events.*.gap.*'] }
  const ask = { publish: [`${org}.svc.>`, '$SRV.>'] }
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
        ...(['cursors', 'ids'] as const).map(keepBucket),
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
        takeFrom(deskRole),
        anyInbox,
        notePresence,
        tellSystem,
        hearStatus,
        serve(org, 'desk'),
        ask,
        keepBucket('control'),
      ]
    case 'bots':
      return [tellSystem, hearStatus, readBucket('control')]
    case 'gateway':
    case 'cli':
      return [hearStatus, hearSystem, ask, readStream(streamOf.events), readBucket('control'), countWork()]
  }
}

/** Rights to say things as one role, and nobody else. */
function speakAs(role: string, org: string): Grant {
  const subjects = orgSubjects(org)
  const token = subjectToken(role)
  return { publish: [`events.${token}.>`, `${org}.private.*.${token}`, subjects.status(role)] }
}

/** Rights to take and acknowledge the work of one role's inbox. */
function takeFrom(role: string): Grant {
  const consumer = inboxConsumer(role)
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

function readBucket(bucket: BucketName): Grant {
  const stream = bucketStream(bucket)
  return { publish: [...(readStream(stream).publish ?? []), `$JS.API.STREAM.MSG.GET.${stream}`] }
}

function keepBucket(bucket: BucketName): Grant {
  return { publish: [...(readBucket(bucket).publish ?? []), bucketSubject(bucket, '>')] }
}

/** Rights to see how much waits for whom, not what it is. */
function countWork(): Grant {
  return { publish: [`$JS.API.STREAM.INFO.${workStream}`, `$JS.API.CONSUMER.INFO.${workStream}.*`] }
}

/** Rights to answer the parts that may ask. Roles ask nobody, so their inboxes are not in it. */
function serve(org: string, service: string): Grant {
  return {
    subscribe: [`${org}.svc.${service}.>`, '$SRV.>'],
    publish: parts.map((part) => `${inboxPrefixOf(part)}.>`),
  }
}

function unique(list: string[]): string[] {
  return [...new Set(list)]
}
