/** What was hidden in a text, by name. */
export type Trick =
  | 'tags'
  | 'zero-width'
  | 'bidi'
  | 'variation-selectors'
  | 'invisible'
  | 'control'
  | 'stacked-marks'
  | 'mixed-script'

/** The joiner and the selector inside an emoji sequence (👩‍💻, ❤️, 1️⃣) draw it; anywhere else they only hide things. */
const emojiJoin =
  /(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?)\u{fe0f}?\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic}|[0-9#*](?=\u{fe0f}\u20e3))\u{fe0f}(?![\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}])/u
const controls = /(?!\n|\t)[\p{Cc}\u{fff9}-\u{fffb}]/u
const unseen = new RegExp(`(${emojiJoin.source})|\\p{Default_Ignorable_Code_Point}|${controls.source}`, 'gu')
/** Unicode's stream-safe limit. More marks on one letter are decoration or an attack, and sorting them costs quadratic time. */
const tooManyMarks = /(\p{M}{30})\p{M}+/gu

const tricks: [Trick, RegExp][] = [
  ['tags', /[\u{e0000}-\u{e007f}]/u],
  ['zero-width', /[\u200b-\u200d\u2060\ufeff]/u],
  ['bidi', /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u],
  ['variation-selectors', /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u],
  ['control', controls],
]
const mixedScript =
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}]\p{Script=Latin}/u

/**
 * Untrusted text as matching, logs and models see it: composed (NFC), without anything that does not show or that reorders what
 * shows (tag block, zero-width, bidi, variation selectors, control bytes), line breaks as `\n`. Emoji stay whole. Doing it twice
 * changes nothing.
 */
export function forMatching(text: string): string {
  const lines = text.toWellFormed().replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
  const seen = lines.replace(unseen, (_, emoji: string | undefined) => emoji ?? '')
  return seen.replace(tooManyMarks, '$1').normalize('NFC')
}

/** Which tricks a text has, so that a warning can name them. Emoji and ordinary line breaks are none. */
export function flags(text: string): Trick[] {
  const found = new Set<Trick>()
  for (const [hidden, emoji] of text.matchAll(unseen)) {
    if (emoji === undefined) found.add(tricks.find(([, pattern]) => pattern.test(hidden))?.[0] ?? 'invisible')
  }
  if (text.search(tooManyMarks) !== -1) found.add('stacked-marks')
  if (mixedScript.test(text)) found.add('mixed-script')
  return [...found]
}

/**
 * Untrusted text for a terminal or a log file: whatever could move the cursor, colour, reorder or hide is shown as an escape
 * (`\x1b`, `\u{202e}`). Line breaks and tabs stay.
 */
export function forTerminal(text: string): string {
  return text
    .replace(unseen, (hidden, emoji: string | undefined) => emoji ?? escaped(hidden))
    .replace(/[\u2028\u2029]|\p{Surrogate}/gu, escaped)
}

/**
 * Untrusted text as one plain line for a status: what `forMatching` leaves, white space collapsed, at most `limit` characters
 * (UTF-16 units), cut between whole characters as people see them, with `…` for what is missing.
 */
export function oneLine(text: string, limit: number): string {
  const line = forMatching(text).replace(/\s+/g, ' ').trim()
  if (line.length <= limit) return line
  let end = 0
  for (const { segment } of graphemes(line.slice(0, limit + 64))) {
    if (end + segment.length > limit - 1) break
    end += segment.length
  }
  return `${line.slice(0, end).trimEnd()}…`
}

/** A relayed nick that does not ring the person who has it here: a zero-width space after its first character. */
export function withoutPing(nick: string): string {
  const first = graphemes(nick.slice(0, 64))[Symbol.iterator]().next().value?.segment ?? ''
  return nick.length > first.length ? `${first}\u200b${nick.slice(first.length)}` : nick
}

function graphemes(text: string): Intl.Segments {
  return new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (character === '\r') return '\\r'
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}
