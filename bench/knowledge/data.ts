import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { hashOf } from './hash.ts'

const text = z.string()
const texts = z
  .array(text)
  .nullish()
  .transform((list) => list ?? [])

/** What can be found. Its document is what is knocked out. */
const passageSchema = z.looseObject({
  id: text.min(1),
  doc: text.min(1),
  title: text.nullish().transform((title) => title ?? ''),
  head: text.nullish().transform((head) => head ?? ''),
  text,
})
export type Passage = Readonly<z.infer<typeof passageSchema>>

const turnSchema = z.looseObject({ s: text, t: text })

const questionSchema = z.looseObject({
  id: text.min(1),
  q: text,
  answerable: z.boolean(),
  /** Ids of the passages that answer it; of a near miss, of those that seem to. */
  gold: texts,
  /** The article it was asked about; not always a document of the set. */
  doc: text.nullish().transform((doc) => doc ?? ''),
  /** Strings or whole sentences that answer it; without any, no sentence is known to be the right one. */
  answers: texts,
  /** Earlier turns of the conversation, oldest first. */
  history: z
    .array(turnSchema)
    .nullish()
    .transform((turns) => turns ?? []),
  label: text.nullish(),
})
export type Question = Readonly<z.infer<typeof questionSchema>>

const setSchema = z.looseObject({
  name: text.min(1),
  passages: z.array(passageSchema).min(1),
  questions: z.array(questionSchema).min(1),
})
/** Passages, and questions about them. */
export interface QuestionSet {
  name: string
  passages: readonly Passage[]
  questions: readonly Question[]
}

/** Reads `normalized.json` of a folder. Throws `config_invalid` with the file and what is wrong where. */
export function loadSet(folder: string): QuestionSet {
  const file = join(folder, 'normalized.json')
  const parsed = setSchema.safeParse(readJson(file))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(file, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not a set of questions'}`)
  }
  const { name, passages, questions } = parsed.data
  const known = new Set<string>()
  for (const { id } of passages) {
    if (known.has(id)) throw invalid(file, `two passages have the id ${JSON.stringify(id)}`)
    known.add(id)
  }
  const asked = new Set<string>()
  for (const { id, gold, answerable } of questions) {
    if (asked.has(id)) throw invalid(file, `two questions have the id ${JSON.stringify(id)}`)
    asked.add(id)
    const missing = gold.find((passage) => !known.has(passage))
    if (missing !== undefined) throw invalid(file, `question ${id} names a passage that is not there: ${missing}`)
    if (answerable && gold.length === 0) throw invalid(file, `question ${id} is answerable but names no gold passage`)
  }
  return { name, passages, questions }
}

/** The folders with a set: the folder itself, or those in it, by name. Throws `config_invalid` when there is none. */
export function findSets(folder: string): string[] {
  if (isThere(join(folder, 'normalized.json'))) return [folder]
  const names = isThere(folder) ? readdirSync(folder).toSorted() : []
  const found = names.map((name) => join(folder, name)).filter((inner) => isThere(join(inner, 'normalized.json')))
  if (found.length > 0) return found
  throw new BreakroomError(
    'config_invalid',
    `There is no set of questions in ${folder}: give a folder with a normalized.json by --data.`,
    { detail: { file: folder } },
  )
}

/** The articles of SQuAD on which confidence is fitted. Everything that is reported is of the others. */
export const calibrationArticles: ReadonlySet<string> = new Set([
  'Normans',
  'Computational_complexity_theory',
  'Steam_engine',
  'European_Union_law',
  'Packet_switching',
  'Yuan_dynasty',
  'Islamism',
  'Imperialism',
  'Warsaw',
  'French_and_Indian_War',
])

/** The questions of a set about articles that were not calibrated on. */
export function heldOut({ questions }: QuestionSet): Question[] {
  return questions.filter(({ doc }) => !calibrationArticles.has(doc))
}

/** The questions of a set about the articles of SQuAD that may be fitted on. */
export function forCalibration({ questions }: QuestionSet): Question[] {
  return questions.filter(({ doc }) => calibrationArticles.has(doc))
}

/** Sets without such a split are cross-validated by article. */
export const foldCount = 5

/** The part in which an article is left out when the others are fitted on: 0 to before `foldCount`. */
export function foldOf(article: string): number {
  return hashOf(article) % foldCount
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw invalid(file, sentenceOf(error))
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function invalid(file: string, why: string): BreakroomError {
  return new BreakroomError('config_invalid', `${file} is not a set of questions: ${why}.`, { detail: { file } })
}
