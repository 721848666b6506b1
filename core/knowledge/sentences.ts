/** Longer sentences are cut into even parts. */
const wordLimit = 100
/** However long its words are, no sentence has more characters. */
const lengthLimit = 2_000
/** How much of the words around a gap is looked at. Characters. */
const glance = 40

/** Followed by a name or a number as a rule, so that their full stop ends nothing. */
const titles = new Set(
  (
    'dr mr mrs ms mx prof gen col maj sgt lt capt cmdr adm rev hon sen rep gov pres supt fr messrs mt ft st vs v e.g i.e cf fig figs eq eqs ' +
    'sec secs ch chap vol vols p pp nr art approx ca c viz resp incl excl ed eds trans jan feb mar apr jun jul aug sep sept oct nov dec'
  ).split(' '),
)
/** May well stand at the end, and then do both. */
const endings = new Set(
  'etc al inc ltd co corp bros dept est jr sr esq ave blvd rd univ assn intl govt misc'.split(' '),
)
/** What sentences begin with, and names hardly ever. */
const starters = new Set(
  (
    'the a an this that these those it its he she they we you i in on at by for from with to of as if when while after before since because ' +
    'although though however but and or so yet thus then there here his her their our my your some many most all each both no not one two ' +
    'what who why how where which during under despite until once also another other such'
  ).split(' '),
)

const closers = new Set('"\'”’»)]}*_`')
const openers = new Set('"\'“‘«([{*_`¿¡')

/**
 * The sentences of plain text, in order; no line is ever in two of them with another (paragraphs, list items and rows of tables are
 * lines). Lines of code stay whole. Nothing but spaces is lost. At most 100 words and 2,000 characters each; takes linear time.
 */
export function sentencesOf(text: string): string[] {
  return text.split(/[\n\r\u2028\u2029]/).flatMap((line) => (line.trim() === '' ? [] : sentencesOfLine(line)))
}

function sentencesOfLine(line: string): string[] {
  const trimmed = line.trim()
  if (isCode(line, trimmed)) return cut(trimmed)
  const sentences: string[] = []
  let from = 0
  for (const gap of trimmed.matchAll(/(?<=[.!?…"'”’»)\]}*_`])\s+/g)) {
    const next = gap.index + gap[0].length
    if (!endsAt(trimmed, from, gap.index, next)) continue
    sentences.push(...cut(trimmed.slice(from, gap.index)))
    from = next
  }
  sentences.push(...cut(trimmed.slice(from)))
  return sentences
}

/** Code ends sentences where nobody does: `case 'a': return x. Y`. */
function isCode(line: string, trimmed: string): boolean {
  return /^(?: {4}|\t)/.test(line) || /[;{}]$/.test(trimmed.slice(-1)) || /^(?:\$\s|>>>|\/\/|#!)/.test(trimmed)
}

/** Whether a sentence that begins at `from` ends at `gap`, before the word at `next`. */
function endsAt(text: string, from: number, gap: number, next: number): boolean {
  const [after = ''] = /^\S*/.exec(text.slice(next, next + glance)) ?? []
  if (!beginsSentence(after)) return false
  const [before = ''] = /\S*$/.exec(text.slice(Math.max(from, gap - glance), gap)) ?? []
  const closed = withoutClosers(before)
  if (/[!?…]/.test(before[closed - 1] ?? '')) return true
  return before[closed - 1] === '.' && isFullStop(before.slice(0, closed - 1), after, gap - before.length === from)
}

/** Whether the dot between two words ends a sentence; `first` when the word before it begins the sentence. */
function isFullStop(before: string, after: string, first: boolean): boolean {
  const word = before.slice(skipped(before)).toLowerCase()
  // `1. Open the door`: the number of an item, not a sentence.
  if (first && /^(?:\d{1,3}|\p{L})$/u.test(word)) return false
  if (titles.has(word)) return false
  // `No. 5` is a number, `No. We are not` an answer.
  if (/^nos?$/.test(word)) return !/^\d/.test(after)
  // Initials and what is made of them: `J. Smith`, `the U.S. Army`.
  return endings.has(word) || /^(?:\p{L}\.){0,5}\p{L}$/u.test(word) ? isStarter(after) : true
}

/** How much of a word is left without the quotation marks, brackets and footnotes (`[12]`) at its end. */
function withoutClosers(word: string): number {
  let end = word.length
  const note = /\[\w{1,4}\]$/.exec(word.slice(-6))
  if (note !== null) end -= note[0].length
  while (end > 0 && closers.has(word[end - 1] ?? '')) end -= 1
  return end
}

/** Where a word begins behind quotation marks and brackets. */
function skipped(word: string): number {
  let at = 0
  while (openers.has(word[at] ?? '')) at += 1
  return at
}

function beginsSentence(word: string): boolean {
  return /^(?:\p{Lu}|\p{Lt}|\p{Lo}|\p{N})/u.test(word.slice(skipped(word)))
}

function isStarter(word: string): boolean {
  return starters.has(/^\p{L}*/u.exec(word.slice(skipped(word)).toLowerCase())?.[0] ?? '')
}

/** A sentence as it is, or its parts when it is too long. */
function cut(sentence: string): string[] {
  // So short a sentence cannot have more words.
  if (sentence.length < 2 * wordLimit) return [sentence]
  const words = wordCount(sentence)
  if (words <= wordLimit && sentence.length <= lengthLimit) return [sentence]
  const size = Math.ceil(words / Math.ceil(words / wordLimit))
  const parts: string[] = []
  let part: string[] = []
  let length = 0
  for (const word of sentence.split(/\s+/).flatMap(short)) {
    if (part.length === size || length + word.length > lengthLimit) {
      parts.push(part.join(' '))
      part = []
      length = 0
    }
    part.push(word)
    length += word.length + 1
  }
  return [...parts, part.join(' ')]
}

/** A word in pieces that are not too long; no character is torn apart. */
function short(word: string): string[] {
  if (word.length < lengthLimit) return [word]
  return word.match(/[\s\S]{1,1000}(?<![\ud800-\udbff](?=[\udc00-\udfff]))/g) ?? [word]
}

/** How many words there are, as spaces part them. */
export function wordCount(text: string): number {
  let words = 0
  let inside = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const space = code <= 32 || code === 0xa0
    if (!space && !inside) words += 1
    inside = !space
  }
  return words
}
