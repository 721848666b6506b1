import { orgSubjects } from '../../core/subject.ts'
import type { WorkQueue } from '../../ports/bus.ts'
import type { WorkCounts } from '../../ports/work-counts.ts'
import { ask } from './ask.ts'
import type { Connection } from './connect.ts'
import { requestApi } from './js-api.ts'
import { consumerOf, deskRole, workStream } from './topology.ts'

interface StreamState {
  messages: number
  first_seq: number
  first_ts: string
  subjects?: Record<string, number>
}

/**
 * Counts what is in the work queues of these roles and of the desk. An item leaves its stream when it is acknowledged, so what is there is
 * what its consumer has pending, in hand or not; one request counts all of them.
 */
export function createWorkCounts(connection: Connection, org: string, roles: readonly string[]): WorkCounts {
  const subjects = orgSubjects(org)
  const queues: { role: string; queue: WorkQueue; subject: string }[] = [
    ...[...new Set([...roles, deskRole])].map((role) => ({
      role,
      queue: 'inbox' as const,
      subject: subjects.inbox(role),
    })),
    ...roles.map((role) => ({ role, queue: 'tasks' as const, subject: subjects.tasks(role) })),
  ]

  return {
    async count() {
      const { messages, first_seq, first_ts, subjects: found = {} } = await stateOf(`${org}.agents.>`)
      return {
        queues: queues.map(({ role, queue, subject }) => ({ role, queue, items: found[subject] ?? 0 })),
        oldest: messages === 0 ? null : { seq: first_seq, since: new Date(first_ts) },
      }
    },
    async whose(seq) {
      const { subjects: found = {} } = await stateOf(`${org}.agents.>`)
      const busy = queues.filter(({ subject }) => (found[subject] ?? 0) > 0)
      const may = await Promise.all(busy.map(async (one) => ((await ackedUpTo(one)) < seq ? [one] : [])))
      return may.flat().map(({ role, queue }) => ({ role, queue }))
    },
  }

  async function stateOf(filter: string): Promise<StreamState> {
    const body = { subjects_filter: filter }
    const info = await ask(connection, 'Counting work', (nc) => requestApi(nc, `STREAM.INFO.${workStream}`, body))
    return info.state as StreamState
  }

  /** Everything of this queue up to there is done. */
  async function ackedUpTo({ queue, role }: { queue: WorkQueue; role: string }): Promise<number> {
    const call = `CONSUMER.INFO.${workStream}.${consumerOf(queue, role)}`
    const info = await ask(connection, 'Counting work', (nc) => requestApi(nc, call))
    return (info.ack_floor as { stream_seq: number }).stream_seq
  }
}
