import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../adapters/sqlite/knowledge/library.ts'
import type { SectionText } from '../../core/knowledge/document.ts'
import { createFinder } from '../../knowledge-proxy/find.ts'
import type { Library } from '../../ports/knowledge-index.ts'
import { temporaryFolder } from '../../test/support/process.ts'
import { quietLog } from '../../test/support/quiet.ts'
import { atMost, type Figure, none } from '../figure.ts'
import { quantile } from '../quantile.ts'
import { type Random, seededRandom } from '../soak/random.ts'
import type { Passage, QuestionSet } from './data.ts'
import { askingOf } from './engine.ts'
import { factsOf } from './finder-engine.ts'
import { shippedFit } from './fits.ts'

const passageCount = 15_000
/** Of the words of a copy, so many in a hundred are others: most of them known ones, some that stand nowhere else. */
const otherWords = 0.1
const newWords = 0.01
const questionCount = 1_000
const warmUp = 100
const atOnce = 100
const reader = { rooms: new Set<string>() }

/** A document as a parser would hand it over. */
interface Parsed {
  id: string
  title: string
  sections: SectionText[]
}

/**
 * What 15,000 passages cost: perturbed copies of the set with the longest passages, until there are enough, each under a title of its own.
 * Their text is parsed before the time is taken; what is parsed is dropped before memory is looked at.
 */
export async function measureSize(sets: readonly QuestionSet[]): Promise<Figure[]> {
  const set = sets.toSorted((one, other) => meanLength(other) - meanLength(one))[0] as QuestionSet
  using folder = temporaryFolder()
  const before = heapMb()
  const library = createSqliteLibrary({ file: join(folder.path, 'knowledge.db'), clock: systemClock, log: quietLog })
  const build = fill(library, set)
  const built = heapMb() - before
  const finder = createFinder({ index: library, fitted: shippedFit() })
  const ask = (index: number) => {
    const { text, earlier } = askingOf(set.questions[index % set.questions.length] as QuestionSet['questions'][number])
    return finder.find(text, earlier, reader)
  }
  const asked: Cost[] = []
  for (let index = 0; index < warmUp + questionCount; index++) {
    const cost = costOf(() => ask(index))
    if (index >= warmUp) asked.push(cost)
  }
  const at = (share: number, kind: keyof Cost) =>
    quantile(
      asked.map((cost) => cost[kind]),
      share,
    )
  const together = await askAtOnce(ask)
  const heap = heapMb() - before
  library.close()
  return [
    { name: 'passages', value: passageCount, unit: '' },
    { name: 'build', value: build.ms / 1_000, unit: 's', target: atMost(3) },
    { name: 'build, of the processor', value: build.cpuMs / 1_000, unit: 's' },
    { name: 'a question p50', value: at(0.5, 'ms'), unit: 'ms' },
    { name: 'a question p99', value: at(0.99, 'ms'), unit: 'ms', target: atMost(25) },
    { name: 'a question p99, of the processor', value: at(0.99, 'cpuMs'), unit: 'ms' },
    { name: 'heap after the build', value: built, unit: 'MB', target: atMost(150) },
    { name: 'heap after all questions', value: heap, unit: 'MB', target: atMost(150) },
    { name: `${atOnce} questions at once: lost`, value: together.lost, unit: '', target: none },
    { name: `${atOnce} questions at once: p99`, value: together.p99, unit: 'ms', target: atMost(1_000) },
  ]
}

/** What something took. On a busy machine only the time of the processor, of all threads, says something about the program. */
interface Cost {
  ms: number
  cpuMs: number
}

function costOf(work: () => unknown): Cost {
  const [begun, used] = [performance.now(), process.cpuUsage()]
  work()
  const { user, system } = process.cpuUsage(used)
  return { ms: performance.now() - begun, cpuMs: (user + system) / 1_000 }
}

/** Puts everything into the library, until it can be asked. What the library took. */
function fill(library: Library, set: QuestionSet): Cost {
  const taken = { ms: 0, cpuMs: 0 }
  const timed = (work: () => unknown) => {
    const { ms, cpuMs } = costOf(work)
    taken.ms += ms
    taken.cpuMs += cpuMs
  }
  for (const { id, title, sections } of copiesOf(set)) timed(() => library.put(factsOf(id, title), id, sections))
  timed(() => library.search(['anything'], reader, 1))
  return taken
}

/** All are asked in the same moment; each is as late as its answer. */
async function askAtOnce(ask: (index: number) => unknown): Promise<{ lost: number; p99: number }> {
  const begun = performance.now()
  const settled = await Promise.allSettled(
    Array.from({ length: atOnce }, async (_, index) => {
      await Promise.resolve()
      ask(index * 7)
      return performance.now() - begun
    }),
  )
  const times = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  return { lost: atOnce - times.length, p99: quantile(times, 0.99) }
}

/** The documents of a set again and again, never twice the same, one at a time. */
function* copiesOf({ passages }: QuestionSet): Generator<Parsed> {
  const random = seededRandom(15)
  const vocabulary = passages.flatMap(({ text }) => text.split(/\s+/)) as [string, ...string[]]
  const documents = [...Map.groupBy(passages, ({ doc }) => doc)]
  let left = passageCount
  for (let copy = 0; left > 0; copy++) {
    for (const [doc, all] of documents) {
      const sections = all.slice(0, left).map((passage) => perturbed(passage, copy, vocabulary, random))
      left -= sections.length
      if (sections.length > 0) yield { id: `${doc}/${copy}`, title: `${all[0]?.title} ${copy}`, sections }
    }
  }
}

function perturbed(passage: Passage, copy: number, words: [string, ...string[]], random: Random): SectionText {
  const text =
    copy === 0
      ? passage.text
      : passage.text.replaceAll(/\S+/g, (word) => {
          if (random.chance(newWords)) return `${word.slice(0, -1)}${random.between(0, 9_999)}`
          return random.chance(otherWords) ? random.pick(words) : word
        })
  return { heading: passage.head === '' ? [] : [passage.head], text }
}

function meanLength({ passages }: QuestionSet): number {
  return passages.reduce((sum, { text }) => sum + text.length, 0) / passages.length
}

/** What is really in use, MB: after everything that can be forgotten is. */
function heapMb(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
