import { setTimeout as pause } from 'node:timers/promises'
import { oneLine } from '../core/clean-text.ts'
import type { Reader } from '../core/knowledge/access.ts'
import type { Answer, Band } from '../core/knowledge/answer.ts'
import { basisOf, composeAnswer, type Worded } from '../core/knowledge/compose-answer.ts'
import { pointsBack } from '../core/knowledge/follow-up.ts'
import type { Finding, FoundSection } from '../core/knowledge/found.ts'
import { type KnowledgeArguments, type KnowledgeRequest, questionLimit } from '../core/knowledge/request.ts'
import type { Clock } from '../ports/clock.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { AskedQuestion, QuestionLog } from '../ports/question-log.ts'
import type { Asker } from './asker.ts'
import type { PersonAsked } from './learning/asking.ts'
import type { PresentFinder } from './present.ts'

/** What models add, where there are some. Everything falls back to the work without them, and says so in `note`. */
interface Assistance {
  /** The question so that it can be looked up without those before it; null keeps it as it is. */
  rewrite(question: string, earlier: readonly string[]): Promise<string | null>
  /** Sections that are near in meaning. */
  widen(question: string, reader: Reader): Promise<FoundSection[]>
  /** The answer in words of its own, from cited passages only; null keeps the passages' words. */
  compose(question: string, finding: Finding): Promise<Worded | null>
  /** What did not work just now, in a sentence, or null. */
  trouble(): string | null
}

export interface AskParts {
  log: QuestionLog
  finder: PresentFinder
  /** How far the first reading of the corpus is, in files; null when it is over. */
  reading: () => Progress | null
  assistance: Assistance | null
  /** Who is asked instead; see learning/asking.ts. */
  learning: { ask(question: AskedQuestion, band: Band): PersonAsked | null }
  staleAfterDays: number
  clock: Clock
  metrics: Metrics
}

interface Progress {
  done: number
  total: number
}

interface Found {
  finding: Finding
  worded: Worded | null
}

/** For how long a question may lean on those before it. */
const conversationMs = 30 * 60_000
/** People's turns that a follow-up may lean on. */
const earlierTurns = 2
/** How long what cannot be answered well waits for the first reading to end. Whoever asks waits for no more than four seconds at a time. */
const readingMs = 2_500
const lookEveryMs = 50

/**
 * Answers questions. The same request gets the same answer, however often it comes: the first that was stored counts, as long as what it was made of
 * may be read. Never rejects for what a question says; an empty one gets an answer that says so.
 */
