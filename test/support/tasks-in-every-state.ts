import { until } from './process.ts'
import { readLedger } from './task-record.ts'
import { bob, type TestTasks } from './task-service.ts'

/** The labels of tasks in every state: done and followed by another, open, waiting for that, cancelled, held. */
export async function tasksInEveryState(
  tasks: TestTasks,
): Promise<Record<'done' | 'open' | 'waiting' | 'cancelled' | 'held', string>> {
  const next = { publish_to: 'cso', payload_template: { title: 'Review {task_id}', acceptance_criteria: ['seen'] } }
  const done = await tasks.assign({ on_complete: [next] } as object)
  const open = await tasks.assign({ priority: 'high' })
  const waiting = await tasks.assign({ after: [open.label] })
  const cancelled = await tasks.assign()
  const held = await tasks.assign({ role: 'devops' })
  await tasks.ask('claim', { task: done.label, role: null }, { by: bob })
  await tasks.ask('submit', { task: done.label, result: 'merged' }, { by: bob })
  await tasks.ask('cancel', { task: cancelled.label, reason: 'no need' })
  await tasks.ask('claim', { task: held.label, role: null }, { by: bob })
  await tasks.ask('note', { task: held.label, text: 'half of it' }, { by: bob })
  await until('it was followed', async () => (await tasks.show(done.label)).followed.length === 1)
  await effectsDone(tasks)
  return {
    done: done.label,
    open: open.label,
    waiting: waiting.label,
    cancelled: cancelled.label,
    held: held.label,
  }
}

/** Resolves when the effects of all that is in the ledger are carried out. */
export async function effectsDone({ nats }: TestTasks): Promise<void> {
  await until('all effects are done', async () => {
    const { bus, keyed } = nats.as({ kind: 'tasks' })
    const progress = await keyed<number>('cursors').get('tasks effects')
    await bus.close()
    return progress === ((await readLedger(nats)).at(-1)?.seq ?? 0)
  })
}
