import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptDocument } from '../../../core/knowledge/recorded.ts'
import type { KnowledgeRequest } from '../../../core/knowledge/request.ts'
import { type KeptKnowledge, keptKnowledgeSchema } from '../../../core/state/kept-knowledge.ts'
import { pageBytes } from '../../../core/state/request.ts'
import { orgSubjects } from '../../../core/subject.ts'
import { keepRecord } from '../../../knowledge-proxy/corpus/record.ts'
import { keptAnswers } from '../../../knowledge-proxy/learning/kept-answers.ts'
import { stateEndpoints } from '../../../knowledge-proxy/learning/state-endpoints.ts'
import { board, createLearningHouse, inBoard, inBreakroom, requestOf, teller } from '../../support/learning-house.ts'
import { startNats, startProvisionedNats } from '../../support/nats.ts'
import { learnedFor, minutesOn } from '../../support/questions.ts'
import { quietLog, quietMetrics } from '../../support/quiet.ts'
import { knowledgeRecord } from '../../support/state.ts'

const question = 'How long are invoices kept?'
const endOfBasis = { document: 'docs/invoices.md', hash: 'one' }

/** Where it was taught, and a proxy on a new machine. */
let old: ReturnType<typeof createLearningHouse>
let house: ReturnType<typeof createLearningHouse>
beforeEach(() => {
  old = createLearningHouse()
  house = createLearningHouse()
})
afterEach(() => {
  old[Symbol.dispose]()
  house[Symbol.dispose]()
})

const kept = (from = old, since: Date | null = null) => keptAnswers(from.parts.learning, since, null).learned
const only = () => kept()[0] as KeptKnowledge
const teach = (id: string, label: string, text: string, place: KnowledgeRequest['place'] = inBreakroom) =>
  old.learning.handlers.teach({ question: label, text }, teller(id, place), requestOf(`${id} ${label}`, place))

describe('what people taught', () => {
  it('is told as the organisation keeps it, also when it has ended', async () => {
    const basis = old.document('docs/invoices.md')
    old.ask({ room: board }, 'none', [basis])
    await teach('frank', 'q-1', 'Seven years.', inBoard)
    expect(kept()).toEqual([
      {
        ...{ id: 'learned-q-1', revision: 1, kind: 'memory', title: question, text: 'Seven years.' },
        ...{ by: 'human-frank', name: 'Frank', at: old.time.now.toISOString(), access: [['board']], ended: null },
        sources: [basis],
        learned: { label: 'q-1', person: 'frank', question, request: 'frank q-1' },
      },
    ])
    old.time.now = minutesOn(5)
    old.document('docs/invoices.md', 'two')
    old.learning.documentChanged('docs/invoices.md')
    const [ended] = kept(old, minutesOn(5))
    expect(ended?.ended).toMatchObject({ by: 'source', at: minutesOn(5).toISOString() })
    expect(kept(old, minutesOn(6))).toEqual([])
    expect(kept().map((one) => keptKnowledgeSchema.parse(one))).toEqual(kept())
  })

  it('is told in pages that the bus can carry, each answer once', () => {
    for (let number = 1; number <= 250; number++) {
      const label = `q-${number}`
      old.parts.learning.learn(learnedFor(label, { text: `${number} ${'ü'.repeat(2_000)}` }))
    }
    const labels: string[] = []
    for (let done = false, pages = 0; !done; pages++) {
      const page = keptAnswers(old.parts.learning, null, labels.at(-1) ?? null)
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(pageBytes + 100)
      labels.push(...page.learned.map(({ learned }) => learned?.label ?? ''))
      done = page.done
      if (done) expect(pages).toBeGreaterThan(1)
    }
    expect(labels).toEqual(Array.from({ length: 250 }, (_, index) => `q-${index + 1}`))
  })
})

