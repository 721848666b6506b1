import { traceOf } from '../../core/envelope.ts'
import { publicRooms } from '../../core/fleet.ts'
import { type DigestContent, type DueDigest, digestDue, digestText } from '../../core/knowledge/digest.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import { groupedByQuestion } from '../../core/knowledge/same-question.ts'
import { stemsOf } from '../../core/knowledge/words.ts'
import type { AskedQuestion } from '../../ports/question-log.ts'
import { type LearningParts, nameOf } from './parts.ts'

const yearMs = 365 * 86_400_000
/** Of more than these the digest does not know: comparing all with all takes its time. */
const mostQuestions = 500
const mostOthers = 50

/** The week's open questions. Of what not everybody may read nothing is told, and nothing counted. */
export function createDigest({ questions, learning, fleet, say, clock }: LearningParts) {
  /**
   * Says the digest when it is due: once a week, whenever this is called, however often the house is restarted. Also
   * drops questions that are older than a year.
   */
  return async function digest(): Promise<void> {
    const now = clock.now()
    const last = learning.lastDigest()
    const due = digestDue(now, fleet.knowledge.digest, last)
    if (due === null || (last === null && !askedBefore(due))) return
    const [room] = publicRooms(fleet)
    const text = digestText(contentSince(due.since))
    const id = `knowledge-digest:${due.week}`
    if (room !== undefined && text !== null) {
      await say({ id, room: { name: room, visibility: 'public' }, trace: traceOf(id), text })
    }
    learning.digestSent({ week: due.week, at: now })
    questions.dropBefore(new Date(now.getTime() - yearMs))
  }

  /** A house that began after the day on which it would have been due has no week to tell of yet. */
  function askedBefore({ at }: DueDigest): boolean {
    return questions.recent(new Date(0), mostQuestions).some((question) => question.at < at)
  }

  function contentSince(since: Date): DigestContent {
    const ended = learning.unconfirmed(mostOthers).filter((learned) => (learned.ended?.at ?? since) > since)
    return {
      open: openQuestions(since),
      ended: ended
        .filter(({ label, access }) => access.length === 0 && isPublic(questions.question(label)))
        .map(({ label, question, name, ended }) => ({ label, question, name, why: ended?.why ?? '' })),
      suggested: learning
        .recentSuggestions(since, mostOthers)
        .filter(({ open, label }) => open && isPublic(questions.question(label)))
        .map(({ label, name, text }) => ({ label, name, text })),
    }
  }

  /** Those asked most often first. */
  function openQuestions(since: Date): DigestContent['open'] {
    const asked = questions
      .recent(since, mostQuestions)
      .filter((question) => isPublic(question) && question.answer !== null && stemsOf(question.text).length > 0)
    return groupedByQuestion(asked, ({ text }) => text)
      .filter((group) => !isAnswered(group))
      .toSorted((one, other) => other.length - one.length)
      .flatMap((group) => {
        const [newest] = group
        if (newest === undefined) return []
        const person = group.find((question) => question.person !== null)?.person ?? null
        const name = person === null ? null : nameOf(fleet, person)
        return [{ label: newest.label, question: newest.text, times: group.length, asked: name }]
      })
  }

  /** By now: newest first, so that what was written down since counts. */
  function isAnswered(group: readonly AskedQuestion[]): boolean {
    const band = group[0]?.answer?.confidence.band
    return band === 'high' || band === 'medium' || group.some(({ label }) => learning.learned(label)?.ended === null)
  }
}

function isPublic(question: AskedQuestion | null): boolean {
  return question !== null && openRoom(question)?.visibility === 'public'
}
