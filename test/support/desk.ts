import { createMemoryPresence } from '../../adapters/memory/presence.ts'
import { systemClock } from '../../adapters/process/system-clock.ts'
import type { Patience } from '../../bots/desk/ask-tasks.ts'
import type { Draft } from '../../bots/desk/assigning.ts'
import { createFleetReport } from '../../bots/desk/fleet-report.ts'
import { createKnowledgeCommands } from '../../bots/desk/knowledge-commands.ts'
import { createPatientDesk } from '../../bots/desk/patient-desk.ts'
import type { PendingCommand } from '../../bots/desk/pending-commands.ts'
import { createStopper } from '../../bots/desk/stopper.ts'
import { createSweepAsking } from '../../bots/desk/sweep-asking.ts'
import { withWaiting } from '../../bots/desk/with-waiting.ts'
import type { ChatEnvelope, ChatLine } from '../../core/envelope.ts'
import { type InboxEnvelope, inboxEnvelope } from '../../core/handover.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Presence } from '../../ports/presence.ts'
import type { Stop } from '../../ports/stop-switch.ts'
import { personLine, privately } from './lines.ts'
import type { NatsServer } from './nats.ts'
import { quietLog, quietMetrics } from './quiet.ts'

export interface DeskOptions {
  roles?: string[]
  /** The role that answers questions. */
  seat?: string
  /** Whether a role is the sweep; true when left out. */
  sweeps?: boolean
  /** Public ones. */
  rooms?: string[]
  checks?: string[]
  patience?: Patience
  giveUpAfterMs?: number
  now?: () => Date
}

/** How a line reaches the desk, and whose it is. */
export type SayOptions = Partial<ChatLine> & {
  actor?: string
  id?: string
  /** Said alone to the desk, or to this role. */
  alone?: boolean | string
}

/** A desk on a bus, as one process would run it, and somebody who speaks to it. */
export interface TestDesk {
  presence: Presence
  /** What it is to say of the other parts. */
  troubles: string[]
  item(text: string, options?: SayOptions): InboxEnvelope
  handle(item: InboxEnvelope): Promise<void>
  /** What it says first to a line, where it was said; null when it leaves the answer to somebody else. */
  says(text: string, options?: SayOptions): Promise<string | null>
  answerTo(item: InboxEnvelope): Promise<string | null>
  /** Everything it has said to a line by now. */
  answersTo(item: InboxEnvelope): Promise<string[]>
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>
}

const subjects = orgSubjects('breakroom')
let lines = 0

export function deskOn(nats: NatsServer, options: DeskOptions = {}): TestDesk {
  const { roles = ['ceo', 'cto'], rooms = ['breakroom'], checks = [], now = systemClock.now } = options
  const { bus, keyed } = nats.as({ kind: 'desk' })
  const directory = roles.map((role) => ({ role, nick: role }))
  const presence = createMemoryPresence({ clock: systemClock })
  const control = keyed<Stop>('control')
  const clock = { ...systemClock, now }
  const killing = new AbortController()
  const report = createFleetReport({
    org: 'breakroom',
    roles,
    presence,
    stops: control,
    troubles: async () => withWaiting(desk.troubles, patient.count),
  })
  const patient = createPatientDesk({
    bus,
    subjects,
    directory,
    rooms,
    report,
    knowledge: createKnowledgeCommands({ bus, subjects, seat: options.seat ?? null, report }),
    stopper: createStopper(control, now),
    drafts: keyed<Draft>('drafts'),
    pending: keyed<PendingCommand>('pending'),
    sweep: createSweepAsking({ bus, subjects, exists: options.sweeps ?? true }),
    checks,
    ...(options.patience === undefined ? {} : { patience: options.patience }),
    ...(options.giveUpAfterMs === undefined ? {} : { giveUpAfterMs: options.giveUpAfterMs }),
    clock,
    log: quietLog,
    metrics: quietMetrics,
    signal: killing.signal,
  })
  const desk: TestDesk = {
    presence,
    troubles: [],
    item: itemOf,
    handle: patient.handle,
    async says(text, saying) {
      const item = itemOf(text, saying)
      await desk.handle(item)
      return desk.answerTo(item)
    },
    answerTo: async (item) => (await desk.answersTo(item))[0] ?? null,
    async answersTo({ room, data: { line } }) {
      const said = await recordOf(nats, room.visibility === 'private' ? 'private' : 'events')
      return said.filter(({ data }) => data.in_reply_to === line.id).map(({ data }) => data.text)
    },
    async kill() {
      killing.abort()
      await bus.close()
    },
  }
  return desk
}

/** Every line of a record. */
export async function recordOf(nats: NatsServer, record: 'events' | 'private'): Promise<ChatEnvelope[]> {
  const reader = nats.as({ kind: 'bridge' }).bus
  const found: ChatEnvelope[] = []
  if ((await reader.lastSeq(record)) === 0) return found
  for await (const { envelope, caughtUp } of reader.read({ record, after: 0, signal: new AbortController().signal })) {
    found.push(envelope as ChatEnvelope)
    if (caughtUp) break
  }
  return found
}

/** What the router would hand to the desk. */
function itemOf(text: string, { id = `line${lines++}`, alone = false, ...more }: SayOptions = {}): InboxEnvelope {
  const said = personLine(id, text, { at: new Date(), ...more })
  const line = alone === false ? said : privately(said, alone === true ? 'breakroom' : alone)
  const handover = {
    to: 'breakroom',
    kind: 'command' as const,
    body: text,
    authority: { requester: line.actor, chain: [] },
    tier: line.data.tier,
    trigger: id,
    hops: 0,
  }
  return inboxEnvelope(line, handover, 'command', 'test')
}
