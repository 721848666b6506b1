import type { IrcPerson } from './irc-person.ts'
import { until } from './process.ts'

/** Says something in a room, or to one nick, and resolves with the first message after it whose text matches. */
export async function ask(
  person: IrcPerson,
  target: string,
  text: string,
  answer: RegExp,
  timeoutMs?: number,
): Promise<IrcPerson['heard'][number]> {
  const before = person.heard.length
  person.say(target, text)
  return hears(person, answer, before, timeoutMs)
}

/** Resolves with the first message that matches among those after the first `before`. */
export function hears(
  person: IrcPerson,
  answer: RegExp,
  before: number,
  timeoutMs?: number,
): Promise<IrcPerson['heard'][number]> {
  return until(
    `${person.nick} hears ${answer}`,
    () => {
      const since = person.heard.slice(before)
      const found = since.find((heard) => answer.test(heard.text))
      // What was heard instead belongs into the failure.
      if (found === undefined) throw new Error(JSON.stringify(since.map((heard) => `<${heard.nick}> ${heard.text}`)))
      return found
    },
    timeoutMs,
  )
}

/** The texts that a person heard from one nick in a room, oldest first. */
export function textsFrom(person: IrcPerson, nick: string, target: string): string[] {
  return person.heard.filter((heard) => heard.nick === nick && heard.target === target).map(({ text }) => text)
}

/** Resolves when a person has seen each of these nicks in the room, in its list of names or arriving. */
export async function seesAll(person: IrcPerson, nicks: string[]): Promise<void> {
  await until(
    `${person.nick} sees ${nicks}`,
    () => {
      const listed = person.lines.filter((line) => / 353 /.test(line)).flatMap((line) => line.split(/[ :]/))
      const joined = person.lines.map((line) => /^(?:@\S+ )?:([^!]+)!\S+ JOIN /.exec(line)?.[1] ?? '')
      const seen = new Set([...listed, ...joined].map((name) => name.replace(/^[@+%&~]/, '')))
      return nicks.every((nick) => seen.has(nick))
    },
    30_000,
  )
}
