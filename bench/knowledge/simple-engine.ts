import { DatabaseSync } from 'node:sqlite'
import { sentencesOf } from '../../core/knowledge/sentences.ts'
import { stemsOf, wordsOf } from '../../core/knowledge/words.ts'
import type { Passage, QuestionSet } from './data.ts'
import type { Asking, Engine, Told } from './engine.ts'

const titleWeight = 2
/** Sentences of so many passages may answer. */
const answering = 5
/** BM25 as FTS5 has it. */
const [k1, b] = [1.2, 0.75]

/** A passage, cut into sentences. */
interface Cut {
  passage: Passage
  stems: ReadonlySet<string>
  above: ReadonlySet<string>
  sentences: { text: string; counts: ReadonlyMap<string, number>; length: number }[]
}

interface Scored {
  text: string
  cut: Cut
  score: number
  counts: ReadonlyMap<string, number>
}

/**
 * The best that is simple: FTS5 (porter, title and heading counting twice) finds passages; the sentences of the first five are scored by
 * BM25 and their passage's score. Each of its signals is one number that anybody might take for how sure it is.
 */
export function createSimpleEngine({ passages }: Pick<QuestionSet, 'passages'>): Engine {
  const db = new DatabaseSync(':memory:')
  db.exec("CREATE VIRTUAL TABLE passage USING fts5(title, text, tokenize = 'porter unicode61')")
  const add = db.prepare('INSERT INTO passage(rowid, title, text) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM passage WHERE rowid = ?')
  const search = db.prepare(
    `SELECT rowid, -bm25(passage, ${titleWeight}, 1) AS score FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT 10`,
  )
  db.exec(`INSERT INTO passage(passage, rank) VALUES ('rank', 'bm25(${titleWeight}, 1)')`)
  const cuts = passages.map(cut)
  const documents = Map.groupBy(cuts.keys(), (row) => cuts[row]?.passage.doc ?? '')
  const frequencies = new Map<string, number>()
  let size = 0
  const lengths = cuts.flatMap(({ sentences }) => sentences.map(({ length }) => length))
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length

  function count(row: number, change: 1 | -1): void {
    size += change
    for (const stem of cuts[row]?.stems ?? []) frequencies.set(stem, (frequencies.get(stem) ?? 0) + change)
  }

  function put(row: number): void {
    const { passage } = cuts[row] as Cut
    add.run(row, `${passage.title} ${passage.head}`, passage.text)
    count(row, 1)
  }

  function rarity(stem: string): number {
    const frequency = frequencies.get(stem) ?? 0
    return Math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))
  }

  function ask({ text, earlier }: Asking): Told {
    const query = queryOf([...earlier, text].join(' '))
    const rows = query === '' ? [] : (search.all(query) as unknown as { rowid: number; score: number }[])
    const weights = new Map(stemsOf(text).map((stem) => [stem, rarity(stem)]))
    const most = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
    const share = (has: (stem: string) => boolean) =>
      most === 0 ? 0 : [...weights].reduce((sum, [stem, weight]) => sum + (has(stem) ? weight : 0), 0) / most
    const scored = rows.slice(0, answering).flatMap(({ rowid, score }) => {
      const found = cuts[rowid] as Cut
      return found.sentences.map((sentence): Scored => {
        const own = bm25(sentence, weights)
        return { text: sentence.text, cut: found, counts: sentence.counts, score: own + score }
      })
    })
    const [first, second, third] = scored.sort((one, other) => other.score - one.score)
    const block = [first, second, third].filter((sentence) => sentence !== undefined)
    const top = rows[0]?.score ?? 0
    const best = rows[0] === undefined ? undefined : cuts[rows[0].rowid]
    return {
      passages: rows.map(({ rowid }) => cuts[rowid]?.passage.id ?? ''),
      block: block.map(({ text, cut }) => ({ passage: cut.passage.id, sentence: text })),
      signals: {
        'passage score': top,
        'passage score / most possible': most === 0 ? 0 : top / (most * (k1 + 1)),
        'passage margin': top === 0 ? 0 : (top - (rows[1]?.score ?? 0)) / top,
        'words in passage': share((stem) => best?.stems.has(stem) ?? false),
        'words in sentence': share((stem) => first?.counts.has(stem) ?? false),
        'words in sentence and title': share((stem) => has(first, stem)),
        'words in three sentences': share((stem) => block.some((sentence) => has(sentence, stem))),
        'sentence score': first?.score ?? 0,
        'sentence score / most possible': most === 0 ? 0 : (first?.score ?? 0) / most,
        'sentence margin': first === undefined ? 0 : (first.score - (second?.score ?? 0)) / first.score,
      },
    }
  }

  function bm25({ counts, length }: Cut['sentences'][number], weights: ReadonlyMap<string, number>): number {
    let score = 0
    for (const [stem, weight] of weights) {
      const times = counts.get(stem) ?? 0
      score += (weight * times * (k1 + 1)) / (times + k1 * (1 - b + (b * length) / averageLength))
    }
    return score
  }

  for (const row of cuts.keys()) put(row)
  return {
    name: 'FTS5 porter + title',
    ask,
    remove(gone) {
      for (const row of gone.flatMap((document) => documents.get(document) ?? [])) {
        remove.run(row)
        count(row, -1)
      }
    },
    restore(back) {
      for (const row of back.flatMap((document) => documents.get(document) ?? [])) put(row)
    },
    [Symbol.dispose]: () => db.close(),
  }
}

function has(sentence: Scored | undefined, stem: string): boolean {
  return sentence !== undefined && (sentence.counts.has(stem) || sentence.cut.above.has(stem))
}

function cut(passage: Passage): Cut {
  const above = new Set(stems(`${passage.title} ${passage.head}`))
  return {
    passage,
    above,
    stems: new Set([...above, ...stems(passage.text)]),
    sentences: sentencesOf(passage.text).map((text) => {
      const words = stems(text)
      const counts = new Map<string, number>()
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
      return { text, counts, length: words.length }
    }),
  }
}

function stems(text: string): string[] {
  return wordsOf(text).map(({ stem }) => stem)
}

/** Any of the words, without those that say nothing when there are others. */
function queryOf(text: string): string {
  const words = wordsOf(text)
  const telling = words.filter(({ stop }) => !stop)
  return [...new Set((telling.length > 0 ? telling : words).map(({ plain }) => plain))]
    .map((word) => `"${word}"`)
    .join(' OR ')
}
