import { expect, test } from 'vitest'
import { asChatLine } from '../../../core/envelope.ts'
import { recordedMatter } from '../../../core/knowledge/recorded.ts'
import { emptyTurns, route } from '../../../core/route.ts'
import { eventSubject } from '../../../core/subject.ts'
import { canaryIn, canaryLine, canaryRequestSchema, isCanary } from '../../../core/sweep/canary.ts'
import { roleLine } from '../../support/lines.ts'

const at = new Date('2026-11-21T10:00:00.000Z')
const room = { name: 'canary', visibility: 'public' as const }
const line = canaryLine({ role: 'sweep', nick: 'sweep', room, at })

test('a canary is known by its id, and by what any platform shows of it', () => {
  expect(line.id).toBe('canary:2026-11-21T10:00:00.000Z')
  expect(asChatLine(line)).toEqual(line)
  expect(isCanary(line)).toBe(true)
  for (const shown of [line.data.text, `<sweep> ${line.data.text}`]) expect(canaryIn(shown)).toBe(line.id)
  expect(canaryRequestSchema.safeParse({ id: line.id }).success).toBe(true)
})

test('nothing else is one', () => {
  expect(isCanary(roleLine('canary:soon', 'sweep', 'hello', { notice: true }))).toBe(false)
  expect(isCanary(roleLine(line.id, 'sweep', line.data.text))).toBe(false)
  expect(canaryIn('the canary: 2026')).toBeNull()
  expect(canaryRequestSchema.safeParse({ id: `${line.id} and more` }).success).toBe(false)
})

test("F56: a canary wakes nobody, is nobody's turn, and is no document", () => {
  const state = emptyTurns()
  const reading = { roles: ['cto'], command: false, body: line.data.text, expects: [], tooMany: [] }
  const limits = { perTrigger: 6, perTenMinutes: 12 }
  expect(route(state, line, reading as never, limits)).toMatchObject({ handovers: [], expects: [], heldBack: null })
  expect(state).toEqual(emptyTurns())
  expect(recordedMatter(line, eventSubject('sweep', 'chat', 'canary'))).toBeNull()
})
