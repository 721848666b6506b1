import { join } from 'node:path'
import { expect } from 'vitest'
import { openStateFile } from '../../adapters/sqlite/state/state-file.ts'
import { BreakroomError } from '../../core/errors.ts'
import { createStateDigest } from '../../core/state/state-digest.ts'
import type { MetricName } from '../../ports/metrics.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { OwnedStore, Store } from '../../ports/store.ts'
import { type Behind, type BehindParts, createBehind } from '../../state/behind.ts'
import { temporaryFolder, until } from '../support/process.ts'
import { quietLog } from '../support/quiet.ts'
import { contentOf } from '../support/state.ts'
import type { SleepingClock, VirtualClock } from '../support/virtual-clock.ts'

/** What a call of a store comes to instead of what it does: an error, or nothing at all for ever. */
type Mishap = Error | 'hangs' | null

/** A store that does as it is told. What it keeps, it really keeps. */
export interface ToldStore extends OwnedStore {
  /** Asked before each call: what it comes to; null lets it through. */
  mishap: (call: string, given: readonly unknown[]) => Mishap | Promise<Mishap>
  fleet: string | null
  /** Every call that was made, in order. */
  readonly calls: { call: string; given: readonly unknown[] }[]
}

/** Told about `owner`, `own`, and whatever keeps something. */
export function toldStore(store: Store, title = 'Firestore, project x'): ToldStore {
  const calls: ToldStore['calls'] = []
  async function through<T>(call: string, given: readonly unknown[], work: () => Promise<T>): Promise<T> {
    calls.push({ call, given })
    const mishap = await told.mishap(call, given)
    if (mishap === 'hangs') return new Promise<T>(() => {})
    if (mishap !== null) throw mishap
    return work()
  }
  const set = <S extends 'knowledge' | 'configuration' | 'metrics'>(section: S): Store[S] => ({
    ...store[section],
    keep: (records: readonly never[]) => through(section, records, () => store[section].keep(records)),
  })
  const told: ToldStore = {
    ...store,
    title,
    calls,
    fleet: null,
    mishap: () => null,
    keepTasks: (changes) => through('keepTasks', changes, () => store.keepTasks(changes)),
    knowledge: set('knowledge'),
    configuration: set('configuration'),
    metrics: set('metrics'),
    owner: () => through('owner', [], async () => told.fleet),
    own: (fleet, from) =>
      through('own', [fleet, from], async () => {
        if (told.fleet !== from) throw new BreakroomError('conflict', "It is another's.")
        told.fleet = fleet
      }),
  }
  return told
}

export const mishaps = {
  away: () => new BreakroomError('unavailable', 'Firestore does not answer.', { detail: { reason: 'away' } }),
  busy: () => new BreakroomError('unavailable', 'Firestore: its quota is spent.', { detail: { reason: 'busy' } }),
  denied: () =>
    new BreakroomError(
      'denied',
      'Firestore, project x, does not let us in: give its account the role roles/datastore.user.',
    ),
  refused: (why: string) => new BreakroomError('refused', why, { detail: { rule: 'too-large' } }),
  unreadable: () => new BreakroomError('unreadable', 'The root is damaged.', { detail: { reason: 'schema' } }),
}

/** What was logged and counted. */
interface Noticed {
  readonly lines: string[]
  count(name: MetricName, what: string): number
  gauge(name: MetricName, what?: string): number | undefined
}

export interface BehindHouse extends AsyncDisposable {
  readonly folder: string
  readonly file: StateFile
  readonly noticed: Noticed
  /** Begins to write this store; it ends with the house. Figures go every ten minutes. */
  begin(store: OwnedStore, changes?: Partial<BehindParts>): Behind & { stop(): Promise<void> }
  /** Another file in the folder, closed with the house. */
  open(name: string): StateFile
}

/** A file of its own, from which stores behind are written. */
export function behindHouse(clock: SleepingClock): BehindHouse {
  const folder = temporaryFolder()
  const ends: (() => Promise<void>)[] = []
  const lines: string[] = []
  const counts = new Map<string, number>()
  const gauges = new Map<string, number>()
  const say = (_fields: Record<string, unknown>, message: string) => void lines.push(message)
  const open = (name: string) => {
    const opened = openStateFile({
      file: join(folder.path, `${name}.sqlite`),
      clock,
      log: quietLog,
      newId: () => `fleet-${name}`,
    })
    ends.push(() => opened.close())
    return opened
  }
  const file = open('house')
  return {
    folder: folder.path,
    file,
    open,
    noticed: {
      lines,
      count: (name, what) => counts.get(`${name} ${what}`) ?? 0,
      gauge: (name, what = '') => gauges.get(`${name} ${what}`),
    },
    begin(store, changes = {}) {
      const stopping = new AbortController()
      const behind = createBehind({
        file,
        store,
        metricsEveryMs: 600_000,
        clock,
        sleep: clock.sleep,
        random: () => 0.5,
        log: { info: say, warn: say, error: say },
        metrics: {
          count(name, { what = '' } = {}, by = 1) {
            counts.set(`${name} ${what}`, (counts.get(`${name} ${what}`) ?? 0) + by)
          },
          gauge(name, value, { what = '' } = {}) {
            gauges.set(`${name} ${what}`, value)
          },
        },
        ...changes,
        signal: AbortSignal.any([stopping.signal, ...(changes.signal === undefined ? [] : [changes.signal])]),
      })
      const stop = () => {
        stopping.abort()
        return behind.ended
      }
      ends.push(stop)
      return { ...behind, stop }
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends.toReversed()) await end()
      folder[Symbol.dispose]()
    },
  }
}

/** Lets time pass, `step` ms at a time, until it is so; fails after so many ms of real time. */
export function passUntil<T>(
  clock: VirtualClock,
  what: string,
  probe: () => T | Promise<T>,
  step = 100,
  timeoutMs = 30_000,
) {
  const stepwise = async () => {
    const answer = await probe()
    if (!answer) await clock.advance(step)
    return answer
  }
  return until(what, stepwise, timeoutMs)
}

/** Lets so much time pass, a second at a time, so that what takes real time has its turns in between. */
export async function pass(clock: VirtualClock, ms: number, meanwhile: () => unknown = () => {}) {
  for (let left = ms; left > 0; left -= 1_000) {
    await clock.advance(Math.min(left, 1_000))
    await meanwhile()
  }
}

/** Whether nothing is owed any more, not even figures. */
export async function owesNothing({ pending }: StateFile): Promise<boolean> {
  const { tasks, records } = await pending.waiting()
  return tasks + records.knowledge + records.configuration + records.metrics === 0
}

/** Fails the test when two stores do not hold the same, task by task and by the hash over everything. */
export async function seeEqual(one: Store, other: Store): Promise<void> {
  const [first, second] = [await contentOf(one), await contentOf(other)]
  expect(second).toEqual(first)
  expect(digestOf(second)).toEqual(digestOf(first))
}

function digestOf(content: Awaited<ReturnType<typeof contentOf>>) {
  const digest = createStateDigest()
  for (const task of content.tasks) digest.addTask(task)
  for (const { place, commit } of content.history) digest.add({ section: 'commits', place, commit })
  for (const record of content.knowledge) digest.add({ section: 'knowledge', record })
  for (const record of content.configuration) digest.add({ section: 'configuration', record })
  for (const record of content.metrics) digest.add({ section: 'metrics', record })
  return digest.result()
}
