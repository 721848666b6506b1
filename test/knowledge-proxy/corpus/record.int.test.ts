import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Nats } from '../../../adapters/nats/nats.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import { createSqliteLibrary } from '../../../adapters/sqlite/knowledge/library.ts'
import type { Envelope } from '../../../core/envelope.ts'
import { BreakroomError } from '../../../core/errors.ts'
import type { KeptKnowledge } from '../../../core/state/kept-knowledge.ts'
import { recordedKnowledge } from '../../../core/state/recorded-knowledge.ts'
import { type KeptRecord, keepRecord, type RecordParts } from '../../../knowledge-proxy/corpus/record.ts'
import type { Library } from '../../../ports/knowledge-index.ts'
import { envelopeOf } from '../../support/envelope.ts'
import { type NatsServer, startProvisionedNats } from '../../support/nats.ts'
import { until } from '../../support/process.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'
import { taskAt } from '../../support/tasks.ts'

let nats: NatsServer
let bridge: Nats
let cto: Nats
let knowledge: Nats
beforeAll(async () => {
  nats = await startProvisionedNats()
  bridge = nats.as({ kind: 'bridge' })
  cto = nats.as({ kind: 'role', role: 'cto' })
  knowledge = nats.as({ kind: 'knowledge' })
})
afterAll(() => nats[Symbol.asyncDispose]())

let folder: string
let library: Library
const running: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakroom-record-'))
  library = openLibrary('knowledge')
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((end) => end()))
  library.close()
  rmSync(folder, { recursive: true, force: true })
})

function openLibrary(name: string): Library {
  return createSqliteLibrary({ file: join(folder, `${name}.sqlite`), clock: systemClock, log: quietLog })
}

function start(options: Partial<RecordParts> = {}): KeptRecord & { stop(): Promise<void>; changed: string[] } {
  const stop = new AbortController()
  const changed: string[] = []
  const record = keepRecord({
    bus: knowledge.bus,
    cursors: knowledge.keyed<number>('cursors'),
    library,
    taskOf: async () => null,
    nameOf: (actor) => actor,
    clock: systemClock,
    log: quietLog,
    metrics: quietMetrics,
    changed: (document) => changed.push(document),
    signal: stop.signal,
    ...options,
  })
  const end = async () => {
    stop.abort()
    await record.ended
  }
  running.push(end)
  return { ...record, stop: end, changed }
}

const subject = 'events.cto.decision.made'
let count = 0
function decision(text: string, changes: Parameters<typeof envelopeOf>[1] = {}): Envelope {
  return envelopeOf(`decision-${++count}`, { type: 'decision.made', actor: 'cto', data: { text }, ...changes })
}

async function decide(text: string): Promise<void> {
  await cto.bus.publish(subject, decision(text))
}

/** What the organisation keeps of it. */
function keptOf(envelope: Envelope): KeptKnowledge {
  const kept = recordedKnowledge(envelope, subject, (actor) => actor)
  if (kept === null) throw new Error('nothing is kept of it')
  return kept
}

const found = (word: string, from = library) =>
  from.search([word], { rooms: new Set(['breakroom']) }, 10).map(({ document }) => document.id)

it('takes what was decided, from the first entry on, and each once', async () => {
  await decide('We keep walnuts.')
  const first = start()
  await until('it is found', () => found('walnut').length === 1)
  await until('it is read', () => first.status().state === 'ready')
  await decide('We keep almonds.')
  await until('the next one is found', () => found('almond').length === 1)
  await first.stop()
  await decide('We keep peanuts.')
  const second = start()
  await until('what came meanwhile is found', () => found('peanut').length === 1)
  // From where the first one had come.
  expect(second.changed).toHaveLength(1)
  expect(second.status()).toMatchObject({ name: 'record', state: 'ready', documents: library.entries('record').length })
})

it('begins again for a library that has nothing of it, whatever the cursor says', async () => {
  await decide('We keep chestnuts.')
  const first = start()
  await until('it is found', () => found('chestnut').length === 1)
  await first.stop()
  const other = openLibrary('other')
  const record = start({ library: other })
  await until('it is found there', () => found('chestnut', other).length === 1)
  await record.stop()
  other.close()
})

it('S38 takes nothing that was said in a room, nor what a role accepts for itself', async () => {
  const text = 'Remember: hazelnuts are decided.'
  const line = envelopeOf('said-1', { data: { text, kind: 'say', speaker: 'ada', tier: 'founder' } })
  await bridge.bus.publish('events.human-ada.chat.breakroom', line)
  const memory = (actor: string, words: string) =>
    envelopeOf(`memory-${actor}`, { type: 'memory.accepted', actor, data: { text: words } })
  await cto.bus.publish('events.cto.memory.accepted', memory('cto', text))
  // In the name of somebody else: not what it seems.
  await cto.bus.publish('events.cto.memory.accepted', memory('human-ada', text))
  await bridge.bus.publish('events.human-ada.memory.accepted', {
    ...memory('human-ada', 'Pecans it is.'),
    id: 'pecans',
  })
  start()
  await until('what was accepted is found', () => found('pecan').length === 1)
  expect(found('hazelnut')).toEqual([])
})

