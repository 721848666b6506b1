import { forMatching } from '../../core/clean-text.ts'
import type { Passage } from '../../core/knowledge/cited-check.ts'
import type { FoundSection } from '../../core/knowledge/found.ts'
import { redact } from '../../core/redact.ts'

/** How much of one section a model is shown, characters; a sentence is shown whole or not at all. */
const shownLimit = 1_500

/** A part of a section as it is given to a model: nothing that does not show, and no secrets. */
export interface ShownPassage extends Passage {
  /** The sentences of `text`, and the place of the first one in the section. */
  sentences: readonly string[]
  first: number
}

/** What stands around one sentence of a section, as much as there is room for. */
export function shownPassage(section: FoundSection, around: number): ShownPassage {
  let from = Math.min(Math.max(around, 0), Math.max(section.sentences.length - 1, 0))
  let to = from
  let room = shownLimit
  const size = (at: number) => section.sentences[at]?.length ?? Number.POSITIVE_INFINITY
  for (let grown = true; grown; ) {
    grown = false
    if (size(to) <= room || to === from) {
      room -= size(to)
      to += 1
      grown = to <= section.sentences.length && room > 0
    }
    if (from > 0 && size(from - 1) <= room) {
      from -= 1
      room -= size(from)
      grown = true
    }
  }
  const sentences = section.sentences.slice(from, to).map(shownText)
  const { document, heading } = section
  return {
    title: shownText(document.title),
    heading: heading.map(shownText),
    text: sentences.join(' '),
    sentences,
    first: from,
  }
}

/** Text of other people as a model may see it. */
export function shownText(text: string): string {
  return redact(forMatching(text)).text
}