describe('a proxy on a new machine', () => {
  it('answers again with what people taught, under its label, with person, time, sources and access', async () => {
    for (let asked = 0; asked < 3; asked++) old.ask({ room: board, text: `${question} ${asked}` }, 'none')
    await teach('frank', 'q-2', 'Seven years.', inBoard)
    expect(house.learning.relearn(kept())).toEqual({ taken: 1, known: 0 })
    expect(house.parts.learning.learned('q-2')).toEqual(old.parts.learning.learned('q-2'))
    expect(house.found(question, 'board')).toEqual(['learned/q-2'])
    expect(house.found(question, 'breakroom')).toEqual([])
    expect(house.parts.library.entry('learned/q-2')).toEqual(old.parts.library.entry('learned/q-2'))
    expect(house.ask().label).toBe('q-3')
    house.restart()
    expect(house.found(question, 'board')).toEqual(['learned/q-2'])
    expect(house.said.filter(({ text }) => text.includes('Seven years'))).toEqual([])
  })

  it('changes nothing when it is told again, or knows it already', async () => {
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    expect(old.learning.relearn(kept())).toEqual({ taken: 0, known: 1 })
    house.ask({ text: 'Where is the coffee?' })
    expect(house.learning.relearn(kept())).toEqual({ taken: 1, known: 0 })
    const before = kept(house)
    expect(house.learning.relearn([...kept(), ...before])).toEqual({ taken: 0, known: 2 })
    expect(kept(house)).toEqual(before)
  })

  it('gives an answer a new label where its own is another question’s', async () => {
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    const here = house.ask({ text: 'Where is the coffee?' })
    house.learning.relearn(kept())
    expect(house.parts.questions.question('q-1')).toEqual(here)
    expect(house.found(question)).toEqual(['learned/q-2'])
    expect(house.parts.learning.learned('q-2')).toEqual({ ...old.parts.learning.learned('q-1'), label: 'q-2' })
  })

  it('does not contradict what was taught there since, and lets the newest answer to a question count', async () => {
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    house.time.now = minutesOn(60)
    house.ask()
    await house.learning.handlers.teach({ question: 'q-1', text: 'Eight years.' }, teller('alice'), requestOf('newer'))
    expect(house.learning.relearn(kept())).toEqual({ taken: 0, known: 1 })
    expect(house.parts.learning.learned('q-1')?.text).toBe('Eight years.')
    const elsewhere = { ...only(), learned: { label: 'q-9', person: 'alice', question, request: 'other' } }
    expect(house.learning.relearn([elsewhere])).toEqual({ taken: 1, known: 0 })
    expect(house.parts.learning.learned('q-9')?.ended?.by).toBe('replaced')
    const latest = { ...elsewhere, at: minutesOn(90).toISOString(), text: 'Nine years.' }
    house.learning.relearn([{ ...latest, learned: { ...elsewhere.learned, label: 'q-10', request: 'latest' } }])
    expect(house.found(question)).toEqual(['learned/q-10'])
  })

  it('lets it end with its source as after a restart: not before its source was read', async () => {
    const basis = old.document('docs/invoices.md')
    old.ask({}, 'low', [basis])
    await teach('alice', 'q-1', 'Seven years.')
    house.learning.relearn(kept())
    expect(house.found(question)).toEqual(['learned/q-1'])
    house.learning.corpusRead(() => true)
    expect(house.parts.learning.learned('q-1')?.ended?.by).toBe('gone')
    house.document('docs/invoices.md')
    house.learning.documentChanged('docs/invoices.md')
    expect(house.found(question)).toContain('learned/q-1')
  })

  it.each(['changed', 'missing'])('takes an answer whose source is %s there for one that has ended', async (how) => {
    old.ask({}, 'low', [old.document('docs/invoices.md')])
    await teach('alice', 'q-1', 'Seven years.')
    if (how === 'changed') house.document('docs/invoices.md', 'two')
    house.learning.corpusRead(() => true)
    house.learning.relearn(kept())
    expect(house.parts.learning.learned('q-1')?.ended?.by).toBe(how === 'changed' ? 'source' : 'gone')
    expect(house.found(question)).not.toContain('learned/q-1')
  })

  it('keeps what has ended as it ended', async () => {
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    await old.learning.handlers.forget({ question: 'q-1' }, teller('alice'), requestOf('forget'))
    house.learning.relearn(kept())
    expect(house.parts.learning.learned('q-1')).toEqual(old.parts.learning.learned('q-1'))
    expect(house.found(question)).toEqual([])
  })

  it('S22: lets nobody know of a question whose answer they may not read', async () => {
    const restored = (access: string[][], label: string) => {
      const learned = { label, person: 'alice', question: `${question} ${label}`, request: label }
      house.learning.relearn([{ ...only(), access, learned, sources: [endOfBasis] }])
      const forget = (id: string) =>
        house.learning.handlers.forget({ question: label }, teller(id), requestOf(`${id} ${label}`)).then(
          ({ text }) => text,
          ({ message }) => message,
        )
      return forget
    }
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    expect(await restored([['board']], 'q-5')('eve')).toBe('There is no question q-5.')
    expect(await restored([['board'], ['hr']], 'q-6')('frank')).toBe('There is no question q-6.')
    expect(await restored([['board', 'hr']], 'q-7')('eve')).toBe('There is no question q-7.')
    expect(await restored([['gone']], 'q-8')('bob')).toBe('There is no question q-8.')
    expect(await restored([], 'q-9')('alice')).toBe('The answer to q-9 is forgotten.')
  })
})

