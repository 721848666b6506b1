import { oneLine } from '../clean-text.ts'
import type { TaskArguments } from '../task/request.ts'
import { asLetterLabel } from './label.ts'

/** What is asked about dead letters. */
export type LetterAsked =
  | { verb: 'letters'; args: TaskArguments<'letters'> }
  | { verb: 'letter'; args: TaskArguments<'letter'> }
  | { verb: 'retry_letter'; args: TaskArguments<'retry_letter'> }
  | { verb: 'edit_letter'; args: TaskArguments<'edit_letter'> }
  | { verb: 'drop_letter'; args: TaskArguments<'drop_letter'> }

const usage =
  'Use it like this: !dlq, !dlq d-3, !dlq retry d-3, !dlq edit d-3 title: <words>; role: <role>, !dlq drop d-3 <why>.'

/** Reads what stands behind `!dlq`; a sentence for people when it is nothing that can be asked. */
export function readLetterWords(text: string): LetterAsked | { problem: string } {
  const { word: first, rest } = cutWord(text)
  const act = first.toLowerCase()
  if (act === '' || act === 'list') {
    if (rest === '' || rest === 'all') return { verb: 'letters', args: { all: rest === 'all' } }
    return { problem: usage }
  }
  if (act === 'all' && rest === '') return { verb: 'letters', args: { all: true } }
  const alone = rest === '' ? asLetterLabel(first) : null
  if (alone !== null) return { verb: 'letter', args: { letter: alone } }
  if (!['show', 'retry', 'edit', 'drop'].includes(act)) return { problem: usage }
  const { word, rest: behind } = cutWord(rest)
  const letter = asLetterLabel(word)
  if (letter === null) {
    const said =
      word === ''
        ? `Say which letter: !dlq ${act} d-3.`
        : `"${oneLine(word, 40).replace(/["“”]/g, "'")}" is no letter; they look like d-3.`
    return { problem: said }
  }
  switch (act) {
    case 'edit': {
      const changes = readChanges(behind)
      return changes === null
        ? { problem: `Say what to change, such as !dlq edit ${letter} title: <words>; role: <role>; accept: <words>.` }
        : { verb: 'edit_letter', args: { letter, changes } }
    }
    case 'drop':
      if (behind === '') return { problem: `Say why: !dlq drop ${letter} <why>.` }
      if (behind.length > 1_000) return { problem: 'That is too long; 1000 characters are the most.' }
      return { verb: 'drop_letter', args: { letter, reason: behind } }
    default:
      // More words would be meant to do something.
      if (behind !== '') return { problem: usage }
      return act === 'retry' ? { verb: 'retry_letter', args: { letter } } : { verb: 'letter', args: { letter } }
  }
}

/** A field begins at the front, behind `;` and in a new line. */
const field = /(^|[;\n])\s{0,9}(title|role|accept|about|text)\s?:/gi

/**
 * The fields of an edit: `title: ...; role: cso`. What belongs together is one text, a line for each `accept:`; `text:` takes all that
 * follows, because what people say has semicolons. Null when it does not begin with a field.
 */
function readChanges(words: string): Record<string, string> | null {
  const marks = [...words.matchAll(field)]
  if (marks[0]?.index !== 0) return null
  const changes = new Map<string, string>()
  for (const [at, mark] of marks.entries()) {
    const name = (mark[2] ?? '').toLowerCase()
    const from = mark.index + mark[0].length
    const value = words.slice(from, name === 'text' ? undefined : marks[at + 1]?.index).trim()
    const before = changes.get(name)
    changes.set(name, before === undefined ? value : `${before}\n${value}`)
    if (name === 'text') break
  }
  return Object.fromEntries(changes)
}

function cutWord(text: string): { word: string; rest: string } {
  const [, word = '', rest = ''] = text.trim().match(/^(\S+)\s*(.*)$/s) ?? []
  return { word, rest: rest.trim() }
}
