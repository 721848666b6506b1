import { oneLine } from './clean-text.ts'
import { closest } from './closest.ts'
import type { Parsed } from './command.ts'
import { briefUsage, house, knowledge, talk, tasks, usage, type Verb, verbNamed, verbs } from './verbs.ts'

/** One to three plain lines: what there is, or what one verb does. */
export function helpLines(about: string | null, prefix = '!'): string[] {
  if (about === null) {
    return [
      `Talk: say "cto: ..." or "@cto ..." in the room, or write to a role alone; ${listed(talk, prefix)}. Knowledge: ${listed(knowledge, prefix)}.`,
      `Tasks: ${listed(tasks, prefix)}.`,
      `House: ${listed(house, prefix)}. ${prefix}help <verb> says more.`,
    ]
  }
  const word = about.startsWith(prefix) ? about.slice(prefix.length) : about
  const verb = verbNamed(word)
  if (verb !== null) {
    const example = 'example' in verb ? [`For example: ${prefix}${verb.example}`] : []
    return [`${usage(verb, prefix)}: ${verb.does}.`, ...example, ...('more' in verb ? [verb.more] : [])]
  }
  return [
    unknownSentence(
      {
        unknown: oneLine(word, 40),
        suggestion: closest(
          word,
          verbs.map(({ verb }) => verb),
        ),
      },
      prefix,
    ),
  ]
}

/** The answer to a command that is none: did you mean. */
export function unknownSentence(parsed: Extract<Parsed, { unknown: string }>, prefix = '!'): string {
  const next = parsed.suggestion === null ? `Try ${prefix}help.` : `Did you mean ${prefix}${parsed.suggestion}?`
  return `I know no ${prefix}${parsed.unknown}. ${next}`
}

/** All verbs under one heading. There are many about tasks: what may be left out is left to the help of each. */
function listed(heading: Verb['about'], prefix: string): string {
  return verbs
    .filter(({ about }) => about === heading)
    .map((verb) => (heading === tasks ? briefUsage(verb, prefix) : usage(verb, prefix)))
    .join(', ')
}
