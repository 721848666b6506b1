import { createHash } from 'node:crypto'
import { oneLine } from '../../core/clean-text.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type Access, accessOfShelf, shelfOf } from '../../core/knowledge/access.ts'
import type { DocumentFacts } from '../../core/knowledge/document.ts'
import { openRoom } from '../../core/knowledge/question-audience.ts'
import { asksTheSame } from '../../core/knowledge/same-question.ts'
import { stemsOf } from '../../core/knowledge/words.ts'
import type { Learned } from '../../ports/learning-log.ts'
import type { AskedQuestion, Basis } from '../../ports/question-log.ts'
import { dayOf, type LearningParts } from './parts.ts'

const source = 'learned'
const titleLength = 200
/** Documents among which an older answer to the same question is looked for. */
const lookedAt = 10

/**
 * Keeps learned answers in the log and in the library. The log is the truth, and is written first: what a kill kept
 * from the library is put right at the next start.
 */
export function createLearnedAnswers({ learning, library, fleet, clock, log }: LearningParts) {
  /** Learns an answer, in place of older ones of the same question that `mayReplace` allows. */
  function learn(learned: Learned, mayReplace: (older: Learned) => boolean): void {
    learning.learn(learned)
    put(learned)
    for (const older of sameQuestion(learned).filter(mayReplace)) endReplaced(older, learned)
    log.info({ question: learned.label, person: learned.person }, 'knowledge: an answer was learned')
  }

  /**
   * Keeps an answer that was learned before the log and the library began: as after a restart, what it rests on may be another by now, or may
   * not have been read yet. Of those to one question the newest counts.
   */
  function restore(learned: Learned, isKnown: (document: string) => boolean): void {
    learning.learn(learned)
    if (learned.ended !== null) return
    if (learned.basis.some(({ document }) => endedBy(learned, document, isKnown(document)))) return
    const others = sameQuestion(learned)
    const newer = others.find(({ at }) => at > learned.at)
    if (newer !== undefined) {
      endReplaced(learned, newer)
      return
    }
    put(learned)
    for (const older of others) endReplaced(older, learned)
  }

  function endReplaced({ label }: Learned, by: Learned): void {
    end(label, 'replaced', `${by.name} answered it anew in ${by.label} on ${dayOf(by.at)}`)
  }

  /** Others that count, ask the same and are for the same readers. */
  function sameQuestion({ label, question, access }: Learned): Learned[] {
    const shelf = shelfOf(access)
    return library
      .search(stemsOf(question), { rooms: new Set(access.flat()) }, lookedAt)
      .flatMap(({ document }) => (document.kind === 'learned' ? (learning.learned(labelOf(document.id)) ?? []) : []))
      .filter((older) => older.label !== label && older.ended === null)
      .filter((older) => shelfOf(older.access) === shelf && asksTheSame(older.question, question))
  }

  function put(learned: Learned): void {
    const facts = factsOf(learned)
    library.put(facts, facts.hash, [{ heading: [], text: learned.text }])
  }

  /** From then on it answers nothing. False when it did not count. */
  function end(label: string, by: NonNullable<Learned['ended']>['by'], why: string): boolean {
    const ended = learning.end(label, by, why, clock.now())
    library.remove(documentOf(label))
    if (ended) log.info({ question: label, by }, 'knowledge: a learned answer ended')
    return ended
  }

  /**
   * Puts right what a kill left: documents are those that count. Ends what rests on a document that is another by now;
   * one that is not there counts as gone only when it `isKnown`, since it may not have been read yet.
   */
  function reconcile(isKnown: (document: string) => boolean): void {
    for (const learned of learning.gone()) comeBack(learned)
    const counting = learning.counting()
    const documents = new Set(counting.map(({ label }) => documentOf(label)))
    for (const { facts } of library.entries(source)) if (!documents.has(facts.id)) library.remove(facts.id)
    for (const learned of counting) {
      if (learned.basis.some(({ document }) => endedBy(learned, document, isKnown(document)))) continue
      const entry = library.entry(documentOf(learned.label))
      if (JSON.stringify(entry?.facts) !== JSON.stringify(factsOf(learned))) put(learned)
    }
  }

  /**
   * To be called when a document came, changed, was newly described or went: what was learned beside it ends at once, or
   * counts again when all it rests on is there as it was.
   */
  function documentChanged(id: string): void {
    for (const learned of learning.restingOn(id)) endedBy(learned, id, true)
    for (const learned of learning.gone(id)) comeBack(learned)
  }

  /** A source that was away for a moment has said nothing new. Who has answered it anew meanwhile is not contradicted. */
  function comeBack(learned: Learned): void {
    const { label, basis } = learned
    if (basis.some(({ document }) => library.entry(document) === null) || !learning.revive(label)) return
    const counts = { ...learned, ended: null }
    if (basis.some(({ document }) => endedBy(counts, document, true))) return
    const [newer] = sameQuestion(counts)
    if (newer !== undefined) {
      endReplaced(learned, newer)
      return
    }
    put(counts)
    log.info({ question: label }, 'knowledge: a learned answer counts again')
  }

  /** The documents beside which an answer was learned, by the id of its own. */
  function restsOn(document: string): string[] {
    return learning.learned(labelOf(document))?.basis.map((basis) => basis.document) ?? []
  }

  function endedBy(learned: Learned, document: string, isKnown: boolean): boolean {
    const hash = learned.basis.find((basis) => basis.document === document)?.hash
    const facts = library.entry(document)?.facts
    if (facts === undefined && !isKnown) return false
    const narrowed = facts !== undefined && !allows(learned.access, facts.access)
    const what =
      facts === undefined
        ? 'was removed'
        : facts.hash !== hash
          ? 'changed'
          : narrowed
            ? 'was given to fewer readers'
            : null
    // Whoever may be told why may not know any more that there is such a document.
    const its = narrowed ? 'its source' : `its source ${document}`
    const by = facts === undefined ? 'gone' : 'source'
    return what !== null && end(learned.label, by, `${its} ${what} on ${dayOf(clock.now())}`)
  }

  /**
   * What an answer to a question rests on as of now, and who may read it: whoever reads the room that it stands in, and
   * never more than may read the documents it was answered from, nor more than `atMost`.
   */
  function groundOf(question: AskedQuestion, atMost: Access): { basis: Basis[]; access: Access } {
    const documents = question.basis.filter(({ document }) => !isLearned(document))
    const found = documents.flatMap(({ document }) => library.entry(document)?.facts ?? [])
    const answers = question.basis.filter(({ document }) => isLearned(document))
    const learnedFor = answers.flatMap(({ document }) => learning.learned(labelOf(document))?.access ?? [])
    const room = openRoom(question) ?? question.room
    const isOpen = openRoom(question)?.visibility === 'public'
    // Nobody can tell any more who may know of it.
    if (found.length < documents.length && openRoom(question) === null) {
      const sentence = `${question.label} was answered from a document that is gone; ask it again, and answer that.`
      throw new BreakroomError('refused', sentence, { detail: { rule: 'source-gone' } })
    }
    const isTwo = room !== null && question.alone && !Object.hasOwn(fleet.rooms, room.name)
    const clauses = room === null || isOpen || isTwo || room.visibility === 'public' ? [] : [[room.name]]
    return {
      basis: found.map(({ id, hash }) => ({ document: id, hash })),
      access: accessOfShelf(shelfOf([...atMost, ...clauses, ...learnedFor, ...found.flatMap(({ access }) => access)])),
    }
  }

  return { learn, restore, end, reconcile, documentChanged, restsOn, groundOf }
}

/** `learned/q-17` */
function documentOf(label: string): string {
  return `${source}/${label}`
}

/** The label in `learned/q-17`. */
export function labelOf(document: string): string {
  return document.slice(source.length + 1)
}

/** Whether a document is a learned answer. */
export function isLearned(document: string): boolean {
  return document.startsWith(`${source}/`)
}

function factsOf({ label, question, text, name, at, access }: Learned): DocumentFacts {
  return {
    id: documentOf(label),
    kind: 'learned',
    source,
    title: oneLine(question, titleLength),
    date: dayOf(at),
    author: name,
    status: 'current',
    access,
    topics: [],
    hash: createHash('sha256').update(text).digest('hex'),
  }
}

/** Whether whoever passes `narrow` also passes `wide`: it has all its clauses. */
function allows(narrow: Access, wide: Access): boolean {
  const clauses = new Set(narrow.map((clause) => shelfOf([clause])))
  return wide.every((clause) => clauses.has(shelfOf([clause])))
}
