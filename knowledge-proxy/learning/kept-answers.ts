import { oneLine } from '../../core/clean-text.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import { pageBytes } from '../../core/state/request.ts'
import type { Learned, LearningLog } from '../../ports/learning-log.ts'

const titleLength = 200
/** Read at once, until the page is full. */
const atOnce = 100

/** A page of what people taught, by label. */
export interface KeptAnswers {
  learned: KeptKnowledge[]
  /** Whether these are the last. */
  done: boolean
}

/**
 * What people taught, for the organisation's memory: learned or ended at or after `since` (null: all), behind the label `after`, also what does
 * not count any more. At least one to a page.
 */
export function keptAnswers(
  learning: Pick<LearningLog, 'changedSince'>,
  since: Date | null,
  after: string | null,
): KeptAnswers {
  const learned: KeptKnowledge[] = []
  let bytes = 0
  for (let last = after; ; ) {
    const more = learning.changedSince(since, last, atOnce)
    for (const one of more) {
      const kept = keptAnswer(one)
      bytes += Buffer.byteLength(JSON.stringify(kept)) + 1
      if (learned.length > 0 && bytes > pageBytes) return { learned, done: false }
      learned.push(kept)
      last = one.label
    }
    if (more.length < atOnce) return { learned, done: true }
  }
}

function keptAnswer({
  label,
  person,
  name,
  question,
  text,
  at,
  access,
  basis,
  request,
  ended,
}: Learned): KeptKnowledge {
  return {
    id: `learned-${label}`,
    revision: 1,
    kind: 'memory',
    title: oneLine(question, titleLength),
    text,
    by: `human-${person}`,
    name,
    at: at.toISOString(),
    access: access.map((clause) => [...clause]),
    sources: basis.map(({ document, hash }) => ({ document, hash })),
    ended: ended === null ? null : { by: ended.by, why: ended.why, at: ended.at.toISOString() },
    learned: { label, person, question, request },
  }
}
