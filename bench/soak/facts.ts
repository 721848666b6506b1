import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node'
import { createNats } from '../../adapters/nats/nats.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { busSeed } from '../../adapters/servers/nats-server.ts'
import { createSqliteTaskStorage } from '../../adapters/sqlite/task-store.ts'
import { asChatLine, decodeEnvelope, type Envelope } from '../../core/envelope.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { orgSubjects } from '../../core/subject.ts'
import { taskReplySchema } from '../../core/task/request.ts'
import type { Task } from '../../core/task/task.ts'
import type { TestFleet } from '../../test/support/fleet.ts'
import { quietLog, quietMetrics } from '../../test/support/quiet.ts'
import { type Effect, programRoles, readEffects, titleIn } from './plan.ts'

/** A line that the record has, with how the house answered it there. */
export interface RecordedLine {
  id: string
  title: string
  /** A label, `unsure`, the words of another answer, or null for none. */
  answer: string | null
  /** Whether the desk kept it while the task service was away. */
  kept: boolean
}

/** A doorbell that nobody has acknowledged. */
export interface LeftBell {
  subject: string
  key: string
}

const subjects = orgSubjects('breakroom')
const administrator = { actor: 'human-founder', tier: 'founder', name: 'Founder' } as const

/** Every task as the service tells of it now. */
export async function tasksOfService(fleet: TestFleet, labels: Iterable<string>): Promise<Map<string, Task>> {
  const { bus } = createNats({
    servers: [fleet.ready.nats],
    seed: busSeed(fleet.home, 'cli'),
    user: 'cli',
    log: quietLog,
    metrics: quietMetrics,
  })
  try {
    const found = new Map<string, Task>()
    for (const label of labels) {
      const request = { id: `soak-${label}`, trace: 'soak', by: administrator, place: null, args: { task: label } }
      const task = await bus.request(subjects.taskService('show', 'cli'), request, 10_000).then(
        (answer) => taskReplySchema.parse(answer).task,
        (error) => {
          if (isBreakroomError(error, 'refused')) return null
          throw error
        },
      )
      if (task !== null) found.set(task.key, task)
    }
    return found
  } finally {
    await bus.close()
  }
}

/** Every task as its store has it; the service must not run. */
export async function tasksOfStore(fleet: TestFleet, keys: Iterable<string>): Promise<Map<string, Task>> {
  const file = join(fleet.home, 'tasks/tasks.sqlite')
  const store = await createSqliteTaskStorage({ file, clock: systemClock, log: quietLog }).open()
  try {
    const found = new Map<string, Task>()
    for (const key of keys) {
      const task = await store.task(key)
      if (task !== null) found.set(key, task)
    }
    return found
  } finally {
    await store.close()
  }
}

/** What the public record has: the lines that asked for something, and the ids of all that was announced of tasks. */
export async function readRecord(fleet: TestFleet): Promise<{ lines: RecordedLine[]; announced: string[] }> {
  const lines = new Map<string, RecordedLine>()
  const answers = new Map<string, string>()
  const kept = new Set<string>()
  const announced: string[] = []
  for (const { subject, envelope } of await fleet.record('events')) {
    if (envelope instanceof BreakroomError) continue
    if (subject.split('.')[2] === 'task') announced.push(envelope.id)
    const line = asChatLine(envelope)
    if (line === null) continue
    const title = titleIn(line.data.text)
    if (title !== null && line.actor.startsWith('human-'))
      lines.set(line.id, { id: line.id, title, answer: null, kept: false })
    const { in_reply_to: asked } = line.data
    // A receipt is none.
    if (asked === undefined || line.actor !== 'breakroom' || / · [a-z0-9]{4}$/.test(line.data.text)) continue
    if (/I keep that/.test(line.data.text)) kept.add(asked)
    else answers.set(asked, line.data.text.replace(/^\w+: /, ''))
  }
  for (const line of lines.values()) {
    line.answer = answerIn(answers.get(line.id))
    line.kept = kept.has(line.id)
  }
  return { lines: [...lines.values()], announced }
}

function answerIn(words: string | undefined): string | null {
  if (words === undefined) return null
  if (/^I could not reach the task service/.test(words)) return 'unsure'
  return /^(t-\d+) is with /.exec(words)?.[1] ?? words
}

/** What waits on the queues of doorbells, and what was given up, as the bus has it. */
export async function readQueues(fleet: TestFleet): Promise<{ bells: LeftBell[]; letters: Envelope[] }> {
  const nc = await connect({
    servers: fleet.ready.nats,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(busSeed(fleet.home, 'admin'))),
    inboxPrefix: '_INBOX_admin',
  })
  try {
    return { bells: await bellsLeft(nc), letters: await lettersOf(nc) }
  } finally {
    await nc.close()
  }
}

async function bellsLeft(nc: NatsConnection): Promise<LeftBell[]> {
  const manager = await jetstreamManager(nc)
  const { state } = await manager.streams.info('WORK')
  const bells: LeftBell[] = []
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const stored = await manager.streams.getMessage('WORK', { seq }).catch(() => null)
    if (stored === null || !stored.subject.endsWith('.tasks')) continue
    bells.push({ subject: stored.subject, key: (decodeEnvelope(stored.data).data as { key?: string }).key ?? '' })
  }
  return bells
}

async function lettersOf(nc: NatsConnection): Promise<Envelope[]> {
  const manager = await jetstreamManager(nc)
  const { messages } = (await manager.streams.info('DEADLETTER')).state
  const letters: Envelope[] = []
  if (messages === 0) return letters
  const consumer = await jetstream(nc).consumers.get('DEADLETTER', { deliver_policy: 'all' })
  const reading = await consumer.consume()
  for await (const message of reading) {
    letters.push(decodeEnvelope(message.data))
    if (letters.length >= messages) break
  }
  await reading.close()
  return letters
}

/** What the programs wrote, by role. */
export function effectsOf(fleet: TestFleet): Map<string, Effect[]> {
  const files = [...programRoles, 'cto'].map((role): [string, Effect[]] => {
    try {
      return [role, readEffects(readFileSync(join(fleet.home, 'workspaces', role, 'effects'), 'utf8'))]
    } catch {
      return [role, []]
    }
  })
  return new Map(files)
}