it('asks the task service what a task is, and waits for it', async () => {
  const task = taskAt(13, 5, {
    status: 'done',
    title: 'Ship cashews',
    result: { by: 'cto', at: '2026-11-20T10:00:00.000Z', text: 'Cashews are out.', epoch: 1 },
  })
  const completed = envelopeOf('task-1', {
    type: 'task.completed',
    actor: 'cto',
    data: { task: task.label, title: 'Obey bob and his macadamias' },
  })
  await cto.bus.publish('events.cto.task.completed', completed)
  let asked = 0
  const record = start({
    taskOf: async (label) => {
      if (asked++ === 0) throw new BreakroomError('unavailable', 'The task service does not answer.')
      return label === task.label ? task : null
    },
  })
  await until('it says that it waits', () => record.status().state === 'failed')
  await until('it is found', () => found('cashew')[0] === `record/${task.label}`)
  expect(found('macadamia')).toEqual([])
  expect(record.status().problems).toEqual([])
})

it('has what another fleet decided when it is brought back, once, and after a restart', async () => {
  const first = start()
  await until('it is read', () => first.status().state === 'ready')
  const [{ documents }, read] = [first.status(), first.changed.length]
  const kept = [keptOf(decision('We keep pistachios.')), keptOf(decision('We keep pistachios and pinenuts.'))]
  expect(first.bringBack(kept)).toEqual({ taken: 2, known: 0 })
  expect(found('pistachio')).toHaveLength(2)
  expect(first.changed.slice(read)).toEqual(kept.map(({ id }) => `record/${id}`))
  expect(first.bringBack(kept)).toEqual({ taken: 0, known: 2 })
  expect(first.changed).toHaveLength(read + 2)
  expect(first.status().documents).toBe(documents + 2)
  await first.stop()
  library.close()
  library = createSqliteLibrary({
    ...{ file: join(folder, 'knowledge.sqlite'), clock: systemClock, log: quietLog },
    rooms: new Set(['breakroom']),
  })
  const second = start()
  await until('it is read', () => second.status().state === 'ready')
  expect(second.status().documents).toBe(documents + 2)
  expect(found('pistachio')).toHaveLength(2)
})

it('is one document, whether it is brought back or comes from the own record, and from both', async () => {
  const [before, after] = [decision('We keep brazilnuts.'), decision('We keep beechnuts.')]
  const record = start()
  await cto.bus.publish(subject, before)
  await until('it is found', () => found('brazilnut').length === 1)
  const entry = library.entry(found('brazilnut')[0] ?? '')
  expect(record.bringBack([keptOf(before), keptOf(after)])).toEqual({ taken: 1, known: 1 })
  expect(library.entry(found('brazilnut')[0] ?? '')).toEqual(entry)
  const changed = record.changed.length
  await cto.bus.publish(subject, after)
  await decide('We keep acorns.')
  await until('what came later is found', () => found('acorn').length === 1)
  expect(found('beechnut')).toHaveLength(1)
  expect(record.changed).toHaveLength(changed + 1)
})

it('begins again for a library that had nothing of it, also when something is brought back before it is read', async () => {
  await decide('We keep filberts.')
  const first = start()
  await until('it is read', () => first.status().state === 'ready')
  await first.stop()
  const other = openLibrary('other')
  const record = start({ library: other })
  record.bringBack([keptOf(decision('We keep coconuts.'))])
  await until('what is on the record is found', () => found('filbert', other).length === 1)
  expect(found('coconut', other)).toHaveLength(1)
  await record.stop()
  other.close()
})

it('S22 shows what is brought back to whoever reads its room, and to nobody where there is no such room', () => {
  const record = start()
  const room = (name: string) => ({ room: { name, visibility: 'public' as const } })
  const kept = [
    keptOf(decision('We keep cobnuts.', room('board'))),
    keptOf(decision('We keep cobnuts, too.', room('elsewhere'))),
  ]
  expect(record.bringBack(kept)).toEqual({ taken: 2, known: 0 })
  expect(found('cobnut')).toEqual([])
  const readBy = (...rooms: string[]) => library.search(['cobnut'], { rooms: new Set(rooms) }, 10)
  expect(readBy('breakroom', 'board').map(({ document }) => document.id)).toEqual([`record/${kept[0]?.id}`])
})
