import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Mergeable, nextMessage } from '../../../../adapters/slack/say/merge.ts'
import { pieceBudget } from '../../../../adapters/slack/say/pieces.ts'
import type { Voice } from '../../../../ports/chat.ts'

const cto: Voice = { kind: 'role', role: 'cto' }
const ceo: Voice = { kind: 'role', role: 'ceo' }
const waiting = (id: string, more: { as?: Voice; text?: string; thread?: string } = {}): Mergeable => ({
  line: { id, as: more.as ?? cto },
  parts: [{ kind: 'text', text: more.text ?? `says ${id}` }],
  thread: more.thread ?? null,
  budget: pieceBudget,
})
const idsOf = (lines: readonly Mergeable[]) => nextMessage(lines).map(({ line }) => line.id)

describe('what shares a message', () => {
  it('is nothing where nothing waits', () => {
    expect(nextMessage([])).toEqual([])
  })

  it('is the backlog of one voice, in order', () => {
    expect(idsOf([waiting('1'), waiting('2'), waiting('3')])).toEqual(['1', '2', '3'])
  })

  it('ends before the line of another voice, also when the first voice goes on behind it', () => {
    expect(idsOf([waiting('1'), waiting('2', { as: ceo }), waiting('3')])).toEqual(['1'])
  })

  it('passes over what the same voice says in another thread, and takes nothing of it', () => {
    const lines = [waiting('1', { thread: 'a' }), waiting('2', { thread: 'b' }), waiting('3', { thread: 'a' })]
    expect(idsOf(lines)).toEqual(['1', '3'])
  })

  it('holds no more text than a message takes', () => {
    const half = 'x'.repeat(pieceBudget / 2)
    expect(idsOf([waiting('1', { text: half }), waiting('2', { text: half }), waiting('3', { text: 'y' })])).toEqual([
      '1',
    ])
  })

  it('S16: rings at most three people in all', () => {
    const text = '<@U01> <@U02>'
    expect(idsOf([waiting('1', { text }), waiting('2', { text })])).toEqual(['1'])
  })

  it('holds no more ids than the metadata of a message takes', () => {
    const lines = Array.from({ length: 100 }, (_, n) => waiting(`${n}`.padStart(200, 'i'), { text: 'x' }))
    expect(idsOf(lines)).toHaveLength(29)
  })

  it('leaves alone what has buttons, needs several messages, ends within code, or was too long before', () => {
    const buttons = { ...waiting('b'), line: { id: 'b', as: cto, actions: [{ label: 'Undo', command: 'cancel t-1' }] } }
    const long = { ...waiting('l'), parts: [...waiting('l').parts, ...waiting('l').parts] }
    const code = waiting('c', { text: '```\nopen' })
    const shortened = { ...waiting('s'), budget: 1_950 }
    for (const alone of [buttons, long, code, shortened]) {
      expect(idsOf([alone, waiting('1')])).toEqual([alone.line.id])
      expect(idsOf([waiting('1'), alone, waiting('2')])).toEqual(['1'])
    }
  })

  it('loses nothing, and keeps the order of every thread and of the voices', () => {
    const some = fc.record({ as: fc.constantFrom(cto, ceo), thread: fc.constantFrom(undefined, 'a', 'b') })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (all) => {
        const lines = all.map(({ as, thread }, n) => waiting(`${n}`, { as, ...(thread ? { thread } : {}) }))
        const said: Mergeable[] = []
        for (let left = lines; left.length > 0; ) {
          const message = nextMessage(left)
          expect(message.length).toBeGreaterThan(0)
          said.push(...message)
          left = left.filter((line) => !message.includes(line))
        }
        expect(new Set(said)).toEqual(new Set(lines))
        const inThread = (thread: string | null) => (line: Mergeable) => line.thread === thread
        for (const thread of [null, 'a', 'b']) {
          expect(said.filter(inThread(thread))).toEqual(lines.filter(inThread(thread)))
        }
        const voices = (list: Mergeable[]) => list.map(({ line: { as } }) => as)
        expect(voices(said)).toEqual(voices(lines))
      }),
    )
  })
})
