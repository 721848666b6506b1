import { traceOf } from '../../core/envelope.ts'
import { BreakroomError } from '../../core/errors.ts'
import { publicRooms } from '../../core/fleet.ts'
import { type Access, mayRead } from '../../core/knowledge/access.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import type { KnowledgeArguments, KnowledgeRequest } from '../../core/knowledge/request.ts'
import { redact } from '../../core/redact.ts'
import { quoted } from '../../core/task/wording.ts'
import type { Learned, WaitingWords } from '../../ports/learning-log.ts'
import type { AskedQuestion } from '../../ports/question-log.ts'
import { type createLearnedAnswers, isLearned, labelOf } from './learned-answers.ts'
import { dayOf, type LearningParts, nameOf, type Teller, type Told, traceOfAnswer } from './parts.ts'
import { notTeacher, questionMeant, teacherId } from './rights.ts'
import type { createSuggesting } from './suggesting.ts'
import { lastSaid } from './waiting-words.ts'

/** As long as an answer may be. Characters. */
const textLimit = 4_000
const shownBytes = 600

/** What is to be learned. */
interface Lesson {
  /** Whose answer it is. */
  person: string
  name: string
  text: string
  /** Who may read it at most, beside what its sources say. */
  access?: Access
}

export interface TeachingParts extends LearningParts {
  answers: ReturnType<typeof createLearnedAnswers>
  suggest: ReturnType<typeof createSuggesting>
}

