import { BreakroomError } from '../../core/errors.ts'
import { asLabel, noTaskSentence } from '../../core/task/label.ts'
import { taskLines } from '../../core/task/lines.ts'
import { type TaskArguments, taskReplySchema } from '../../core/task/request.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom task <task>`: all about one task. */
export async function task(settings: Settings, output: Output, word: string | undefined): Promise<void> {
  const args: TaskArguments<'show'> = { task: readLabel('task', word) }
  const reply = taskReplySchema.parse(await withTasks(settings, output, (ask) => ask('show', args)))
  if (reply.task === null) throw new BreakroomError('refused', reply.hint ?? `There is no task ${args.task}.`)
  output.result(taskLines(reply.task, new Date()).join('\n'), reply.task)
}

/** The label that follows a command. Throws `usage` when there is none, or what is there is none. */
export function readLabel(command: string, word: string | undefined): string {
  if (word === undefined)
    throw new BreakroomError('usage', `${command} takes a task, such as "breakroom ${command} t-13".`)
  const label = asLabel(word)
  if (label === null) throw new BreakroomError('usage', noTaskSentence(`"${word.slice(0, 40)}"`))
  return label
}
