import { hears } from './conversation.ts'
import type { IrcPerson } from './irc-person.ts'

const seat = 'knowledge'

/**
 * Says something in a room, or to the seat alone, that the seat answers with an answer, and resolves with all lines of it in order. The seat is
 * pinged after it: whatever it said twice, or beside the answer, is among the lines.
 */
export async function answerTo(person: IrcPerson, target: string, words: string): Promise<string[]> {
  const alone = target === seat
  // What was said to others before may still be on its way.
  await person.settled()
  const before = person.heard.length
  person.say(target, words)
  await hears(person, /(?: · |!human )q-\d+$/, before, 20_000)
  person.say(target, alone ? 'ping' : `${seat}: ping`)
  await hears(person, alone ? /^pong\b/ : new RegExp(`^${person.nick}: pong\\b`), before)
  const here = alone ? person.nick : target
  const said = person.heard.slice(before).filter(({ nick, target }) => nick === seat && target === here)
  return said.slice(0, -1).map(({ text }) => text)
}

/** The label of the question that was answered. */
export function labelOf(answer: readonly string[]): string {
  const [label] = answer.flatMap((line) => / (q-\d+)$/.exec(line)?.[1] ?? [])
  if (label === undefined) throw new Error(`there is no label in ${JSON.stringify(answer)}`)
  return label
}

/** The lines without the label that the question was given, which counts the questions of everybody. */
export function withoutLabel(answer: readonly string[]): string[] {
  const label = labelOf(answer)
  return answer.map((line) => line.replaceAll(new RegExp(`\\b${label}\\b`, 'g'), 'q-N'))
}

const bands = ["I don't know", 'LOW', 'MEDIUM', 'HIGH'] as const

/** How sure the answer is: 0 for "I don't know" to 3 for HIGH. The words of documents, which stand in quotation marks, do not count. */
export function sureness(answer: readonly string[]): number {
  const found = answer.flatMap((line) =>
    bands.findIndex((band) => line.replace(/^[a-z]\S*: /, '').startsWith(`${band}: `)),
  )
  const told = found.filter((band) => band >= 0)
  if (told.length !== 1) throw new Error(`there is not one band in ${JSON.stringify(answer)}`)
  return told[0] ?? 0
}
