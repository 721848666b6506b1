import { traceOf } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { publicRooms } from '../../core/fleet.ts'
import type { Band } from '../../core/knowledge/answer.ts'
import { personIdOf, whoKnows } from '../../core/knowledge/owners.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import type { KnowledgeArguments, KnowledgeRequest } from '../../core/knowledge/request.ts'
import { type Asked, askedIn, isSame } from '../../core/knowledge/same-question.ts'
import { isPerson } from '../../core/person.ts'
import { quoted } from '../../core/task/wording.ts'
import type { AskedQuestion, QuestionRoom } from '../../ports/question-log.ts'
import { type LearningParts, nameOf, type Teller, type Told } from './parts.ts'
import { questionMeant } from './rights.ts'

/** Who is asked instead. */
export interface PersonAsked {
  /** Id under `people`. */
  person: string
  name: string
  /** The label of the question with which they were asked the same already, or null: then they are not asked again. */
  already: string | null
}

const dayMs = 86_400_000
/** What waited for longer is asked again. */
const waitsMs = 30 * dayMs
/** Nobody is asked more often than this in a day, unless somebody presses for it. */
const mostADay = 20
/** Of these so many for one asker, and for all guests together, who are as many as they like: the others are for everybody else. */
const mostOfOne = 10
const shownBytes = 400
/**
 * Waiting questions of a person that a new one is compared with, newest first, and those that are kept ready for that.
 */
const mostCompared = 200
const mostRead = 2_000

/** Decides who is asked what nobody wrote down, and asks them. */
export function createAsking(parts: LearningParts) {
  const { questions, learning, library, fleet, say, clock } = parts
  /** What questions ask, by their labels: reading it takes longer than all the rest. */
  const read = new Map<string, Asked>()

  /**
   * Whether an answer of this band sends the question to a person at once, in the room where it was asked. Changes
   * nothing; whoever answers says so, and notes it with the answer. Never for what was asked alone, and never for
   * agents by themselves.
   */
  function ask(question: AskedQuestion, band: Band): PersonAsked | null {
    const { room, alone, requester, tier } = question
    if ((band !== 'low' && band !== 'none') || question.text.trim() === '') return null
    if (room === null || alone || !isPerson(requester) || tier === 'none') return null
    const person = personIn(room, question)
    if (person === null) return null
    const waiting = waitingFor(person)
    const already = sameAs(question, waiting)
    return already === null && isEnough(question, waiting) ? null : { person, name: nameOf(fleet, person), already }
  }

  /** Whether somebody was asked so much today that a question of this asker does not ring them by itself. */
  function isEnough({ requester, tier }: AskedQuestion, waiting: readonly AskedQuestion[]): boolean {
    const since = clock.now().getTime() - dayMs
    const today = waiting.filter(({ at }) => at.getTime() > since)
    const ofThese = today.filter(
      (other) => other.requester === requester || (tier === 'guest' && other.tier === 'guest'),
    )
    return today.length >= mostADay || ofThese.length >= mostOfOne
  }

  /** Who knows, among those who may hear of it in a room. */
  function personIn({ name, visibility }: QuestionRoom, { text, requester }: AskedQuestion): string | null {
    const members = new Set(fleet.rooms[name]?.members)
    const people = Object.entries(fleet.people).filter(([id]) => visibility === 'public' || members.has(id))
    return whoKnows(text, fleet.knowledge.owners, Object.fromEntries(people), personIdOf(requester))
  }

  function waitingFor(person: string): AskedQuestion[] {
    const since = clock.now().getTime() - waitsMs
    return questions.waiting().filter((other) => other.person === person && (other.put?.at.getTime() ?? 0) > since)
  }

  /** The label of a question that asks the same and stands where this one's readers see it. */
  function sameAs({ label, text, room }: AskedQuestion, waiting: readonly AskedQuestion[]): string | null {
    const asked = askedIn(text)
    const same = waiting.slice(0, mostCompared).find((other) => {
      const place = openRoom(other)
      const seen = place?.visibility === 'public' || (place !== null && place.name === room?.name)
      return other.label !== label && seen && isSame(asked, askedBy(other))
    })
    return same?.label ?? null
  }

  function askedBy({ label, text }: AskedQuestion): Asked {
    const asked = read.get(label) ?? askedIn(text)
    if (read.size >= mostRead) read.clear()
    read.set(label, asked)
    return asked
  }

  /**
   * Hands a question to the person who should know. What was asked alone is put into the first public room: the press
   * is the consent.
   */
  async function human(
    { question: label }: KnowledgeArguments<'human'>,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const question = questionMeant(parts, label, teller, request)
    const learned = learning.learned(question.label)
    if (learned?.ended === null) return { text: `${learned.name} answered ${question.label} already.` }
    if (question.person !== null && question.put?.request !== request.id) {
      return { text: `${nameOf(fleet, question.person)} was asked already (${question.label}).` }
    }
    const room = roomFor(question)
    const person = question.person ?? personIn(room, question)
    if (person === null) throw nobody()
    const name = nameOf(fleet, person)
    const same = question.person === null ? sameAs({ ...question, room }, waitingFor(person)) : null
    if (same !== null) return { text: `${name} was asked already (${same}).` }

    const here = request.place !== null && !request.place.alone && request.place.room.name === room.name
    const id = `ask-person:${question.label}`
    const trace = here ? request.trace : question.alone ? traceOf(id) : question.trace
    const text = `${name}, can you answer ${question.label}? ${quoted(question.text, shownBytes)} Answer in a thread here, or with !answer ${question.label} <text>.`
    // Said before it is noted: a kill in between says the same line again, which shows once.
    if (!here) await say({ id, room, text, trace })
    questions.putTo(question.label, person, { room, trace, at: clock.now(), request: request.id })
    const where = room.visibility === 'public' ? `in #${room.name}, where everybody reads it` : 'where it was asked'
    return { text: here ? text : `${name} is asked ${where} (${question.label}).` }
  }

  /** Where the person is asked. Throws `refused` when that would tell others what they may not know. */
  function roomFor(question: AskedQuestion): QuestionRoom {
    const { room, alone, label } = question
    if (room !== null && (!alone || isPrivateRoom(room))) return room
    const open = room?.visibility === 'public' ? room.name : publicRooms(fleet)[0]
    if (open === undefined) throw nobody()
    if (question.basis.every(({ document }) => library.entry(document)?.facts.access.length === 0)) {
      return { name: open, visibility: 'public' }
    }
    const sentence = `${label} was answered from what not everybody may read, so I put it to nobody in a public room; ask in a private one.`
    throw new BreakroomError('refused', sentence, { detail: { rule: 'restricted' } })
  }

  /** A private room of the fleet, rather than a conversation of two. */
  function isPrivateRoom({ name, visibility }: QuestionRoom): boolean {
    return visibility === 'private' && Object.hasOwn(fleet.rooms, name)
  }

  return { ask, human }
}

function nobody(): BreakroomError {
  const sentence = 'There is nobody else to ask; name who knows what under knowledge: owners: in breakroom.yaml.'
  return new BreakroomError('refused', sentence, { detail: { rule: 'nobody' } })
}
