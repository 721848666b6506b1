import { join } from 'node:path'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { type KnowledgeFile, openKnowledgeFile } from '../../adapters/sqlite/knowledge/file.ts'
import { learningLogIn } from '../../adapters/sqlite/knowledge/learning-log.ts'
import { libraryIn } from '../../adapters/sqlite/knowledge/library.ts'
import { questionLogIn } from '../../adapters/sqlite/knowledge/question-log.ts'
import { fleetSchema } from '../../core/fleet.ts'
import type { Access } from '../../core/knowledge/access.ts'
import type { Band } from '../../core/knowledge/answer.ts'
import { readerOf } from '../../core/knowledge/reader.ts'
import type { KnowledgeRequest } from '../../core/knowledge/request.ts'
import { stemsOf } from '../../core/knowledge/words.ts'
import { createLearning } from '../../knowledge-proxy/learning/learning.ts'
import type { LearningParts, Teller, Words } from '../../knowledge-proxy/learning/parts.ts'
import type { AskedQuestion, Basis, NewQuestion } from '../../ports/question-log.ts'
import { temporaryFolder } from './process.ts'
import { answerOf, newQuestion, noon } from './questions.ts'
import { quietLog } from './quiet.ts'

/** Alice owns invoices, Frank is the founder, Bob and Eve are members; the board is Frank and Bob. */
export const learningFleet = fleetSchema.parse({
  rooms: { breakroom: {}, board: { visibility: 'private', members: ['frank', 'bob'] } },
  platforms: [{ name: 'local', kind: 'irc', embedded: true, rooms: { breakroom: '#breakroom' } }],
  people: {
    alice: { name: 'Alice', tier: 'member' },
    frank: { name: 'Frank', tier: 'founder' },
    bob: { name: 'Bob', tier: 'member' },
    eve: { name: 'Eve', tier: 'member' },
  },
  knowledge: { owners: [{ topics: ['invoices'], person: 'alice' }] },
})

export const breakroom = { name: 'breakroom', visibility: 'public' } as const
export const board = { name: 'board', visibility: 'private' } as const
/** Said in a room, where everybody there reads the answer. */
export const inBreakroom = { room: breakroom, alone: false, thread: false }
export const inBoard = { room: board, alone: false, thread: false }
/** Said to the house alone. */
export const alone = { room: { name: 'dm-bob', visibility: 'private' as const }, alone: true, thread: false }

/** Learning on a real file, with what the house said. */
export function createLearningHouse(changes: Partial<Pick<LearningParts, 'fleet' | 'say'>> = {}) {
  const folder = temporaryFolder()
  const said: Words[] = []
  const time = { now: noon }
  let requests = 0
  let file: KnowledgeFile
  let parts: LearningParts
  let learning: ReturnType<typeof createLearning>

  function start(): void {
    file = openKnowledgeFile({ file: join(folder.path, 'knowledge.db'), clock: systemClock, log: quietLog })
    parts = {
      questions: questionLogIn(file),
      learning: learningLogIn(file),
      library: libraryIn(file),
      fleet: learningFleet,
      directory: [{ role: 'cto', nick: 'cto' }],
      say: async (words) => {
        said.push(words)
      },
      clock: { ...systemClock, now: () => time.now },
      log: quietLog,
      ...changes,
    }
    learning = createLearning(parts)
  }
  start()

  return {
    said,
    time,
    get parts() {
      return parts
    },
    get learning() {
      return learning
    },
    /** Opens the file once more, as the next start does. */
    restart(): void {
      file.close()
      start()
    },
    /** Asked, answered, and put to whoever is asked at once. */
    ask(changes: Partial<NewQuestion> = {}, band: Band = 'low', basis: Basis[] = []): AskedQuestion {
      requests += 1
      const asked = parts.questions.open(newQuestion(`ask-${requests}`, { at: time.now, ...changes }))
      const person = learning.ask(asked, band)
      const answer = answerOf(asked.label, band)
      return parts.questions.answered(asked.label, answer, basis, person?.already === null ? person.person : null)
    },
    /** A document that there is, as an answer's basis. */
    document(id: string, hash = 'one', access: Access = []): Basis {
      const facts = {
        ...{ id, kind: 'file' as const, source: 'docs', title: id, date: null, author: null, topics: [] },
        ...{ status: 'current' as const, access, hash },
      }
      parts.library.put(facts, hash, [{ heading: [], text: 'Text of it.' }])
      return { document: id, hash }
    },
    /** Documents that are found for a question by whoever reads these rooms. */
    found(question: string, ...rooms: string[]): string[] {
      const reader = { rooms: new Set(rooms) }
      return parts.library.search(stemsOf(question), reader, 10).map(({ document }) => document.id)
    },
    [Symbol.dispose](): void {
      file.close()
      folder[Symbol.dispose]()
    },
  }
}

/** Somebody of the fleet who gives a command, reading what they may read there. */
export function teller(
  id: string,
  place: KnowledgeRequest['place'] = inBreakroom,
  changes: Partial<Teller> = {},
): Teller {
  const person = learningFleet.people[id]
  const actor = `human-${id}`
  const tier = person?.tier ?? 'guest'
  const room = place === null || place.alone ? null : place.room.name
  const reader = readerOf({ requester: actor, tier, chain: [], room }, learningFleet, new Map())
  return { actor, tier, name: person?.name ?? id, reader, ...changes }
}

/** A request as a door makes it. */
export function requestOf(
  id: string,
  place: KnowledgeRequest['place'] = inBreakroom,
  conversation = 'bob in breakroom',
): KnowledgeRequest {
  return { id, trace: `trace-${id}`, by: null, chain: [], place, conversation, args: {} }
}
