import { describe, expect, it } from 'vitest'
import { mayRead } from '../../../core/knowledge/access.ts'
import { keptKnowledgeSchema } from '../../../core/state/kept-knowledge.ts'
import { recordedKnowledge } from '../../../core/state/recorded-knowledge.ts'
import { envelopeOf } from '../../support/envelope.ts'

const nameOf = (actor: string) => actor.replace('human-', '').toUpperCase()

/** What is kept of an entry of this kind by this actor. */
const kept = (kind: string, actor: string, data: Record<string, unknown> = {}, changes = {}) =>
  recordedKnowledge(
    envelopeOf('d-1', { type: kind, actor, data: { text: 'We keep SQLite.', ...data }, ...changes }),
    `events.${actor}.${kind}`,
    nameOf,
  )

const key = 'sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ'

describe('what is kept of the record', () => {
  it('is a decision with its title, its author and its time', () => {
    const decision = kept('decision.made', 'cto', { title: 'Which database' })
    expect(decision).toEqual({
      id: expect.stringMatching(/^decision-[0-9a-f]{16}$/),
      revision: 1,
      kind: 'decision',
      title: 'Which database',
      text: 'We keep SQLite.',
      by: 'cto',
      name: 'CTO',
      at: '2026-11-21T10:00:00.000Z',
      access: [['breakroom']],
      sources: [],
      ended: null,
    })
    expect(keptKnowledgeSchema.parse(decision)).toEqual(decision)
    expect(kept('decision.made', 'cto', { title: 'Which database' })).toEqual(decision)
    expect(kept('decision.made', 'cto', {}, { id: 'd-2' })?.id).not.toBe(decision?.id)
  })

  it('is named after its first words where it has no title', () => {
    expect(kept('decision.recorded', 'cto')?.title).toBe('Decision: We keep SQLite.')
    expect(kept('memory.pattern', 'cto')?.title).toBe('Pattern: We keep SQLite.')
    expect(kept('memory.accepted', 'human-ada')?.title).toBe('Memory: We keep SQLite.')
  })

  it('S38 is what roles and people whom we know decided, or saw prove itself', () => {
    for (const kind of ['decision.made', 'decision.accepted', 'memory.pattern']) {
      expect(kept(kind, 'cto')).toMatchObject({ by: 'cto' })
      expect(kept(kind, 'human-ada')).toMatchObject({ by: 'human-ada', name: 'ADA' })
      expect(kept(kind, 'human-eve-at-slack')).toBeNull()
    }
  })

  it('S38 is what a person accepted as known, or the house for them, and nothing of a role by itself', () => {
    expect(kept('memory.accepted', 'cto')).toBeNull()
    expect(kept('memory.accepted', 'human-eve-via-local')).toBeNull()
    expect(kept('memory.accepted', 'human-ada')).toMatchObject({ kind: 'memory' })
    expect(kept('memory.accepted', 'breakroom')).toMatchObject({ kind: 'memory', by: 'breakroom' })
  })

  it('is in the name of whom the house writes for, as far as it knows them', () => {
    expect(kept('decision.made', 'breakroom', { by: 'human-ada' })).toMatchObject({ by: 'human-ada', name: 'ADA' })
    expect(kept('decision.made', 'breakroom', { by: 'human-eve-at-slack' })?.by).toBe('breakroom')
    // Nobody else writes in another name.
    expect(kept('decision.made', 'cto', { by: 'human-ada' })?.by).toBe('cto')
  })

  it('S22 is for whoever reads its room, and nothing of what was said in private', () => {
    const access = kept('decision.made', 'cto', {}, { room: { name: 'board', visibility: 'public' } })?.access ?? []
    expect(mayRead(access, { rooms: new Set(['breakroom']) })).toBe(false)
    expect(mayRead(access, { rooms: new Set(['board']) })).toBe(true)
    expect(kept('decision.made', 'cto', {}, { room: undefined })?.access).toEqual([])
    expect(kept('decision.made', 'cto', {}, { room: { name: 'board', visibility: 'private' } })).toBeNull()
  })

  it('has no secret in it, nor a part of one where a title is cut from the text', () => {
    for (const before of ['', 'x '.repeat(34)]) {
      const decision = JSON.stringify(kept('decision.made', 'cto', { text: `${before}${key}\u202e.` }))
      expect(decision).not.toContain('sk-ant')
    }
    expect(JSON.stringify(kept('decision.made', 'cto', { title: `The key is ${key}` }))).not.toContain('sk-ant')
  })

  it('is never larger than what can be kept', () => {
    const secrets = Array.from({ length: 1_800 }, (_, index) => `sk-ant-api03-${String(index).padStart(47, 'a')}`)
    const large = kept('decision.made', 'cto', { text: secrets.join('\n').slice(0, 110_000) })
    expect(keptKnowledgeSchema.parse(large)).toEqual(large)
    const faces = kept('decision.made', 'cto', { text: `x${'😀'.repeat(54_999)}x`, title: '😀'.repeat(500) })
    expect(keptKnowledgeSchema.parse(faces)).toEqual(faces)
  })

  it.each([
    ['a decision that was only proposed', 'decision.proposed', {}],
    ['a memory that waits to be accepted', 'memory.candidate', {}],
    ['a task', 'task.completed', { task: 't-13' }],
    ['words that are none', 'decision.made', { text: { text: 'x' } }],
    ['no words', 'decision.made', { text: '' }],
    ['words that nobody sees', 'decision.made', { text: '\u200b \u2060\n' }],
    ['more words than anybody says', 'decision.made', { text: 'x'.repeat(110_001) }],
  ])('is nothing for %s', (_, kind, data) => {
    expect(kept(kind, 'cto', data)).toBeNull()
  })

  it('is nothing for an entry that calls itself something else than where it stands', () => {
    const envelope = envelopeOf('d-1', { type: 'decision.made', actor: 'cto', data: { text: 'x' } })
    expect(recordedKnowledge(envelope, 'events.cto.memory.pattern', nameOf)).toBeNull()
    expect(recordedKnowledge(envelope, 'events.cto.chat.breakroom', nameOf)).toBeNull()
  })
})
