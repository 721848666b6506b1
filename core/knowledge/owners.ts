import type { Fleet } from '../fleet.ts'
import { isLinked } from '../person.ts'
import type { KnowledgeSettings } from './settings.ts'
import { stemsOf } from './words.ts'

type People = Readonly<Record<string, Pick<Fleet['people'][string], 'tier'>>>

/** The id under `people` of an actor, or null for a role or a stranger. */
export function personIdOf(actor: string): string | null {
  return isLinked(actor) ? actor.slice('human-'.length) : null
}

/**
 * Who should know the answer to a question: the owner with the most words of their topics in it, the first of equals,
 * else the first founder. `asker` is the id of the person who asks, whom nobody sends back to themselves. Null when
 * there is nobody.
 */
export function whoKnows(
  question: string,
  owners: KnowledgeSettings['owners'],
  people: People,
  asker: string | null,
): string | null {
  const others = ownersOf(question, owners).filter((person) => person !== asker && Object.hasOwn(people, person))
  const founders = Object.keys(people).filter((person) => people[person]?.tier === 'founder' && person !== asker)
  return others[0] ?? founders[0] ?? null
}

/** Everybody with a topic that the question has, those with the most words of it first. */
export function ownersOf(question: string, owners: KnowledgeSettings['owners']): string[] {
  const asked = new Set(stemsOf(question))
  const scored = owners.map(({ person, topics }) => ({ person, words: wordsIn(asked, topics) }))
  const fitting = scored.filter(({ words }) => words > 0).toSorted((one, other) => other.words - one.words)
  return [...new Set(fitting.map(({ person }) => person))]
}

/** How many words of topics are asked for. A topic of several words counts when all of them are. */
function wordsIn(asked: ReadonlySet<string>, topics: readonly string[]): number {
  const fitting = topics.map(stemsOf).filter((stems) => stems.length > 0 && stems.every((stem) => asked.has(stem)))
  return new Set(fitting.flat()).size
}
