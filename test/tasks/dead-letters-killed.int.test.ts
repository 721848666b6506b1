import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../adapters/process/system-clock.ts'
import { type AnnouncingPace, usualPace } from '../../core/dead-letter/announcing.ts'
import type { LetterRecord } from '../../core/dead-letter/record.ts'
import type { Envelope } from '../../core/envelope.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { Asker } from '../../tasks/asker.ts'
import { createLetterDesk, type LetterDesk, type LetterDeskParts } from '../../tasks/dead-letters/letter-desk.ts'
import { giveUp } from '../support/dead-letters.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { readStream } from '../support/task-record.ts'

const subjects = orgSubjects('breakroom')
const alice: Asker = {
  actor: 'human-alice',
  tier: 'member',
  name: 'alice',
  role: null,
  place: null,
  onlooker: { actor: 'human-alice', room: 'breakroom', alone: false },
}

let nats: NatsServer
beforeAll(async () => {
  nats = await startProvisionedNats()
})
afterAll(() => nats[Symbol.asyncDispose]())

/** Where a desk dies: at so many writes, before or after it wrote. */
interface Death {
  at: number
  when: 'before' | 'after'
}

interface Desk extends AsyncDisposable {
  desk: LetterDesk
  /** Whether it has died. */
  readonly dead: boolean
}

/** A desk on the real bus that stops for ever at one of its writes, as if it were killed there. */
function deskThatDies(death: Death | null, pace: Partial<AnnouncingPace> = {}): Desk {
  const { bus, keyed, deadLetters, counter } = nats.as({ kind: 'tasks' })
  const ending = new AbortController()
  let writes = 0
  let dead = false
  async function write<T>(work: () => Promise<T>): Promise<T> {
    writes += 1
    const dies = death !== null && writes === death.at
    if (dies && death.when === 'after') await work()
    if (dies || dead) {
      dead = true
      ending.abort()
      return new Promise<T>(() => {})
    }
    return work()
  }
  const [states, letters, numbers] = [keyed<unknown>('letters'), deadLetters('breakroom'), counter('letters')]
  const role = { manager: 'ceo', takesTasks: true, people: true }
  const parts = {
    letters: {
      ...letters,
      putBack: (...args: Parameters<typeof letters.putBack>) => write(() => letters.putBack(...args)),
    },
    states: { ...states, put: (key: string, value: unknown) => write(() => states.put(key, value)) },
    cursors: keyed<number>('cursors'),
    numbers: { ...numbers, next: () => write(() => numbers.next()) },
    bus: { publish: (subject: string, envelope: Envelope) => write(() => bus.publish(subject, envelope)) },
    subjects,
    rooms: new Set(['breakroom']),
    homeRoom: 'breakroom',
    pace: { ...usualPace, gatherMs: 1, most: 1_000, ...pace },
    people: new Map([['human-alice', 'member']]),
    limits: new Map(),
    world: { roles: new Map([['cto', role]]), checks: new Set() },
    // No letter here is about a task.
    book: { byLabel: async () => null },
    service: {},
    mustLead() {},
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
  } as unknown as LetterDeskParts
  const desk = createLetterDesk(parts)
  desk.begin(ending.signal)
  return {
    desk,
    get dead() {
      return dead
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      // What died holds on to what it was at.
      if (!dead) await desk.idle()
      await bus.close()
    },
  }
}

const records = async () => [...(await nats.as({ kind: 'tasks' }).keyed<LetterRecord>('letters').entries()).values()]
const recordOf = async (id: string) => (await records()).find((record) => record.id === id)
const idsIn = async (stream: string) =>
  (await readStream(nats, stream)).map(({ text }) => (JSON.parse(text) as Envelope).id)

it.each(['before', 'after'] as const)(
  'F26: killed %s each of its writes, a letter is numbered once, said once and put back once',
  async (when) => {
    let at = 1
    for (let survived = false; !survived; at++) {
      const item = `line-${when}-${at}`
      const id = await giveUp(nats, { id: item })
      const first = deskThatDies({ at, when })
      const told = () => until('it is said, or died', async () => first.dead || (await recordOf(id))?.announced)
      await told()
      if (!first.dead) {
        const label = (await recordOf(id))?.label ?? ''
        const retrying = first.desk.handlers.retry_letter({ letter: label }, alice)
        await Promise.race([retrying, until('it is tried again, or died', () => first.dead, 3_000).catch(() => {})])
      }
      survived = !first.dead
      await first[Symbol.asyncDispose]()

      await using second = deskThatDies(null)
      const record = await until('it is said', async () => {
        const found = await recordOf(id)
        return found?.announced ? found : null
      })
      const { letter } = await second.desk.handlers.retry_letter({ letter: record.label }, alice)
      expect(letter.state).toBe('retried')
      expect((await records()).filter((one) => one.id === id)).toHaveLength(1)
      expect((await idsIn('WORK')).filter((one) => one === `${item}>cto`)).toHaveLength(1)
    }
    // A number, a record, a line, that it was said; what is to be done, that, and that it was.
    expect(at - 1).toBe(8)
    const lines = (await idsIn('EVENTS')).filter((one) => one.startsWith('letter:'))
    expect(lines).toHaveLength((await records()).length)
  },
  60_000,
)

it.each(['before', 'after'] as const)(
  'F26: killed %s each of its writes, a burst is said once, each letter in one line',
  async (when) => {
    const burst = { gatherMs: 50, longestMs: 50, most: 1 }
    for (let at = 1, survived = false; !survived; at++) {
      const before = new Set(await idsIn('EVENTS'))
      const ids = [await giveUp(nats, { id: `a-${when}-${at}` }), await giveUp(nats, { id: `b-${when}-${at}` })]
      const told = async () => (await records()).filter(({ id, announced }) => ids.includes(id) && announced !== null)
      const first = deskThatDies({ at, when }, burst)
      await until('they are said, or it died', async () => first.dead || (await told()).length === 2)
      survived = !first.dead
      await first[Symbol.asyncDispose]()
      await using _second = deskThatDies(null, burst)
      const labels = await until('they are said', async () => {
        const found = (await told()).map(({ label }) => label)
        return found.length === 2 && found
      })
      const lines = (await readStream(nats, 'EVENTS'))
        .map(({ text }) => JSON.parse(text) as Envelope)
        .filter(({ id }) => /^letters?:/.test(id) && !before.has(id))
        .map(({ data }) => String(data.text))
      const saying = labels.map((label) => lines.filter((text) => new RegExp(`${label}\\b(?! <)`).test(text)).length)
      expect(saying).toEqual([1, 1])
      if (survived) expect(at - 1).toBeGreaterThanOrEqual(8)
    }
  },
  60_000,
)

it('F26: what was begun and cut off is finished by itself, without anybody asking again', async () => {
  const id = await giveUp(nats, { id: 'line-alone' })
  const first = deskThatDies({ at: 6, when: 'before' })
  const record = await until('it is said', async () => {
    const found = await recordOf(id)
    return found?.announced ? found : null
  })
  void first.desk.handlers.retry_letter({ letter: record.label }, alice)
  await until('it died', () => first.dead)
  await first[Symbol.asyncDispose]()
  await using _second = deskThatDies(null)
  await until('it is tried again', async () => (await recordOf(id))?.standing.state === 'retried')
  expect((await idsIn('WORK')).filter((one) => one === 'line-alone>cto')).toHaveLength(1)
})
