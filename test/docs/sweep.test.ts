import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import type { Stall } from '../../core/sweep/finding.ts'
import { nextMove, withRung } from '../../core/sweep/ladder.ts'
import { nothingCan } from '../../core/sweep/look-at.ts'
import { sweepReportSchema } from '../../core/sweep/report.ts'
import { sweepSettingsSchema, thresholdsSchema } from '../../core/sweep/settings.ts'
import type { StallRecord } from '../../core/sweep/stall-record.ts'
import { agentStates, rungKinds, type StallState, stallStates } from '../../core/sweep/states.ts'
import { cloneFolder } from '../support/process.ts'

const page = readFileSync(join(cloneFolder, 'docs/sweep.md'), 'utf8')

/** The rows of the table with this head. */
function rowsUnder(head: string): string[][] {
  const lines = page.split('\n')
  const from = lines.indexOf(head) + 2
  const to = lines.findIndex((line, index) => index >= from && !line.startsWith('|'))
  return lines.slice(from, to).map((line) => line.slice(2, -2).split(' | '))
}

const defaults = sweepSettingsSchema.parse({})

test('docs/sweep.md has every threshold with its default and its reason, as the program has them', () => {
  const expected = Object.entries(thresholdsSchema.shape).map(([name, { description }]) => {
    return [`\`${name}\``, `${defaults.thresholds[name as keyof typeof defaults.thresholds]}`, description]
  })
  expect(rowsUnder('| threshold | minutes | why |')).toEqual(expected)
})

test('docs/sweep.md names every state from well to worst, everything that can be done, and every field of a report', () => {
  expect(rowsUnder('| state | what was seen |').map(([state]) => state)).toEqual(agentStates)
  for (const kind of rungKinds) expect(page, kind).toContain(`- **${kind}**: `)
  const fields = rowsUnder('| field | holds |').flatMap(([names = '']) => names.replaceAll('`', '').split(', '))
  expect(fields).toEqual(Object.keys(sweepReportSchema.shape))
})

test('docs/sweep.md says in which order things are done', () => {
  const ladders = new Map(rowsUnder('| state | in this order |').map(([state, kinds]) => [state, kinds?.split(', ')]))
  expect([...ladders.keys()].toSorted()).toEqual(stallStates.toSorted())
  for (const [state, kinds = []] of ladders) {
    const can = Object.fromEntries(Object.keys(nothingCan).map((kind) => [kind, kinds.includes(kind)])) as Stall['can']
    expect(ladder(state as StallState, can), state).toEqual(kinds)
  }
})

test('breakroom.yaml shows the defaults', () => {
  expect(loadFleet(cloneFolder).fleet.sweep).toEqual(defaults)
  expect(Object.keys(thresholdsSchema.shape).every((name) => fleetText.includes(`    ${name}: `))).toBe(true)
})

const fleetText = readFileSync(join(cloneFolder, 'breakroom.yaml'), 'utf8')

/** Everything that is done about a stall that nothing moves, in order. */
function ladder(state: StallState, can: Stall['can']): string[] {
  const what = { role: 'cto', task: 't-1', epoch: 1, since: 0, why: 'still', queue: null, rungTaken: 0 }
  const stall: Stall = { ...what, state, can, question: state === 'waiting-for-answer' ? 'which?' : null }
  const patience = { thresholds: defaults.thresholds, everyMs: defaults.every_minutes * 60_000 }
  const kinds: string[] = []
  let record: StallRecord | null = null
  for (let sweeps = 0; sweeps < 500; sweeps++) {
    const now = sweeps * patience.everyMs
    const move = nextMove(stall, record, patience, now)
    if (move === null) continue
    kinds.push(move.kind)
    record = withRung(record, stall, move, now, true)
  }
  return kinds
}
