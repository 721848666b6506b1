import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firestoreLayout } from '../../../adapters/firestore/layout.ts'
import type { KeptKnowledge } from '../../../core/state/kept-knowledge.ts'
import { subjectToken } from '../../../core/subject.ts'
import { type FirestoreEmulator, firestoreEmulator, firestoreMissing } from '../../support/firestore-emulator.ts'
import { cloneFolder } from '../../support/process.ts'
import { asked } from '../../support/task-story.ts'

const missing = firestoreMissing()
const rules = join(cloneFolder, 'deploy/firestore.rules')

/** A name that cannot be a token is hashed: this one looks like a path and a pattern. */
const oddName = 'Vorstand & Beirat/*'
const oddRoom = subjectToken(oddName)

/** Where the adapter puts things. */
const layout = firestoreLayout('acme')
const taskIn = (name: string, visibility: 'public' | 'private') =>
  layout.task(asked({}, { place: { room: { name, visibility } } }).task)
const knowledgeFor = (...access: string[][]) =>
  layout.knowledge({ id: 'decision-1', access } as unknown as KeptKnowledge)
const claimsOf = (tier: unknown, rooms: unknown, org: unknown = 'acme') => ({
  breakroom_org: org,
  breakroom_tier: tier,
  breakroom_rooms: rooms,
})

/** More than fit into the claims that Firebase takes. */
const manyRooms = Array.from({ length: 400 }, (_, index) => `room-${index}`)

/** Everybody who may come along, by what their token says; null has none. */
const people = {
  'a founder who sits in the board room': claimsOf('founder', ['board', oddRoom]),
  'a founder who sits nowhere': claimsOf('founder', []),
  'a member who sits in the board room': claimsOf('member', ['board']),
  'a member who sits in another room': claimsOf('member', ['garden']),
  'a member whose rooms are not said': { breakroom_org: 'acme', breakroom_tier: 'member' },
  'a guest who sits in the board room': claimsOf('guest', ['board']),
  'the founder of another organisation': claimsOf('founder', ['board', oddRoom], 'umbrella'),
  'somebody signed in without claims': {},
  'somebody without a token': null,
  'a token with an organisation in a list': claimsOf('founder', ['board'], ['acme']),
  'a token with a tier in a list': claimsOf(['founder', 'member'], ['board']),
  'a token with a tier that is true': claimsOf(true, ['board']),
  'a token with a tier in capitals': claimsOf('Founder', ['board']),
  'a member who sits in hundreds of rooms': claimsOf('member', [...manyRooms, 'board']),
  'a member who sits in hundreds of other rooms': claimsOf('member', manyRooms),
  'a member whose rooms are in a list of lists': claimsOf('member', [['board'], { room: 'board' }]),
  'a founder whose organisation is a number': claimsOf('founder', ['board'], 7),
  'a member whose rooms are one text': claimsOf('member', 'board'),
  'a member whose rooms are a map': claimsOf('member', { board: true }),
  'a member whose rooms are patterns': claimsOf('member', ['*', '.*', '{room}', 'BOARD', 'board/tasks', null, 7]),
} as const
type Person = keyof typeof people

const founders: Person[] = ['a founder who sits in the board room', 'a founder who sits nowhere']
const members: Person[] = [
  ...founders,
  'a member who sits in the board room',
  'a member who sits in another room',
  'a member whose rooms are not said',
  'a member who sits in hundreds of rooms',
  'a member who sits in hundreds of other rooms',
  'a member whose rooms are in a list of lists',
  'a member whose rooms are one text',
  'a member whose rooms are a map',
  'a member whose rooms are patterns',
]
const board: Person[] = [
  'a founder who sits in the board room',
  'a member who sits in the board room',
  'a member who sits in hundreds of rooms',
]

/** Every kind of document that there is, and who may get it. All may be listed by the same people, but for what is said below. */
const readers: Record<string, readonly Person[]> = {
  [layout.root]: founders,
  [taskIn('breakroom', 'public')]: members,
  [layout.commit(taskIn('breakroom', 'public'), 1)]: members,
  [knowledgeFor()]: members,
  [layout.record('metrics', '2026-11-22.cto')]: members,
  [layout.record('configurations', '2026-11-22T07-15-00-123Z-9f3a12cd')]: founders,
  'breakroom/acme/rooms/board': [],
  [taskIn('board', 'private')]: board,
  [layout.commit(taskIn('board', 'private'), 1)]: board,
  [knowledgeFor(['board'])]: board,
  [taskIn(oddName, 'private')]: ['a founder who sits in the board room'],
  [knowledgeFor([oddName])]: ['a founder who sits in the board room'],
  [knowledgeFor(['board', oddName])]: [],
  [knowledgeFor(['board'], ['garden'])]: [],
  'breakroom/acme/else/1': [],
  [`${taskIn('breakroom', 'public')}/else/1`]: [],
  'breakroom/acme/rooms/board/else/1': [],
  'breakroom/umbrella/tasks/k4': ['the founder of another organisation'],
  'somewhere/else': [],
}
/** Listing these would tell of other organisations and of rooms that one does not sit in. */
const listedByNobody = new Set(['breakroom', 'breakroom/acme/rooms'])

