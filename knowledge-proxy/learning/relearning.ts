import { traceOf } from '../../core/envelope.ts'
import { publicRooms } from '../../core/fleet.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import { type Learned, type LearnedEnd, learnedEnds } from '../../ports/learning-log.ts'
import type { NewQuestion } from '../../ports/question-log.ts'
import type { BroughtBack } from '../corpus/record.ts'
import type { createLearnedAnswers } from './learned-answers.ts'
import type { LearningParts } from './parts.ts'

/**
 * Takes back what people taught a proxy whose file is lost: with its question, who may read it, what it rested on, its person and its time. What
 * is known here, or was answered here meanwhile, stays as it is. A label that another question has here is not taken from it: then the
 * answer has a new one. Doing it again changes nothing.
 */
export function createRelearning(
  parts: LearningParts & {
    answers: Pick<ReturnType<typeof createLearnedAnswers>, 'restore'>
    isKnown: (document: string) => boolean
  },
) {
  const { questions, learning, answers, fleet, isKnown, log } = parts

  return function relearn(knowledge: readonly KeptKnowledge[]): BroughtBack {
    const counts = { taken: 0, known: 0 }
    for (const kept of knowledge) {
      if (kept.learned === undefined) continue
      counts[relearnOne(kept, kept.learned) ? 'taken' : 'known'] += 1
    }
    if (counts.taken > 0) log.info({ ...counts }, 'knowledge: what people taught was taken back')
    return counts
  }

  function relearnOne(
    kept: KeptKnowledge,
    { label, person, question, request }: NonNullable<KeptKnowledge['learned']>,
  ) {
    if (learning.learned(label)?.request === request) return false
    const here = questions.question(label)
    const asked =
      here?.text === question
        ? here
        : questions.restore(questionOf(kept, person, question, request), label, kept.sources)
    // A kill may have left a question without its answer.
    if (learning.learned(asked.label) !== null) return false
    const learned: Learned = {
      ...{ label: asked.label, person, name: kept.name, question, text: kept.text, at: new Date(kept.at) },
      ...{ access: kept.access, basis: kept.sources, request, ended: endOf(kept.ended) },
    }
    answers.restore(learned, isKnown)
    return true
  }

  /** Who asked it, and where, is not known any more: it stands where its answer may be read, or else with who answered it. */
  function questionOf(kept: KeptKnowledge, person: string, text: string, request: string): NewQuestion {
    const id = `relearned:${request}`
    const room = roomOf(kept.access)
    const asked = { request: id, trace: traceOf(id), conversation: id, requester: `human-${person}`, name: kept.name }
    return { ...asked, tier: 'none', room, alone: room === null, text, at: new Date(kept.at) }
  }

  function roomOf(access: KeptKnowledge['access']): NewQuestion['room'] {
    const [clause, another] = access
    const [name, other] = clause === undefined ? publicRooms(fleet) : clause
    if (name === undefined || another !== undefined || (clause !== undefined && other !== undefined)) return null
    const room = Object.hasOwn(fleet.rooms, name) ? fleet.rooms[name] : undefined
    return room === undefined ? null : { name, visibility: room.visibility }
  }
}

function endOf(ended: KeptKnowledge['ended']): Learned['ended'] {
  if (ended === null) return null
  const by: LearnedEnd = learnedEnds.find((one) => one === ended.by) ?? 'forgotten'
  return { by, why: ended.why, at: new Date(ended.at) }
}
