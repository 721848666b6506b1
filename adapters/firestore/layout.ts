import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import type { KeptStart } from '../../core/state/kept-start.ts'
import type { RoleDay } from '../../core/state/role-day.ts'
import { subjectToken } from '../../core/subject.ts'
import { isOver, type Task } from '../../core/task/task.ts'
import type { PlacedCommit } from '../../ports/store.ts'
import type { Fields } from './values.ts'

/*
 * Where everything stands. {room} is the token of a room's name, as in subjects; {org} is in each document, so that what is asked across
 * folders stays within one organisation.
 *
 *   breakroom/{org}                                             whose it is: layout, fleet, since, taken_from
 *   breakroom/{org}/tasks/{key}                                 a task, as it stands
 *   breakroom/{org}/tasks/{key}/commits/{version}               what happened to it, version with eight digits
 *   breakroom/{org}/rooms/{room}/tasks/{key}[/commits/{version}]    the same, of a private room
 *   breakroom/{org}/knowledge/{id}                              what everybody may read
 *   breakroom/{org}/rooms/{room}/knowledge/{id}                 what whoever sits in that one room may
 *   breakroom/{org}/restricted/{id}                             knowledge that is to be read by anybody else
 *   breakroom/{org}/configurations/{id}
 *   breakroom/{org}/metrics/{id}
 *
 * A document has what it is asked by as fields, and all of it as JSON in `body`. Knowledge is in one place only: it moves with its access.
 */

export const layoutVersion = 1

/** What is asked by several fields at once, or across folders: each needs this index. All other questions are about one field of a folder. */
export const neededIndexes = [
  // A task by its key, wherever it is, and all tasks.
  { collectionGroup: 'tasks', queryScope: 'COLLECTION_GROUP', fields: ascending('org', 'key') },
  // All commits in the order of their places.
  { collectionGroup: 'commits', queryScope: 'COLLECTION_GROUP', fields: ascending('org', 'place') },
  // Knowledge by id, wherever it is, and all of it.
  { collectionGroup: 'knowledge', queryScope: 'COLLECTION_GROUP', fields: ascending('org', 'id') },
] as const

/** Where `body` is: never asked by, and an index of it would only cost. */
export const foldersWithBody = ['tasks', 'commits', 'knowledge', 'restricted', 'configurations', 'metrics'] as const

/** Paths and documents of one organisation, whose name is a token already. */
export function firestoreLayout(org: string) {
  const root = `breakroom/${org}`
  const room = (name: string) => `${root}/rooms/${unreserved(subjectToken(name))}`

  return {
    org,
    root,
    publicTask: (key: string) => `${root}/tasks/${documentId(key)}`,
    task({ key, place }: Task): string {
      const above = place.room.visibility === 'public' ? root : room(place.room.name)
      return `${above}/tasks/${documentId(key)}`
    },
    commit: (task: string, version: number) => `${task}/commits/${String(version).padStart(8, '0')}`,
    restricted: (id: string) => `${root}/restricted/${documentId(id)}`,
    knowledge({ id, access }: KeptKnowledge): string {
      const [clause = [], ...others] = access.map((rooms) => [...new Set(rooms)])
      const [only, ...more] = clause
      if (access.length === 0) return `${root}/knowledge/${documentId(id)}`
      const isOneRoom = only !== undefined && more.length === 0 && others.length === 0
      return isOneRoom ? `${room(only)}/knowledge/${documentId(id)}` : `${root}/restricted/${documentId(id)}`
    },
    record: (folder: 'configurations' | 'metrics', id: string) => `${root}/${folder}/${documentId(id)}`,

    taskFields(task: Task, body: string): Fields {
      return {
        org,
        key: task.key,
        label: task.label,
        number: Number(task.label.replace(/^\D+/, '')) || 0,
        role: task.role,
        status: task.status,
        live: !isOver(task),
        version: task.version,
        visibility: task.place.room.visibility,
        updated_at: new Date(task.updated_at),
        body,
      }
    },
    commitFields({ place, commit }: PlacedCommit, body: string): Fields {
      const { id, key, version, at } = commit
      return { org, key, version, place, id, at: new Date(at), body }
    },
    knowledgeFields({ id, revision, kind, at, ended }: KeptKnowledge, body: string): Fields {
      return { org, id, revision, kind, live: ended === null, at: new Date(at), body }
    },
    configurationFields({ id, revision, at, hash }: KeptStart, body: string): Fields {
      return { org, id, revision, at: new Date(at), hash, body }
    },
    metricsFields({ id, revision, role, day }: RoleDay, body: string): Fields {
      return { org, id, revision, role, day, body }
    },
  }
}
export type FirestoreLayout = ReturnType<typeof firestoreLayout>

/** A name as the id of a document: itself where it can be one, else a hash. Different names have different ids. */
function documentId(name: string): string {
  return unreserved(/^(?!h--)[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/.test(name) ? name : subjectToken(name))
}

/** Firestore keeps `__x__` for itself. */
function unreserved(token: string): string {
  return /^__.*__$|^r--/.test(token) ? `r--${token}` : token
}

function ascending<F extends string>(...fields: F[]) {
  return fields.map((fieldPath) => ({ fieldPath, order: 'ASCENDING' as const }))
}
