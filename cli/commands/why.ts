import { type TaskArguments, taskTimelineSchema } from '../../core/task/request.ts'
import { timelineLines } from '../../core/task/timeline.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import { readLabel } from './task.ts'

/** `breakroom why <task>`: everything that happened to one task, when, by whom, and what made it happen. */
export async function why(settings: Settings, output: Output, word: string | undefined): Promise<void> {
  const args: TaskArguments<'why'> = { task: readLabel('why', word) }
  const timeline = taskTimelineSchema.parse(await withTasks(settings, output, (ask) => ask('why', args)))
  output.result(timelineLines(timeline).join('\n'), timeline)
}
