import { whenUp } from '../../adapters/nats/when-up.ts'
import { connectPart, presenceFor } from '../../adapters/process/connect-part.ts'
import type { PartContext } from '../../adapters/process/part-context.ts'
import { sentenceOf } from '../../core/errors.ts'
import { publicRooms } from '../../core/fleet.ts'
import { houseLine } from '../../core/house-line.ts'
import { answersQuestions } from '../../core/role.ts'
import { desk } from '../../core/route.ts'
import { eventSubject, orgSubjects } from '../../core/subject.ts'
import type { RecordName } from '../../ports/bus.ts'
import type { RunningPart } from '../../ports/part.ts'
import { keepPresence } from './presence-keeper.ts'
import { giveReceipts } from './receipts.ts'
import { routeRecord } from './router.ts'

/** The router: hands lines to inboxes, gives receipts, keeps presence. */
export async function startRouter(context: PartContext): Promise<RunningPart> {
  const { fleet, roles, clock, log, metrics } = context
  const subjects = orgSubjects(fleet.org)
  const ending = new AbortController()
  const { signal } = ending
  const { bus, keyed } = connectPart(context, 'router')
  const presence = presenceFor(context)
  const directory = roles.map((role) => ({ role: role.name, nick: role.nick, answers: answersQuestions(role) }))
  const cursors = keyed<number>('cursors')
  const homeRoom = publicRooms(fleet)[0] ?? null
  let storeUp = true

  const seats = keepPresence({ bus, presence, subjects, clock, log, onStore, signal })
  const records: [RecordName, string][] = [
    ['events', eventFilter],
    ['private', subjects.anyPrivate],
  ]
  const limits = { perTrigger: fleet.limits.bot_turns, perTenMinutes: fleet.limits.bot_events_per_10_minutes }
  const rooms = new Set(Object.keys(fleet.rooms))
  const shared = { bus, cursors, subjects, directory, rooms, log, metrics, signal }
  const readers = records.flatMap(([record, filter]) => [
    routeRecord({ ...shared, limits, clock, homeRoom }, record, filter),
    giveReceipts(
      { ...shared, seatState: seats.stateFor, afterMs: fleet.limits.receipt_after_ms, clock },
      record,
      filter,
    ),
  ])
  const ended: string[] = []
  for (const reader of readers) reader.catch(noteEnd)

  const status = {
    subject: subjects.service('router', 'status'),
    handler: async () => ({ part: 'router', troubles: troubles() }),
  }
  void bus.serve('router', { status }, signal)

  return {
    name: 'router',
    ready: (timeoutMs) => whenUp(bus, context.natsUrl, timeoutMs),
    troubles,
    async stop() {
      ending.abort()
      await Promise.allSettled(readers)
      await presence.close()
      await bus.close()
    },
  }

  /** A reader ends when we stop. One that ends before is a fault of ours, and must be seen. */
  function noteEnd(error: unknown): void {
    if (signal.aborted) return
    log.error({ cause: sentenceOf(error) }, 'a reader of the router ended')
    ended.push(`a reader of the router ended: ${sentenceOf(error)}`)
  }

  function troubles(): string[] {
    return [
      ...(bus.connected ? [] : ['the bus is away']),
      ...(storeUp ? [] : ['redis is away, presence comes from heartbeats alone']),
      ...ended,
    ]
  }

  function onStore(up: boolean): void {
    storeUp = up
    if (homeRoom === null) return
    const at = clock.now()
    const id = `redis:${up ? 'back' : 'away'}:${at.toISOString()}`
    const text = up
      ? 'Redis is back: presence is kept there again, and it rings for deadlines.'
      : 'Redis is away: who is here comes from heartbeats alone, and deadlines are looked at every 15 s. Nothing is lost.'
    const line = houseLine({ id, source: 'bridge/router', at, room: { name: homeRoom, visibility: 'public' }, text })
    bus
      .publish(eventSubject(desk, 'chat', homeRoom), line)
      .catch((error) => log.warn({ cause: sentenceOf(error) }, 'nobody could be told about redis'))
  }
}

/** Every line of every public room. */
const eventFilter = 'events.*.chat.*'