describe("the access rules of Firestore, in Google's emulator", { timeout: 90_000 }, () => {
  let emulator: FirestoreEmulator
  let documents: string

  beforeAll(async () => {
    if (missing !== null) return
    emulator = await firestoreEmulator({ rules })
    documents = `http://${emulator.host}/v1/projects/${emulator.project}/databases/(default)/documents`
    for (const path of Object.keys(readers)) expect(await write('PATCH', path, 'Bearer owner'), path).toBe('allowed')
  }, 90_000)
  beforeEach(({ skip }) => skip(missing !== null, missing ?? ''))
  afterAll(() => emulator?.stop())

  it.each(Object.keys(people) as Person[])('lets %s get what is theirs to read, and nothing else', async (person) => {
    const seen = await eachPath((path) => ask(path, tokenOf(person)))
    expect(seen).toEqual(expected(person, () => true))
  })

  it.each(Object.keys(people) as Person[])('lets %s list what is theirs to read, and nothing else', async (person) => {
    const seen = await eachPath((path) => ask(collectionOf(path), tokenOf(person)))
    expect(seen).toEqual(expected(person, (path) => !listedByNobody.has(collectionOf(path))))
  })

  it('lets nobody make, change or remove anything', async () => {
    for (const person of Object.keys(people) as Person[]) {
      const made = await eachPath((path) => write('PATCH', `${path}-new`, tokenOf(person)))
      const changed = await eachPath((path) => write('PATCH', path, tokenOf(person)))
      const removed = await eachPath((path) => write('DELETE', path, tokenOf(person)))
      const denied = Object.fromEntries(Object.keys(readers).map((path) => [path, 'denied']))
      expect([made, changed, removed], person).toEqual([denied, denied, denied])
    }
    expect(await eachPath((path) => ask(path, 'Bearer owner'))).toEqual(
      Object.fromEntries(Object.keys(readers).map((path) => [path, 'allowed'])),
    )
  })

  it('answers no query over all collections of a name, which would find what is private', async () => {
    for (const person of Object.keys(people) as Person[]) {
      for (const name of ['commits', 'tasks', 'knowledge', 'metrics', 'configurations', 'restricted']) {
        expect(await query('', name, tokenOf(person), true), `${name} for ${person}`).toBe('denied')
        expect(await query('/breakroom/acme', name, tokenOf(person), true), `${name} below, for ${person}`).toBe(
          'denied',
        )
      }
    }
    expect(await query('', 'commits', 'Bearer owner', true)).toBe('allowed')
  })

  it('answers a query of one collection to whoever may list it', async () => {
    const member = tokenOf('a member who sits in the board room')
    expect(await query('/breakroom/acme', 'tasks', member, false)).toBe('allowed')
    expect(await query('/breakroom/acme/rooms/board', 'tasks', member, false)).toBe('allowed')
    expect(await query(`/breakroom/acme/rooms/${oddRoom}`, 'tasks', member, false)).toBe('denied')
    expect(await query('/breakroom/acme', 'configurations', member, false)).toBe('denied')
  })

  it('tells nobody the names of rooms', async () => {
    for (const person of Object.keys(people) as Person[]) {
      expect(await ask('breakroom/acme/rooms?showMissing=true', tokenOf(person)), person).toBe('denied')
      expect(await send('POST', '/breakroom/acme:listCollectionIds', tokenOf(person), {}), person).toBe('denied')
    }
  })

  function ask(path: string, authorization: string | null) {
    return send('GET', `/${path}`, authorization)
  }

  function write(method: 'PATCH' | 'DELETE', path: string, authorization: string | null) {
    const body = { fields: { org: { stringValue: 'acme' }, body: { stringValue: '{}' } } }
    return send(method, `/${path}`, authorization, method === 'PATCH' ? body : undefined)
  }

  function query(parent: string, collectionId: string, authorization: string | null, allDescendants: boolean) {
    const structuredQuery = { from: [{ collectionId, allDescendants }] }
    return send('POST', `${parent}:runQuery`, authorization, { structuredQuery })
  }

  /** Whether the rules let it through; anything else is a fault of the test. */
  async function send(method: string, path: string, authorization: string | null, body?: object) {
    const answer = await fetch(`${documents}${path}`, {
      method,
      headers: authorization === null ? {} : { authorization },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.status === 200) return 'allowed'
    if (answer.status === 403) return 'denied'
    throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  }
})

function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

async function eachPath(outcome: (path: string) => Promise<string>): Promise<Record<string, string>> {
  const outcomes = Object.keys(readers).map(async (path) => [path, await outcome(path)] as const)
  return Object.fromEntries(await Promise.all(outcomes))
}

function expected(person: Person, possible: (path: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readers).map(([path, who]) => [path, possible(path) && who.includes(person) ? 'allowed' : 'denied']),
  )
}

/** A token as the emulator takes it: unsigned. */
function tokenOf(person: Person): string | null {
  const claims = people[person]
  if (claims === null) return null
  const now = Math.floor(Date.now() / 1_000)
  const payload = { sub: 'u1', user_id: 'u1', iat: now, exp: now + 3_600, firebase: { identities: {} }, ...claims }
  return `Bearer ${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(payload)}.`
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
