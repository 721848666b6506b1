import type { AnswerKind } from '../question.ts'
import type { Token } from './reading.ts'

const months = 'january february march april may june july august september october november december'
const days = 'monday tuesday wednesday thursday friday saturday sunday'
const spans =
  'century centuries decade ago year years month months week weeks day days today yesterday tomorrow night spring summer autumn winter daily weekly monthly'
const timeWords = new Set(`${months} ${days} ${spans}`.split(' '))
const countWords = new Set(
  (
    'one two three four five six seven eight nine ten eleven twelve thirteen fifteen twenty thirty forty fifty sixty hundred hundreds thousand thousands million ' +
    'millions billion dozen half quarter twice once percent several single pair none'
  ).split(' '),
)
const reasonWords = new Set(
  'because due since therefore so thus cause caused causes reason result resulted order avoid prevent allow ensure'.split(
    ' ',
  ),
)
const mannerWords = new Set('by through using via with use used means run set'.split(' '))
const defining = new Set('is are was were means mean refers called known defined describes term consists'.split(' '))
const placeWords = new Set('in at near from to on of into between'.split(' '))

/** Whether a word of a sentence could be (part of) an answer of a kind. Words of the question are none: leave them out before. */
export function couldAnswer(kind: AnswerKind, tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]
  if (!token) return false
  switch (kind) {
    case 'name':
      return token.capital && !token.stop && (at > 0 || tokens[1]?.capital === true)
    case 'place':
      return token.capital && !token.stop && at > 0 && isBehindPlaceWord(tokens, at)
    case 'time':
      return /^1\d{3}s?$|^20\d{2}s?$/.test(token.plain) || timeWords.has(token.plain)
    case 'count':
      return token.number || countWords.has(token.plain)
    case 'reason':
      return reasonWords.has(token.plain)
    case 'manner':
      return mannerWords.has(token.plain)
    case 'definition':
      return defining.has(token.plain)
    default:
      return !token.stop
  }
}

function isBehindPlaceWord(tokens: readonly Token[], at: number): boolean {
  for (let back = 1; back <= 3; back++) {
    const before = tokens[at - back]
    if (!before) return false
    if (placeWords.has(before.plain)) return true
  }
  return false
}
