import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { forMatching } from '../../core/clean-text.ts'
import { BreakroomError } from '../../core/errors.ts'
import { type Assignment, draftOf, mergeAssignment, readAssignment } from '../../core/task/assignment.ts'
import { type AssignmentKey, assignmentKeys } from '../../core/task/assignment-text.ts'
import type { KnownNames } from '../../core/task/assignment-values.ts'
import { type TaskArguments, taskReplySchema } from '../../core/task/request.ts'
import { answerTo } from '../../core/task/sentences.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Invocation } from '../invocation.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

type Options = Invocation['options']

const example = 'assign cto "Add rate limiting" --accept "429 after 100 requests a minute"'

/** `breakroom assign <role> "<title>" [--accept ...] ...`: gives a role a task. Throws `usage` for what is missing or cannot be read. */
export async function assign(settings: Settings, output: Output, words: string, options: Options): Promise<void> {
  const { fleet, roles } = loadFleet(settings.folder)
  const known = { roles: roles.map(({ name, nick }) => ({ role: name, nick })), checks: Object.keys(fleet.checks) }
  const args: TaskArguments<'assign'> = { draft: draftOf(readAssigned(words, options, known)) }
  const reply = taskReplySchema.parse(await withTasks(settings, output, (ask) => ask('assign', args), options.room))
  output.result(answerTo('assign', reply), reply.task)
}

/**
 * What was asked for: the words as in chat, and the options as if they stood behind them. Throws `usage` with all that is wrong, or
 * with what is missing.
 */
export function readAssigned(words: string, options: Options, known: KnownNames): Assignment {
  // Apart, so that nothing in one is taken for a part of another.
  const said = [readAssignment(words, known), readAssignment(textOf(options), known), aboutOf(options, known)]
  const assignment = said.reduce(mergeAssignment)
  const problems = new Set([...said, assignment].flatMap((part) => part.problems))
  if (problems.size > 0) throw new BreakroomError('usage', [...problems].join(' '))
  const { role, draft } = assignment
  if (role === null || draft.title === undefined) {
    throw new BreakroomError('usage', `assign takes a role and what it is to do: breakroom ${example}.`)
  }
  if (draft.acceptance_criteria === undefined) {
    throw new BreakroomError('usage', 'What must be true when it is done? Say it with --accept "...".')
  }
  return assignment
}

/** Keys whose values are free text of one line, which the shell has delimited already. */
const textKeys: readonly AssignmentKey[] = ['accept', 'context']

function textOf(options: Options): string {
  const keys = assignmentKeys.filter((key) => key !== 'about')
  const lines = keys.flatMap((key) =>
    [options[key] ?? []].flat().map((value) => `${key}: ${textKeys.includes(key) ? inQuotes(value) : value}`),
  )
  return [...lines, ...(options['no-then'] === true ? ['then: nothing'] : [])].join('\n')
}

function inQuotes(text: string): string {
  const line = text.trim().replace(/\s+/g, ' ')
  return `"${line.replace(/["\\]/g, '\\$&')}"`
}

/** What is said about it may be a whole file, whose lines are no keys. */
function aboutOf({ about }: Options, known: KnownNames): Assignment {
  const nothing = readAssignment('', known)
  return about === undefined ? nothing : { ...nothing, draft: { description: forMatching(about).trim() } }
}
