import { oneLine } from '../clean-text.ts'
import type { LineAction } from '../envelope.ts'
import { cut, listed } from '../task/wording.ts'
import type { Answer, Band, Cited } from './answer.ts'
import { quotedWords, wordsOnly } from './document-words.ts'
import { asQuestionLabel } from './label.ts'

/** How an answer is said to whoever asked. */
export interface AnswerManner {
  /** The name in front of it where others read it too; null where nobody else does. */
  to: string | null
  /** Whether they can press `answerActions`; else the words say what to type. */
  canPress?: boolean
  /** What their commands begin with: `!`, or `/br ` aside. */
  prefix?: string
  /** Hosts whose links stay links; every other address is shown so that nothing opens it. */
  links?: readonly string[]
}

/** In bytes: more would be no answer but a document. */
const longest = { text: 700, quote: 300, source: 120, why: 200, understood: 200, note: 300, name: 64 }

/**
 * The text of an answer, a line for each thing: what the documents say, in quotation marks because the words are theirs; how sure it is and
 * why, and the question's label; the sources. `I don't know` is one line: why, and who is asked now. Everything that a document or its author
 * wrote stands in quotation marks or parentheses, so that no document can say how sure we are.
 */
export function answerLines(answer: Answer, manner: AnswerManner): string {
  const { to, links = [] } = manner
  const [first = '', ...more] = linesOf(answer, manner)
  const front = to === null ? '' : `${cut(to, longest.name)}: `
  const words = [`${front}${first}`, ...more].map((line) => wordsOnly(line, links))
  return [...words, ...call(answer, manner)].join('\n')
}

/** The same for an agent, which reads the one line and presses nothing. */
export function answerForAgent(answer: Answer, { to, links = [] }: Pick<AnswerManner, 'to' | 'links'>): string {
  const { text, confidence, conflict, id } = answer
  const front = to === null ? '' : `${cut(to, longest.name)}: `
  const said =
    confidence.band === 'none'
      ? `I don't know: ${whyOf(answer)}`
      : conflict === null
        ? [quotedWords(text, longest.text), sureness(answer), ...sourceLines(answer)].join(' · ')
        : `sources contradict each other: ${listed(conflict.map(standing))} · ${sureness(answer)}`
  return wordsOnly(`${front}${said} · ${id}`, links)
}

/** What a reader of the answer can do with a press: a command each, carried out with the rights of whoever presses. */
export function answerActions({ id, confidence, asked }: Answer): LineAction[] {
  const label = asQuestionLabel(id)
  if (label === null) return []
  const votes: LineAction[] = [
    { label: 'Helped', command: `helped ${label}` },
    { label: 'Wrong', command: `wrong ${label}` },
  ]
  return [
    ...(confidence.band === 'none' ? [] : votes),
    ...(asked === null ? [{ label: 'Ask a human', command: `human ${label}` }] : []),
  ]
}

/** Whether a command is one of `answerActions`: nothing else that a seat writes may ask people to press it. */
export function isAnswerAction({ command }: LineAction): boolean {
  return /^(?:helped|wrong|human) q-[1-9]\d{0,15}$/.test(command)
}

function linesOf(answer: Answer, manner: AnswerManner): string[] {
  const { text, confidence, conflict, note, id } = answer
  const said = note === null ? [] : [`note: ${oneLine(note, longest.note)}`]
  if (confidence.band === 'none') {
    return [`I don't know: ${[whyOf(answer), ...reading(answer), next(answer, manner) ?? id].join(' · ')}`, ...said]
  }
  const sure = [sureness(answer), ...reading(answer), next(answer, manner) ?? id].join(' · ')
  if (conflict !== null) return ['sources contradict each other:', ...conflict.map(standing), sure, ...said]
  return [quotedWords(text, longest.text), sure, ...sourceLines(answer), ...said]
}

const called: Record<Exclude<Band, 'none'>, string> = { high: 'HIGH', medium: 'MEDIUM', low: 'LOW' }

function sureness(answer: Answer): string {
  const { band } = answer.confidence
  return band === 'none' ? "I don't know" : `${called[band]}: ${whyOf(answer)}`
}

function whyOf({ confidence }: Answer): string {
  return oneLine(confidence.why, longest.why).replace(/[.:]$/, '') || 'nothing tells'
}

/** How the question was understood, when that is not how it was written. */
function reading({ understood }: Answer): string[] {
  return understood === null ? [] : [`I read: ${quotedWords(understood, longest.understood)}`]
}

/** What happens now to a question that is not settled, with its label; null when nothing has to be said. */
function next(
  { confidence, asked, calls, id }: Answer,
  { canPress = false, prefix = '!' }: AnswerManner,
): string | null {
  // They are called in a line of their own.
  if (calls !== undefined) return null
  if (asked !== null) return `${askedWords(asked)} · ${id}`
  if (canPress || confidence.band === 'high' || confidence.band === 'medium') return null
  return `to have a person asked: ${prefix}human ${id}`
}

/** The one name that may ring: whom the house itself asks. */
function call({ calls, id }: Answer, { canPress = false, prefix = '!' }: AnswerManner): string[] {
  if (calls === undefined) return []
  return [
    `@${calls}, can you answer that? ${canPress ? 'Reply in this thread, or say' : 'Say'} ${prefix}answer ${id} <text>`,
  ]
}

/** Who was asked: a name, or a sentence that says more. */
function askedWords(asked: string): string {
  const words = oneLine(asked, longest.note)
  return /[.!?…]$/.test(words) ? words.slice(0, /\.$/.test(words) ? -1 : undefined) : `${words} was asked`
}

/** Where it stands. What other places say is quoted too, unless somebody worded the answer from all of them. */
function sourceLines({ text, sources }: Answer): string[] {
  const [first, ...others] = sources.slice(0, 3)
  if (first === undefined) return []
  if (text !== first.quote) return [`from ${[first, ...others].map(sourceWords).join(' · ')}`]
  return [`from ${sourceWords(first)}`, ...others.map((cited) => `also ${standing(cited)}`)]
}

/** One of two that do not agree, and where it stands. */
function standing(cited: Cited): string {
  return `${quotedWords(cited.quote, longest.quote)} from ${sourceWords(cited)}`
}

/** `"Handbook › Refunds" (2026-03-01, by Ada)`. */
function sourceWords({ document, title, heading, date, author, stale, verified_by, quote }: Cited): string {
  const path = [title.trim() === '' ? document : withoutQuote(title, quote), ...heading].map((part) =>
    oneLine(part, longest.source),
  )
  // A document's first heading is as often its title.
  const names = path.filter((part, at) => part !== '' && part !== path[at - 1])
  const facts =
    verified_by === null
      ? [date ?? 'no date', ...(author === null ? [] : [`by ${byline(author)}`])]
      : [`confirmed by ${byline(verified_by)}`, ...(date === null ? [] : [date])]
  const care = stale === null ? [] : [`read with care: ${oneLine(stale, 60)}`]
  return `${quotedWords(names.join(' › '), longest.source)} (${[...facts, ...care].join(', ')})`
}

/** What people decide is titled by its own first words: those stand beside it already. `Decision: We keep SQLite.` is `Decision`. */
function withoutQuote(title: string, quote: string): string {
  const [, kind = '', words = ''] = /^(\w+): (.+?)…?$/.exec(title) ?? []
  return kind !== '' && oneLine(quote, longest.quote).startsWith(words) ? kind : title
}

/** A name inside of parentheses that it cannot close. */
function byline(name: string): string {
  return oneLine(name.replace(/[()[\]"“”]/g, ' '), 40) || 'somebody'
}
