import type { SQLOutputValue } from 'node:sqlite'
import { BreakroomError } from '../../../core/errors.ts'
import type { Answer } from '../../../core/knowledge/answer.ts'
import type { AskedQuestion, Basis, NewQuestion, Put, QuestionLog } from '../../../ports/question-log.ts'
import { parseKept } from '../database-file.ts'
import type { KnowledgeFile } from './file.ts'
import { questionStatements } from './question-tables.ts'

/** More of a question than this is not kept. Characters. */
const textLimit = 4_000
const mostWaiting = 1_000
/** A label that somebody made up must not use all numbers up. */
const highestRestored = 1_000_000_000

/** The questions in a file that is already open, and may hold more. */
export function questionLogIn({ db, use, change, labelGiven, close }: KnowledgeFile): QuestionLog {
  const statements = use(() => questionStatements(db))

  function read(label: string): AskedQuestion | null {
    const number = numberOf(label)
    return number === null ? null : questionOf(statements.question.get(number))
  }

  function known(label: string): AskedQuestion {
    const question = read(label)
    if (question === null) throw new BreakroomError('usage', `There is no question ${label}.`)
    return question
  }

  function putTo(question: AskedQuestion, person: string, put: Put): void {
    statements.put.run(person, JSON.stringify(put), numberOf(question.label))
  }

  function open(question: NewQuestion): AskedQuestion {
    const before = questionOf(statements.ofRequest.get(question.request))
    if (before !== null) return before
    const asked = cut(question)
    const { request, conversation, at } = asked
    const { lastInsertRowid } = statements.add.run(request, conversation, at.getTime(), JSON.stringify(asked))
    return given(lastInsertRowid)
  }

  function restore(question: NewQuestion, label: string, basis: readonly Basis[]): AskedQuestion {
    const before = questionOf(statements.ofRequest.get(question.request))
    if (before !== null) return before
    const number = numberOf(label)
    const isFree = number !== null && number > 0 && number <= highestRestored && read(label) === null
    const asked = cut(question)
    const { request, conversation, at } = asked
    const values = [request, conversation, at.getTime(), JSON.stringify(asked), JSON.stringify(basis)] as const
    return given(statements.restore.run(isFree ? number : null, ...values).lastInsertRowid)
  }

  function given(number: number | bigint): AskedQuestion {
    labelGiven(Number(number))
    return known(`q-${number}`)
  }

  function answered(label: string, answer: Answer, basis: readonly Basis[], person: string | null): AskedQuestion {
    const question = known(label)
    if (question.answer !== null) return question
    statements.answer.run(JSON.stringify(answer), JSON.stringify(basis), numberOf(label))
    if (person !== null && question.room !== null) {
      const { room, trace, at } = question
      putTo(question, person, { room, trace, at, request: null })
    }
    return known(label)
  }

  return {
    open: (question) => change(() => open(question)),
    restore: (question, label, basis) => change(() => restore(question, label, basis)),
    answered: (label, answer, basis, person) => change(() => answered(label, answer, basis, person)),
    putTo: (label, person, put) =>
      change(() => {
        putTo(known(label), person, put)
        return known(label)
      }),
    question: (label) => use(() => read(label)),
    lastOf: (conversation) => use(() => questionOf(statements.lastOf.get(conversation))),
    earlier: (label, since, most) =>
      use(() => {
        const { conversation } = known(label)
        const rows = statements.earlier.all(conversation, numberOf(label), since.getTime(), most)
        return rows.map(({ asked }) => parseKept<NewQuestion>(`${asked}`).text)
      }),
    waiting: () => use(() => statements.waiting.all(mostWaiting).flatMap((row) => questionOf(row) ?? [])),
    recent: (since, most) =>
      use(() => statements.recent.all(since.getTime(), most).flatMap((row) => questionOf(row) ?? [])),
    dropBefore: (time) =>
      change(() => {
        const dropped = Number(statements.drop.run(time.getTime()).changes)
        statements.dropWords.run()
        statements.dropSuggestions.run()
        return dropped
      }),
    close,
  }
}

function cut(question: NewQuestion): NewQuestion {
  return { ...question, text: question.text.slice(0, textLimit).toWellFormed() }
}

/** The number in a label, or null for what is none. */
export function numberOf(label: string): number | null {
  const number = Number(label.slice(2))
  return Number.isSafeInteger(number) && label === `q-${number}` ? number : null
}

function questionOf(row: Record<string, SQLOutputValue> | undefined): AskedQuestion | null {
  if (row === undefined) return null
  const put = parsed<Put>(row.put)
  return {
    ...parseKept<NewQuestion>(`${row.asked}`),
    at: new Date(Number(row.at)),
    label: `q-${row.number}`,
    answer: parsed<Answer>(row.answer),
    basis: parsed<Basis[]>(row.basis) ?? [],
    person: row.person === null ? null : `${row.person}`,
    put: put === null ? null : { ...put, at: new Date(put.at) },
  }
}

function parsed<T>(body: SQLOutputValue | undefined): T | null {
  return body === null || body === undefined ? null : parseKept<T>(`${body}`)
}