describe('on the bus', () => {
  it('what was decided answers again, for whoever may read it, and what was taught beside it counts', async () => {
    await using nats = await startProvisionedNats()
    const subjects = orgSubjects('breakroom')
    const ending = new AbortController()
    const decision = knowledgeRecord('decision-1', 1, { text: 'Invoices are kept for ever.' })
    const inBoard = knowledgeRecord('decision-2', 1, { text: 'Ballots are burnt.', access: [['board']] })
    const { facts, sections } = keptDocument(decision) ?? {}
    if (facts === undefined || sections === undefined) throw new Error('it is no document')
    old.parts.library.put(facts, facts.hash, sections)
    old.ask({}, 'low', [{ document: facts.id, hash: facts.hash }])
    await teach('alice', 'q-1', 'Seven years.')

    house.learning.corpusRead(() => true)
    const { bus, keyed } = nats.as({ kind: 'knowledge' })
    const { learning, library, clock } = house.parts
    const { relearn, documentChanged } = house.learning
    const record = keepRecord({
      ...{ bus, cursors: keyed<number>('cursors'), library, clock, log: quietLog, metrics: quietMetrics },
      ...{ taskOf: async () => null, nameOf: (actor) => actor, changed: documentChanged, signal: ending.signal },
    })
    await bus.serve('knowledge', stateEndpoints({ subjects, learning, relearn, record }), ending.signal)
    const bring = () =>
      nats
        .as({ kind: 'state' })
        .bus.request(subjects.knowledgeService('relearn', 'state'), { knowledge: [only(), decision, inBoard] }, 2_000)
    expect(await bring()).toEqual({ taken: 3, known: 0 })
    expect(library.entry(facts.id)).toEqual(old.parts.library.entry(facts.id))
    expect(house.found('Are invoices kept?').toSorted()).toEqual(['learned/q-1', 'record/decision-1'])
    expect(learning.learned('q-1')).toEqual(old.parts.learning.learned('q-1'))
    expect(house.found('Are ballots burnt?')).toEqual([])
    expect(house.found('Are ballots burnt?', 'board')).toEqual(['record/decision-2'])

    const before = library.entries()
    expect(await bring()).toEqual({ taken: 0, known: 3 })
    expect(library.entries()).toEqual(before)
    ending.abort()
    await record.ended
    house.restart()
    expect(house.found('Are ballots burnt?', 'board')).toEqual(['record/decision-2'])
  })

  it('only the state store is told, and believed', async () => {
    await using nats = await startNats()
    const subjects = orgSubjects('breakroom')
    const ending = new AbortController()
    old.ask()
    await teach('alice', 'q-1', 'Seven years.')
    const record = { bringBack: () => ({ taken: 0, known: 0 }) }
    const parts = { subjects, learning: old.parts.learning, relearn: old.learning.relearn, record }
    await nats.as({ kind: 'knowledge' }).bus.serve('knowledge', stateEndpoints(parts), ending.signal)
    const state = nats.as({ kind: 'state' }).bus
    const learned = { since: null, after: null }
    expect(await state.request(subjects.knowledgeService('learned', 'state'), learned, 2_000)).toEqual({
      learned: kept(),
      done: true,
    })
    const relearn = subjects.knowledgeService('relearn', 'state')
    expect(await state.request(relearn, { knowledge: kept() }, 2_000)).toEqual({ taken: 0, known: 1 })
    await expect(state.request(relearn, { knowledge: [{ ...only(), text: 7 }] }, 2_000)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('relearn: knowledge.0.text'),
    })
    for (const user of [{ kind: 'desk' }, { kind: 'cli' }, { kind: 'role', role: 'cto' }] as const) {
      const asked = nats.as(user).bus.request(subjects.knowledgeService('learned', 'state'), learned, 500)
      await expect(asked).rejects.toMatchObject({ code: 'denied' })
    }
    ending.abort()
  })
})
