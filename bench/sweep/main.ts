import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { renderTable } from '../figure.ts'
import type { Figures } from './figures.ts'
import { renderFigures } from './report.ts'
import { measureScale } from './scale.ts'
import { loadScenario } from './scenario.ts'
import { simulate } from './simulate.ts'

// How good the sweep is at finding who is stuck, and what it costs.

const usage = 'npm run bench:sweep [-- [--scenario FILE] [--seed N] [--scale] [--json]]'

try {
  await main()
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exitCode = error instanceof BreakroomError && error.code === 'usage' ? 2 : 1
}

async function main(): Promise<void> {
  const { scenario, seed, scale, json } = readOptions()
  const file = scenario ?? join(import.meta.dirname, 'scenarios', 'month.yaml')
  const withScale = scale || scenario === null
  const figures = scale && scenario === null ? null : await run(file, seed)
  if (figures !== null && !json) process.stdout.write(`${renderFigures(figures)}\n`)
  const measured = withScale ? await measureScale((text) => process.stderr.write(`${text}\n`)) : null
  if (measured !== null && !json) process.stdout.write(`\n${renderTable('One sweep', measured.figures)}\n`)
  if (json) {
    const object = { ...figures, ...(measured === null ? {} : { scale: measured.sizes }) }
    process.stdout.write(`${JSON.stringify(object, null, 2)}\n`)
  }
  const missed = figures !== null && Object.values(figures.targets).some(({ met }) => !met)
  process.exitCode = missed || measured?.met === false ? 1 : 0
}

async function run(file: string, seed: number | null): Promise<Figures> {
  const scenario = loadScenario(file, seed)
  process.stderr.write(
    `${scenario.name}: ${scenario.agents.length} agents, ${scenario.days} days, seed ${scenario.seed}\n`,
  )
  const { figures } = await simulate(scenario, { progress: (text) => void process.stderr.write(`  ${text}\n`) })
  return figures
}

function readOptions(): { scenario: string | null; seed: number | null; scale: boolean; json: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string' },
        seed: { type: 'string' },
        scale: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const seed = values.seed === undefined ? null : Number(values.seed)
    if (seed !== null && !(Number.isSafeInteger(seed) && seed >= 0)) {
      throw new Error(`--seed takes a whole number, not ${values.seed}.`)
    }
    return { ...values, scenario: values.scenario ?? null, seed }
  } catch (error) {
    throw new BreakroomError('usage', `${sentenceOf(error).replace(/\.?$/, '.')} Usage: ${usage}`)
  }
}
