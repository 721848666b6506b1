import { expect, test } from 'vitest'
import { stopsSentence } from '../../cli/stops-in-force.ts'
import { everybody } from '../../ports/stop-switch.ts'

const at = '2026-11-21T10:00:00.000Z'

test.each([
  [{}, null],
  [{ [everybody]: 'alice', cto: 'bob' }, 'all roles, by alice; npx breakroom resume'],
  [{ cto: 'alice' }, 'cto, by alice; npx breakroom resume cto'],
  [{ cto: 'alice', cso: 'bob' }, 'cto, by alice; cso, by bob; npx breakroom resume'],
])('of the stops %j the welcome says %j', (stops, sentence) => {
  const inForce = new Map(Object.entries(stops).map(([role, by]) => [role, { by, at }]))
  expect(stopsSentence(inForce)).toBe(sentence)
})