/** Learns answers from people who may say what the answer is, and from nobody else. */
export function createTeaching(parts: TeachingParts) {
  const { learning, library, fleet, answers, suggest, say, clock } = parts

  /** What is right. From somebody who may not say so it is kept as a suggestion, and refused with `denied`. */
  async function teach(
    { question: label, text }: KnowledgeArguments<'teach'>,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const question = questionMeant(parts, label, teller, request)
    const clean = redact(text).text
    const person = teacherId(parts, question, teller)
    if (person === null) {
      await suggest(question, clean, teller, request, true)
      throw notTeacher(parts, question, teller, '; yours is kept as a suggestion')
    }
    return learn(question, { person, name: nameOf(fleet, person), text: clean }, teller, request)
  }

  /**
   * Accepts what the person who was asked said in the thread, or what the teller said is right, or confirms an answer
   * whose source changed.
   */
  async function remember(
    { question: label }: KnowledgeArguments<'remember'>,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const question = questionMeant(parts, label, teller, request)
    const person = teacherId(parts, question, teller)
    if (person === null) throw notTeacher(parts, question, teller)
    const before = learning.learned(question.label)
    if (before?.request === request.id) return learn(question, before, teller, request)
    const words = learning.waitingWords(question.label)
    const mine = lastSaid(words.filter((one) => one.person === person))
    const theirs = lastSaid(words.filter((one) => one.person === question.person))
    const lesson =
      lessonIn(mine.length > 0 ? mine : theirs) ?? confirmed(before, { person, name: nameOf(fleet, person) })
    if (lesson !== null) return learn(question, lesson, teller, request)
    if (before?.ended === null) return { text: `${question.label} has its answer already, from ${before.name}.` }
    const sentence = `There is nothing to remember for ${question.label} yet; !answer ${question.label} <text> says what is right.`
    throw new BreakroomError('refused', sentence, { detail: { rule: 'nothing-said' } })
  }

  async function learn(
    question: AskedQuestion,
    { person, name, text, access = [] }: Lesson,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const { label, text: asked } = question
    if (asked.trim() === '') {
      throw new BreakroomError('refused', `There is no question in ${label}.`, { detail: { rule: 'empty' } })
    }
    const before = learning.learned(label)
    const learned: Learned =
      before?.request === request.id
        ? before
        : {
            ...{ label, person, name, question: asked, text: text.slice(0, textLimit), at: clock.now() },
            ...answers.groundOf(question, access),
            ...{ request: request.id, ended: null },
          }
    // Done once more for a request that comes again: a kill may have left half of it.
    if (learned.ended === null) {
      answers.learn(learned, (older) => mayReplace(older, teller))
      await tell(question, learned, request)
    }
    const whereas = [whoMayBeTold(question, learned), untilWhen(learned, teller)].join('')
    return { text: `Remembered as the answer to ${label}, from ${learned.name}, ${dayOf(learned.at)}.${whereas}` }
  }

  /** What was asked alone is known to others from now on: whoever taught it is to know that. */
  function whoMayBeTold(question: AskedQuestion, { access }: Learned): string {
    return openRoom(question) === null && access.length === 0 ? ' Everybody may be told, with your question.' : ''
  }

  /** Names no document to those who may not read it: what is said in a room is read by all of it. */
  function untilWhen({ basis }: Learned, { reader }: Teller): string {
    if (basis.length === 0) return ''
    const facts = basis.map(({ document }) => library.entry(document)?.facts)
    const all = facts.every((its) => its !== undefined && mayRead(its.access, reader))
    return ` It counts until ${all ? basis.map(({ document }) => document).join(' or ') : 'its source'} changes.`
  }

  /** An older answer to the same question gives way to whoever may say what the answer to that is. */
  function mayReplace(older: Learned, teller: Teller): boolean {
    return teacherId(parts, { person: older.person, text: older.question }, teller) !== null
  }

  /** Tells the answer where the question stands, when it was given elsewhere and may be read there. */
  async function tell(
    question: AskedQuestion,
    { label, name, text, access, request }: Learned,
    { place }: KnowledgeRequest,
  ) {
    const room = openRoom(question)
    if (room === null || (place !== null && !place.alone && place.room.name === room.name)) return
    if (!mayRead(access, { rooms: new Set([...publicRooms(fleet), room.name]) })) return
    await say({
      id: `learned:${label}:${traceOf(request)}`,
      room,
      trace: traceOfAnswer(question),
      text: `${name} answered ${label} ${quoted(question.text)}: ${quoted(text, shownBytes)}`,
    })
  }

  /** Takes a remembered answer back. */
  async function forget(
    { question: label }: KnowledgeArguments<'forget'>,
    teller: Teller,
    request: KnowledgeRequest,
  ): Promise<Told> {
    const question = questionMeant(parts, label, teller, request)
    const learned = learning.learned(question.label)
    const person = teacherId(parts, { ...question, person: learned?.person ?? question.person }, teller)
    if (person === null && teacherId(parts, question, teller) === null) throw notTeacher(parts, question, teller)
    if (learned === null) return { text: `Nothing was remembered for ${question.label}.${heldBy(question)}` }
    if (learned.ended?.by !== 'forgotten') {
      answers.end(question.label, 'forgotten', `${teller.name} took it back on ${dayOf(clock.now())}`)
    }
    return { text: `The answer to ${question.label} is forgotten.` }
  }

  return { teach, remember, forget }
}

/** What several lines say together. */
function lessonIn(words: readonly WaitingWords[]): Lesson | null {
  const last = words.at(-1)
  if (last === undefined) return null
  return { person: last.person, name: last.name, text: words.map(({ text }) => text).join('\n') }
}

/** An answer whose source changed, said again by who stands for it now: for nobody who could not read it before. */
function confirmed(before: Learned | null, by: Omit<Lesson, 'text'>): Lesson | null {
  return before?.ended?.by === 'source' || before?.ended?.by === 'gone'
    ? { ...by, text: before.text, access: before.access }
    : null
}

/** Where the remembered answer is that this question was answered with. */
function heldBy({ basis }: AskedQuestion): string {
  const labels = basis.filter(({ document }) => isLearned(document)).map(({ document }) => labelOf(document))
  return labels.length === 0 ? '' : ` It was answered with ${labels.join(' and ')}: !forget ${labels[0]}.`
}