export function createAsk(parts: AskParts) {
  const { log, finder, reading, assistance, learning, staleAfterDays, clock, metrics } = parts
  /** Requests that are being answered: who asks again meanwhile waits for the same answer. */
  const underWay = new Map<string, Promise<Answer>>()

  return async function ask(args: KnowledgeArguments<'ask'>, asker: Asker, request: KnowledgeRequest): Promise<Answer> {
    const begun = underWay.get(request.id)
    if (begun !== undefined) return begun
    const answering = answer(args, asker, request).finally(() => underWay.delete(request.id))
    underWay.set(request.id, answering)
    return answering
  }

  async function answer(
    { question }: KnowledgeArguments<'ask'>,
    asker: Asker,
    request: KnowledgeRequest,
  ): Promise<Answer> {
    const text = question.slice(0, questionLimit).trim()
    const asked = log.open({
      request: request.id,
      trace: request.trace,
      conversation: request.conversation,
      requester: asker.actor,
      tier: asker.tier,
      name: asker.name,
      room: request.place?.room ?? null,
      alone: request.place === null || request.place.alone,
      text,
      at: clock.now(),
    })
    if (asked.answer !== null)
      return (await finder.stands(asked.basis, asker.reader)) ? asked.answer : gone(asked.answer)
    // Newest first there, and looked up oldest first.
    const earlier = log
      .earlier(asked.label, new Date(clock.now().getTime() - conversationMs), earlierTurns)
      .toReversed()
    const composed = ({ finding, worded }: Found) => {
      const note = noteFor(question, isUnsure(finding) ? reading() : null, assistance?.trouble() ?? null)
      const { label } = asked
      const now = clock.now()
      const answer = composeAnswer({ label, question: text, finding, worded, note, now, staleAfterDays })
      return { answer, basis: basisOf(answer, finding.sections) }
    }
    let { answer, basis } = composed(await foundInAll(text, earlier, asker.reader))
    // A model takes its time, in which a document may have gone.
    if (assistance !== null && !(await finder.stands(basis, asker.reader))) {
      const finding = await findFollowing(text, earlier, asker.reader, [])
      ;({ answer, basis } = composed({ finding, worded: null }))
    }
    // What is in none of the files so far is nobody's to answer yet.
    const person = reading() === null ? learning.ask(asked, answer.confidence.band) : null
    const whole = person === null ? answer : { ...answer, ...askedWith(person) }
    // Whoever was asked the same before is not asked again, and nothing waits for them twice.
    const waitsFor = person?.already === null ? person.person : null
    const kept = log.answered(asked.label, whole, basis, waitsFor)
    metrics.count('breakroom_answers_total', { what: answer.confidence.band })
    return kept.answer ?? whole
  }

  /** Looks again when something was still to be read. */
  async function foundInAll(question: string, earlier: readonly string[], reader: Reader): Promise<Found> {
    const first = await found(question, earlier, reader)
    if (!isUnsure(first.finding) || reading() === null) return first
    for (let waited = 0; waited < readingMs && reading() !== null; waited += lookEveryMs) await pause(lookEveryMs)
    return found(question, earlier, reader)
  }

  async function found(question: string, earlier: readonly string[], reader: Reader): Promise<Found> {
    if (assistance === null) return { finding: await findFollowing(question, earlier, reader, []), worded: null }
    const alone = earlier.length === 0 ? null : await assistance.rewrite(question, earlier)
    const near = await assistance.widen(alone ?? question, reader)
    const finding = await findFollowing(alone ?? question, alone === null ? earlier : [], reader, near)
    return {
      finding,
      worded: finding.confidence.band === 'none' ? null : await assistance.compose(alone ?? question, finding),
    }
  }

  /**
   * A short question may go on from others, and may as well be a new one: that is what it is when it is answered well by itself, or when
   * nothing speaks of any word of it.
   */
  async function findFollowing(
    question: string,
    earlier: readonly string[],
    reader: Reader,
    near: readonly FoundSection[],
  ): Promise<Finding> {
    if (earlier.length === 0 || pointsBack(question)) return finder.find(question, earlier, reader, near)
    const alone = await finder.find(question, [], reader, near)
    const { band } = alone.confidence
    if (band === 'high' || band === 'medium' || alone.sections.length === 0) return alone
    const following = await finder.find(question, earlier, reader, near)
    return following.confidence.probability > alone.confidence.probability ? following : alone
  }
}

/** An answer that may no longer be given: nobody is told what stood in it. */
function gone(answer: Answer): Answer {
  const confidence = {
    probability: 0,
    band: 'none',
    why: 'what it was answered from is another by now; ask again',
  } as const
  return { ...answer, text: '', confidence, sources: [], conflict: null, understood: null, note: null }
}

function isUnsure({ confidence: { band } }: Finding): boolean {
  return band === 'low' || band === 'none'
}

function noteFor(question: string, reading: Progress | null, trouble: string | null): string | null {
  if (question.trim() === '') return 'There is no question in that.'
  const cut =
    question.length > questionLimit ? `I read the first ${questionLimit.toLocaleString('en-US')} characters.` : null
  const more =
    reading === null ? null : `I am still reading (${reading.done} of ${reading.total} files); ask again in a minute.`
  const notes = [cut, more, trouble === null ? null : oneLine(trouble, 200)].filter((note) => note !== null)
  return notes.length === 0 ? null : notes.join(' ')
}

/** Who is told that it is theirs to answer: rung where it stands, once. */
function askedWith({ person, name, already }: PersonAsked): Pick<Answer, 'asked' | 'calls'> {
  if (already !== null) return { asked: `${name} was asked that already (${already}).` }
  return { asked: name, calls: person }
}
