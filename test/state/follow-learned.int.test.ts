import { afterEach, beforeEach, expect, it } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import type { KeptKnowledge } from '../../core/state/kept-knowledge.ts'
import { orgSubjects } from '../../core/subject.ts'
import type { StateFile } from '../../ports/state-file.ts'
import { followLearned } from '../../state/follow-learned.ts'
import { relearn } from '../../state/relearn.ts'
import { all } from '../support/collect.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'
import { quietLog, quietMetrics } from '../support/quiet.ts'
import { knowledgeRecord } from '../support/state.ts'
import { type StateFolder, stateFolder } from '../support/state-folder.ts'

const subjects = orgSubjects('breakroom')
let nats: NatsServer
let folder: StateFolder
let file: StateFile
let stop: AbortController
/** What the proxy has, as anybody would be told, and what it was asked. */
let taught: KeptKnowledge[]
/** The label behind which the proxy does not answer. */
let away: string | null
let asked: { since: string | null; after: string | null }[]

beforeEach(async () => {
  nats = await startProvisionedNats()
  folder = stateFolder()
  stop = new AbortController()
  taught = []
  asked = []
  away = null
  file = folder.opened()
})
afterEach(async () => {
  stop.abort()
  await nats[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

function learned(number: number, changes: Partial<KeptKnowledge> = {}): KeptKnowledge {
  const details = { label: `q-${number}`, person: 'human-ada', question: 'How?', request: `ask-${number}` }
  return knowledgeRecord(`learned-q-${number}`, 1, { kind: 'memory', learned: details, ...changes })
}

/** Answers in pages of two, as the proxy does: by label, and what changed since. */
async function serveProxy(): Promise<void> {
  const { bus } = nats.as({ kind: 'knowledge' })
  const handler = async (data: unknown) => {
    const request = data as { since: string | null; after: string | null }
    asked.push(request)
    if (away !== null && request.after === away) throw new BreakroomError('unavailable', 'It is away.')
    const number = (label: string | undefined | null) => Number(label?.slice(2) ?? 0)
    const left = taught.filter(
      ({ at, ended, learned: its }) =>
        number(its?.label) > number(request.after) &&
        (request.since === null || at >= request.since || (ended !== null && ended.at >= request.since)),
    )
    return { learned: left.slice(0, 2), done: left.length <= 2 }
  }
  await bus.serve(
    'knowledge',
    { learned: { subject: subjects.knowledgeService('learned', 'state'), handler } },
    stop.signal,
  )
}

/** Follows with a clock that stands still until `later` is called: pulls come when they are told to. */
function follow() {
  const waiting: (() => void)[] = []
  let now = 0
  const clock = { now: () => new Date(), monotonic: () => now }
  const following = followLearned({
    bus: nats.as({ kind: 'state' }).bus,
    subjects,
    file,
    clock,
    sleep: (_, signal) =>
      new Promise((done) => {
        if (signal?.aborted) return done()
        waiting.push(done)
        signal?.addEventListener('abort', () => done(), { once: true })
      }),
    log: quietLog,
    metrics: quietMetrics,
    signal: stop.signal,
  })
  return {
    ...following,
    async pull(ms = 5_000) {
      await until('it waits', () => waiting.length > 0)
      now += ms
      for (const wake of waiting.splice(0)) wake()
      await until('it waits again', () => waiting.length > 0)
    },
  }
}

const kept = () => all(file.store.knowledge.all())

it('keeps what was taught, what ended and what came back, each change under the next revision', async () => {
  taught = [1, 2, 3, 4, 5].map((number) => learned(number))
  await serveProxy()
  const following = follow()
  await following.pull()
  expect(await kept()).toEqual(taught)
  expect(asked.slice(0, 3).map(({ after }) => after)).toEqual([null, 'q-2', 'q-4'])
  const ended = { by: 'breakroom', why: 'docs/db.md has changed', at: '2026-11-21T13:00:00.000Z' }
  taught[1] = learned(2, { ended })
  await following.pull()
  expect((await kept())[1]).toEqual({ ...learned(2, { ended }), revision: 2 })
  // It is back, and nothing about it is newer: seen when all is looked at.
  taught[1] = learned(2)
  await following.pull()
  expect((await kept())[1]?.revision).toBe(2)
  await following.pull(3_600_000)
  expect((await kept())[1]).toEqual({ ...learned(2), revision: 3 })
  expect((await kept()).map(({ revision }) => revision)).toEqual([1, 3, 1, 1, 1])
  expect(following.troubles()).toEqual([])
})

it('asks from a little before the newest change, and for everything at the start', async () => {
  taught = [learned(1, { at: '2026-11-21T12:00:30.000Z' })]
  await serveProxy()
  const following = follow()
  await following.pull()
  await following.pull()
  expect(asked).toEqual([
    { since: null, after: null },
    { since: '2026-11-21T12:00:20.000Z', after: null },
    { since: '2026-11-21T12:00:20.000Z', after: null },
  ])
})

it('what a proxy that lost its file teaches under an old label is kept beside what was taught under it before', async () => {
  taught = [learned(1)]
  await serveProxy()
  const following = follow()
  await following.pull()
  const details = { label: 'q-1', person: 'human-bob', question: 'Where?', request: 'ask-anew' }
  taught = [learned(1, { text: 'Over there.', learned: details })]
  await following.pull(3_600_000)
  taught = [learned(1, { text: 'No, here.', learned: { ...details, request: 'ask-again' } })]
  await following.pull(3_600_000)
  const [old, anew] = await kept()
  expect(await kept()).toHaveLength(2)
  expect(old).toEqual(learned(1))
  expect(anew).toMatchObject({ text: 'No, here.', revision: 2, learned: { label: 'q-1', question: 'Where?' } })
})

it('what is on a page that could not be read is asked for again, however old it is', async () => {
  taught = [learned(1)]
  await serveProxy()
  const following = follow()
  await following.pull()
  const late = '2026-11-21T18:00:00.000Z'
  taught = [
    learned(1),
    learned(2, { at: late }),
    learned(3, { at: late }),
    learned(4, { at: '2026-11-21T12:00:05.000Z' }),
  ]
  away = 'q-2'
  await following.pull()
  expect((await kept()).map(({ id }) => id)).not.toContain('learned-q-4')
  away = null
  await following.pull()
  expect((await kept()).map(({ id }) => id)).toContain('learned-q-4')
})

it('a proxy that is away is no trouble; its answers are kept when it is back', async () => {
  taught = [learned(1)]
  const following = follow()
  await following.pull()
  expect(following.troubles()).toEqual([])
  expect(await kept()).toEqual([])
  await serveProxy()
  await following.pull()
  expect(await kept()).toEqual(taught)
})

it('ends at once when it is stopped while a proxy that hangs is asked', async () => {
  let isAsked = false
  const handler = () => {
    isAsked = true
    return new Promise<never>(() => {})
  }
  const subject = subjects.knowledgeService('learned', 'state')
  await nats.as({ kind: 'knowledge' }).bus.serve('knowledge', { learned: { subject, handler } }, stop.signal)
  const following = follow()
  await until('it is asked', () => isAsked)
  const began = performance.now()
  stop.abort()
  await following.ended
  // It is asked for five seconds.
  expect(performance.now() - began).toBeLessThan(3_000)
})

it('keeps the others when one answer cannot be read', async () => {
  const unreadable = (number: number) => ({ ...learned(number), text: 17 }) as unknown as KeptKnowledge
  taught = [unreadable(1), unreadable(2), learned(3), unreadable(4), learned(5)]
  await serveProxy()
  const following = follow()
  await following.pull()
  expect((await kept()).map(({ id }) => id)).toEqual(['learned-q-3', 'learned-q-5'])
})

it('what was taught is given back in pages that the bus carries', async () => {
  const given: KeptKnowledge[][] = []
  const handler = async (data: unknown) => {
    given.push((data as { knowledge: KeptKnowledge[] }).knowledge)
    return {}
  }
  const { bus } = nats.as({ kind: 'knowledge' })
  await bus.serve(
    'knowledge',
    { relearn: { subject: subjects.knowledgeService('relearn', 'state'), handler } },
    stop.signal,
  )
  const many = Array.from({ length: 12 }, (_, index) => learned(index + 1, { text: 'ü'.repeat(50_000) }))
  await relearn({ bus: nats.as({ kind: 'state' }).bus, subjects }, many)
  expect(given.flat()).toEqual(many)
  expect(given.map((page) => page.length)).toEqual([3, 3, 3, 3])
})
