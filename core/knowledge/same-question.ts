import { questionOf } from './question.ts'

/** Share of each question's words that the other has to have. With up to four words that is all of them. */
const share = 0.8
/** Words that turn a question around, though nobody looks them up. */
const turning = new Set(
  'not no never none nobody nothing without isn aren doesn don didn cannot won shouldn except'.split(' '),
)

/** What a question asks, in a form that can be compared. */
export interface Asked {
  /** All its words, as they stand. */
  plain: string
  stems: ReadonlySet<string>
  /** Stems of names and numbers: those in one question have to be in the other. */
  exact: readonly string[]
  kind: string
  turned: number
}

/** Reads what a question asks. Takes linear time. */
export function askedIn(text: string): Asked {
  const { terms, kind, words } = questionOf(text)
  return {
    plain: words.map((word) => word.plain).join(' '),
    stems: new Set(terms.map(({ stem }) => stem)),
    exact: terms.filter(({ number, name }) => number || name).map(({ stem }) => stem),
    kind,
    turned: words.filter((word) => turning.has(word.plain)).length % 2,
  }
}

/**
 * Whether two questions ask the same, in nearly the same words. Careful: the same names and numbers, the same kind of
 * answer, and no word instead of another. What is taken for the same and is not would keep a question from being asked
 * at all.
 */
export function isSame(one: Asked, other: Asked): boolean {
  if (one.stems.size === 0 || other.stems.size === 0) return false
  if (one.plain === other.plain) return true
  if (one.kind !== other.kind || one.turned !== other.turned) return false
  return covers(one, other) && covers(other, one) && (isWithin(one, other) || isWithin(other, one))
}

/** `isSame` of two texts. */
export function asksTheSame(one: string, other: string): boolean {
  return isSame(askedIn(one), askedIn(other))
}

/** Items by what they ask, each group in the order of the items; the first item of a group speaks for it. */
export function groupedByQuestion<T>(items: readonly T[], textOf: (item: T) => string): T[][] {
  const groups: { asked: Asked; items: T[] }[] = []
  for (const item of items) {
    const asked = askedIn(textOf(item))
    const group = groups.find((known) => isSame(known.asked, asked))
    if (group === undefined) groups.push({ asked, items: [item] })
    else group.items.push(item)
  }
  return groups.map((group) => group.items)
}

/** Whether the other has all its words: "the door of office basalt" and "the door of office granite" ask for two doors. */
function isWithin({ stems }: Asked, other: Asked): boolean {
  return [...stems].every((stem) => other.stems.has(stem))
}

function covers(one: Asked, { stems, exact }: Asked): boolean {
  const shared = [...stems].filter((stem) => one.stems.has(stem)).length
  return shared >= share * stems.size && exact.every((stem) => one.stems.has(stem))
}
