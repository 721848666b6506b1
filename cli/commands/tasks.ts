import { taskListLines } from '../../core/task/lines.ts'
import { type TaskArguments, taskListSchema } from '../../core/task/request.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/** `breakroom tasks [role] [--all]`: the tasks that are not over, or all of them, of one role or of everybody. */
export async function tasks(
  settings: Settings,
  output: Output,
  { role, all }: { role: string | null; all: boolean },
): Promise<void> {
  const args: TaskArguments<'list'> = { role, all }
  const list = taskListSchema.parse(await withTasks(settings, output, (ask) => ask('list', args)))
  const { tasks, more } = list
  if (tasks.length === 0) return output.result(nothing(role, all), list)
  output.result(taskListLines(tasks, new Date(), { more, role, most: tasks.length }).join('\n'), list)
}

function nothing(role: string | null, all: boolean): string {
  const whose = role === null ? 'There is no task' : `${role} has no task`
  const first = `npx breakroom assign ${role ?? '<role>'} "<title>" --accept "<what is then true>"`
  return all
    ? `${whose}. To give one: ${first}`
    : `${whose} that is not over; --all lists the others. To give one: ${first}`
}
