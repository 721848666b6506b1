import { type Word, wordsOf } from './words.ts'

/** What would count as an answer. `name` is a person or whatever else has a name; `open` when nothing tells. */
const answerKinds = ['name', 'place', 'time', 'count', 'reason', 'manner', 'definition', 'yes-no', 'open'] as const
export type AnswerKind = (typeof answerKinds)[number]

/** A word of a question that is looked for. */
export interface Term {
  stem: string
  /** Lower case, as it was first written. */
  plain: string
  /** 1 for a word of the question itself, less for one that an earlier turn brought in. */
  weight: number
  /** Has a digit. */
  number: boolean
  /** Written with a capital where a sentence does not ask for one, or in quotation marks. */
  name: boolean
}

/** What a question asks for. */
export interface Question {
  /** What was read of it. */
  text: string
  /** Each stem once, in the order of the question; words that say nothing are left out unless there are no others. */
  terms: readonly Term[]
  kind: AnswerKind
  /** The stem of what is asked for: `river` in "which river ...". Null when the question does not name it. */
  focus: string | null
  /** Stems between quotation marks, one list for each pair. */
  quoted: readonly (readonly string[])[]
  /** All its words, those that say nothing too. */
  words: readonly Word[]
}

/** What follows is not read: nobody asks in more characters. Bounds time on a text of any length. */
export const longestQuestion = 2000
const mostTerms = 40

/** Words that only say what kind of answer is wanted: they are no evidence in a text. */
const asking = new Set('many much name names kind type sort called'.split(' '))

const byNoun: [AnswerKind, string][] = [
  ['time', 'year date day month century decade time season era age period deadline'],
  [
    'count',
    'number amount percent percentage population price cost rate size height length distance temperature score salary limit',
  ],
  ['place', 'city country place location state region river continent island town county area street capital building'],
  [
    'name',
    'person name author king queen president actor singer band company team organization group man woman scientist',
  ],
  ['reason', 'reason cause purpose'],
  ['manner', 'way method'],
]
const kindOfNoun = new Map(byNoun.flatMap(([kind, nouns]) => nouns.split(' ').map((noun) => [noun, kind] as const)))
const auxiliaries = new Set('is are was were do does did can could has have had will would should may might'.split(' '))
const asks = new Set('who whom whose when where why how what which'.split(' '))
const measured = new Set('many much long old far tall large big high often fast deep wide heavy soon late'.split(' '))

/** Reads what a question asks for, however it is written: a sentence, a few words, all in lower case. Takes linear time. */
export function questionOf(text: string): Question {
  const read = text.slice(0, longestQuestion)
  const words = wordsOf(read)
  const quoted = quotedIn(read)
  const inQuotes = new Set(quoted.flat())
  const telling = words.filter(({ stop }) => !stop)
  const sought = telling.filter(({ plain }) => !asking.has(plain))
  const used = sought.length > 0 ? sought : telling.length > 0 ? telling : words
  const terms = new Map<string, Term>()
  for (const word of used) {
    if (terms.has(word.stem)) continue
    if (terms.size === mostTerms) break
    const name = (word !== words[0] && /^\p{Lu}/u.test(word.text)) || inQuotes.has(word.stem)
    terms.set(word.stem, { stem: word.stem, plain: word.plain, weight: 1, number: /\p{N}/u.test(word.plain), name })
  }
  return { text: read, terms: [...terms.values()], ...wantedBy(words), quoted, words }
}

/** The kind of answer that words ask for, and its noun. */
function wantedBy(words: readonly Word[]): { kind: AnswerKind; focus: string | null } {
  const at = words.findIndex(({ plain }) => asks.has(plain))
  const first = words[0]?.plain ?? ''
  if (at < 0 || (auxiliaries.has(first) && at > 3))
    return { kind: auxiliaries.has(first) ? 'yes-no' : 'open', focus: null }
  const next = words[at + 1]
  switch (words[at]?.plain) {
    case 'who':
    case 'whom':
    case 'whose':
      return { kind: 'name', focus: null }
    case 'when':
      return { kind: 'time', focus: null }
    case 'where':
      return { kind: 'place', focus: null }
    case 'why':
      return { kind: 'reason', focus: null }
    case 'how':
      return { kind: next && measured.has(next.plain) ? 'count' : 'manner', focus: focusAfter(words, at + 2) }
  }
  // What or which: the noun that follows says what is wanted, "what is the capital of" as well as "which city".
  const focus = next && !next.stop ? next : words.slice(at + 1, at + 6).find(({ stop }) => !stop)
  const direct = next !== undefined && focus === next
  const kind = focus && (kindOfNoun.get(focus.plain) ?? kindOfNoun.get(words[words.indexOf(focus) + 1]?.plain ?? ''))
  if (kind) return { kind, focus: focus.stem }
  if (!direct && next && auxiliaries.has(next.plain) && words.length - at <= 6)
    return { kind: 'definition', focus: null }
  return { kind: 'open', focus: direct && focus ? focus.stem : null }
}

function focusAfter(words: readonly Word[], at: number): string | null {
  const next = words[at]
  return next && !next.stop ? next.stem : null
}

function quotedIn(text: string): string[][] {
  return [...text.matchAll(/["“«„]([^"”»“]{2,200})["”»“]/gu)]
    .map(([, inside = '']) => wordsOf(inside).map(({ stem }) => stem))
    .filter(({ length }) => length > 0)
}
