import type { Fleet } from '../core/fleet.ts'
import { hasPlace } from '../core/task/admission.ts'
import type { TaskCommand } from '../core/task/decide.ts'
import { labelNumber } from '../core/task/next.ts'
import type { TaskArguments, TaskReply, TaskRequest } from '../core/task/request.ts'
import { noQuestion } from '../core/task/stuck.ts'
import type { Task } from '../core/task/task.ts'
import { isVisible, unknownTask } from '../core/task/visible.ts'
import type { WatchedStall } from '../core/task/watch.ts'
import { type WatchedTask, watchedTaskOf } from '../core/task/watched-task.ts'
import type { TaskWorld } from '../core/task/world.ts'
import type { Asker } from './asker.ts'
import type { Book } from './book.ts'
import type { Handlers } from './door.ts'
import { firstThatFit } from './fitting.ts'

type Asked = Pick<TaskRequest, 'id' | 'trace'>

export interface WatchingParts {
  book: Book
  world: TaskWorld
  /** Says how many tasks may wait for one role. */
  fleet: { limits: Pick<Fleet['limits'], 'tasks_waiting'> }
  run(task: Task, command: TaskCommand, asker: Asker, asked: Asked): Promise<TaskReply>
}

type WatchVerb = 'ping' | 'take_back' | 'reassign_fit' | 'escalate' | 'answer' | 'ask'

/** What the task service does for whoever watches over tasks: shows what may stand still, and does one thing about it. */
export function createWatching({ book, world, fleet, run }: WatchingParts): Pick<Handlers, WatchVerb | 'watch'> {
  /** Of a task that the watcher may not see they learn only that it was done. */
  const watching =
    <V extends WatchVerb>(toCommand: (stall: WatchedStall, args: TaskArguments<V>, task: Task) => TaskCommand) =>
    async (args: TaskArguments<V>, asker: Asker, asked: Asked): Promise<TaskReply> => {
      const task = await book.byLabel(args.task)
      const mayKnow = task !== null && isVisible(task, asker.onlooker, world)
      if (task === null || !(mayKnow || asker.role !== null)) throw unknownTask(args.task)
      const command = toCommand(stallOf(task, args, asker), args, task)
      // Nobody answers what they may not read.
      if (command.type === 'answer' && !mayKnow) throw noQuestion(task.label)
      const reply = await run(task, command, asker, asked)
      return mayKnow ? reply : { ...reply, task: null, hint: 'it is private' }
    }

  return {
    ping: watching<'ping'>((stall) => ({ type: 'ping', ...stall })),
    take_back: watching<'take_back'>((stall) => ({ type: 'take_back', ...stall })),
    reassign_fit: watching<'reassign_fit'>((stall, _, task) => ({ type: 'reassign_fit', ...stall, ...chances(task) })),
    escalate: watching<'escalate'>((stall) => ({ type: 'escalate', ...stall })),
    answer: watching<'answer'>((stall, { text, sources, question }) => ({
      type: 'answer',
      ...stall,
      text,
      sources,
      question,
    })),
    ask: watching<'ask'>((stall, { question }) => ({ type: 'ask', ...stall, question })),
    async watch({ after }, { onlooker }) {
      let ended = false
      const tasks = firstThatFit(watched())
      const last = tasks.at(-1)
      return { tasks, next: ended || last === undefined ? null : labelNumber(last.label) }

      function* watched(): Generator<WatchedTask> {
        for (const task of book.liveAfter(after ?? 0)) {
          const seen = watchedTaskOf(task, onlooker, world)
          if (seen !== null) yield seen
        }
        ended = true
      }
    },
  }

  /** How much each role has to do, by the tasks that are not over, and who takes no more of this requester's. */
  function chances({ authority }: Task): { load: Map<string, number>; full: Set<string> } {
    const load = new Map<string, number>()
    for (const { role } of book.live()) load.set(role, (load.get(role) ?? 0) + 1)
    const isFull = (role: string) => {
      const { waiting, waitingOf } = book.load.of(role)
      const counts = { all: waiting, own: waitingOf(authority.requester) }
      return !hasPlace(authority, counts, fleet.limits.tasks_waiting)
    }
    return { load, full: new Set([...world.roles.keys()].filter(isFull)) }
  }
}

/** What somebody means who does not say at which point of a stall they are: as it stands now, and one further. */
function stallOf(task: Task, { epoch, rung, reason }: TaskArguments<'escalate'>, asker: Asker): WatchedStall {
  return {
    epoch: epoch ?? task.epoch,
    rung: rung ?? (task.watched?.rung ?? 0) + 1,
    reason: reason || (asker.role === null ? `${asker.name} asked for it` : ''),
  }
}
