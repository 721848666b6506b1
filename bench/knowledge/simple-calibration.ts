import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { along } from '../../core/knowledge/confidence.ts'
import { forCalibration, type QuestionSet } from './data.ts'
import { type Calibration, judgedBy } from './figures.ts'
import { fitIsotonic } from './fit/isotonic.ts'
import { run } from './run.ts'
import { createSimpleEngine } from './simple-engine.ts'

const file = new URL('simple-calibration.json', import.meta.url)

const calibrationSchema = z.strictObject({
  provenance: z.string(),
  /** Corners of each signal's rising line: value and share of right ones. */
  signals: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
})

/** From each simple signal to a probability, as fitted on the calibration articles of SQuAD. */
export function simpleCalibrations(): Record<string, Calibration> {
  const { signals } = calibrationSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  return Object.fromEntries(
    Object.entries(signals).map(([signal, corners]) => [signal, (value: number) => along(corners, value)]),
  )
}

/** Fits it anew. The set has to be SQuAD. */
export function fitSimpleCalibrations(set: QuestionSet): void {
  using engine = createSimpleEngine(set)
  const { outcomes } = run(engine, set, forCalibration(set))
  const signals = Object.keys(outcomes[0]?.signals ?? {}).map((signal) => {
    const points = judgedBy(outcomes, signal).map(({ score, right, weight }) => ({ value: score, right, weight }))
    return [signal, fitIsotonic(points, 0.02).map((corner) => corner.map((value) => Number(value.toFixed(4))))]
  })
  const provenance = `Isotonic, on ${outcomes.length} cases of the calibration articles of SQuAD 2.0 (CC BY-SA 4.0), mix 60/30/10.`
  writeFileSync(file, `${JSON.stringify({ provenance, signals: Object.fromEntries(signals) })}\n`)
}
