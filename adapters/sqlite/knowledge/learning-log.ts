import type { SQLOutputValue, StatementSync } from 'node:sqlite'
import { BreakroomError } from '../../../core/errors.ts'
import type { Learned, LearnedEnd, LearningLog, Suggestion, Vote, WaitingWords } from '../../../ports/learning-log.ts'
import { parseKept } from '../database-file.ts'
import type { KnowledgeFile } from './file.ts'
import { numberOf } from './question-log.ts'
import { learningStatements } from './question-tables.ts'

/** Words, and suggestions, that are kept of one question. */
const mostOfOne = 20
/** Votes on one question: anybody can be many people. */
const mostVotes = 200

type Row = Record<string, SQLOutputValue>
type Ended = NonNullable<Learned['ended']>

/** What was made of answers, in a file that is already open, and may hold more. */
export function learningLogIn({ db, use, change }: KnowledgeFile): LearningLog {
  const statements = use(() => learningStatements(db))

  function learn({ ended, ...learned }: Learned): void {
    const number = numbered(learned.label)
    statements.learn.run(number, JSON.stringify(learned))
    if (ended !== null) end(number, ended.by, ended.why, ended.at)
    statements.restsOnNothing.run(number)
    for (const { document } of learned.basis) statements.restsOn.run(document, number)
    statements.dropWords.run(number)
    statements.dropSuggestions.run(number)
  }

  function end(number: number, by: LearnedEnd, why: string, at: Date): boolean {
    return Number(statements.end.run(by, at.getTime(), why, number).changes) > 0
  }

  function bodies<T extends { at: Date }>(statement: StatementSync, ...values: (string | number)[]): T[] {
    return use(() => statement.all(...values).map(({ body }) => dated(parseKept<T>(`${body}`))))
  }

  return {
    vote: (vote) =>
      change(() => {
        const number = numbered(vote.label)
        if (Number(statements.others.get(number, vote.actor)?.count) >= mostVotes) return
        statements.vote.run(number, vote.actor, vote.at.getTime(), JSON.stringify(vote))
      }),
    votes: (label) => bodies<Vote>(statements.votes, numbered(label)),
    learn: (learned) => change(() => learn(learned)),
    learned: (label) => use(() => learnedOf(statements.learned.get(numbered(label)))),
    counting: () => use(() => statements.counting.all().flatMap((row) => learnedOf(row) ?? [])),
    changedSince: (since, after, most) =>
      use(() => {
        const [iso, ms] = since === null ? ['', 0] : [since.toISOString(), since.getTime()]
        const rows = statements.changedSince.all(after === null ? 0 : numbered(after), iso, ms, most)
        return rows.flatMap((row) => learnedOf(row) ?? [])
      }),
    restingOn: (document) => use(() => statements.restingOn.all(document).flatMap((row) => learnedOf(row) ?? [])),
    gone: (document) =>
      use(() => {
        const rows = document === undefined ? statements.gone.all() : statements.goneBeside.all(document)
        return rows.flatMap((row) => learnedOf(row) ?? [])
      }),
    unconfirmed: (most) => use(() => statements.unconfirmed.all(most).flatMap((row) => learnedOf(row) ?? [])),
    end: (label, by, why, at) => change(() => end(numbered(label), by, why, at)),
    revive: (label) => change(() => Number(statements.revive.run(numbered(label)).changes) > 0),
    keepWords: (words) =>
      change(() => {
        const number = numbered(words.label)
        statements.keepWords.run(number, words.line, words.at.getTime(), JSON.stringify(words))
        statements.dropOldWords.run(number, number, mostOfOne)
      }),
    waitingWords: (label) => bodies<WaitingWords>(statements.words, numbered(label)),
    suggest: (suggestion) =>
      change(() => {
        const number = numbered(suggestion.label)
        const kept = statements.suggestions.all(number).map(({ body }) => parseKept<Suggestion>(`${body}`).actor)
        if (kept.length >= mostOfOne && !kept.includes(suggestion.actor)) return false
        statements.suggest.run(number, suggestion.actor, suggestion.at.getTime(), JSON.stringify(suggestion))
        return true
      }),
    suggestions: (label) => bodies<Suggestion>(statements.suggestions, numbered(label)),
    recentSuggestions: (since, most) => bodies<Suggestion>(statements.recentSuggestions, since.getTime(), most),
    lastDigest: () =>
      use(() => {
        const row = statements.digest.get()
        return row === undefined ? null : { week: `${row.week}`, at: new Date(Number(row.at)) }
      }),
    digestSent: ({ week, at }) =>
      change(() => {
        statements.setDigest.run(week, at.getTime())
      }),
  }
}

function numbered(label: string): number {
  const number = numberOf(label)
  if (number === null) throw new BreakroomError('usage', `There is no question ${label}.`)
  return number
}

function learnedOf(row: Row | undefined): Learned | null {
  if (row === undefined) return null
  const { ended_by, ended, ended_at } = row
  return {
    ...dated(parseKept<Omit<Learned, 'ended'>>(`${row.body}`)),
    ended:
      ended_by === null ? null : { by: `${ended_by}` as Ended['by'], why: `${ended}`, at: new Date(Number(ended_at)) },
  }
}

/** What JSON makes a string of. */
function dated<T extends { at: Date }>(value: T): T {
  return { ...value, at: new Date(value.at) }
}
