import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BreakroomError, sentenceOf } from '../../core/errors.ts'
import { renderTable } from '../figure.ts'
import { findSets, loadSet, type QuestionSet } from './data.ts'
import { type Evaluation, evaluate, planFor } from './evaluate.ts'
import { foldFits, shippedFit } from './fits.ts'
import { drawPlot } from './plot.ts'
import { renderEvaluation, toJson } from './report.ts'
import { measureSize } from './size.ts'

// How well questions are answered, how far the confidence can be trusted, and how that compares with what is simple.

const usage = 'node bench/knowledge/main.ts [--data DIR] [--set NAME] [--limit N] [--json] [--plot] [--size]'
const besideTheClone = fileURLToPath(new URL('../../../shared/data/knowledge', import.meta.url))

try {
  await main()
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exitCode = error instanceof BreakroomError && error.code === 'usage' ? 2 : 1
}

async function main(): Promise<void> {
  const options = readOptions()
  const folder = options.data ?? besideTheClone
  if (options.data === undefined && !existsSync(folder)) {
    throw new BreakroomError('usage', `There are no questions beside the project: give a folder by --data. ${usage}`)
  }
  const found = findSets(folder).map(loadSet)
  const sets = found.filter(({ name }) => options.set === undefined || name === options.set)
  if (sets.length === 0) {
    const names = found.map(({ name }) => name).join(', ')
    throw new BreakroomError('usage', `There is no set ${options.set} in ${folder}: there is ${names}.`)
  }
  if (options.size) {
    const size = await measureSize(sets)
    process.stdout.write(
      options.json ? `${JSON.stringify(size, null, 2)}\n` : `${renderTable('15,000 passages', size)}\n`,
    )
    return
  }
  const evaluations: Evaluation[] = []
  for (const set of sets) {
    process.stderr.write(`Asking about ${set.name} ...\n`)
    const evaluation = await evaluateShipped(set, options.limit)
    evaluations.push(evaluation)
    if (!options.json) process.stdout.write(`${renderEvaluation(evaluation)}\n\n`)
  }
  if (options.json) {
    const objects = evaluations.map(toJson)
    process.stdout.write(`${JSON.stringify(objects.length === 1 ? objects[0] : objects, null, 2)}\n`)
  }
  if (options.plot && !drawPlot(evaluations)) {
    throw new BreakroomError(
      'usage',
      'There is nothing to draw: it takes a set that was not fitted on, with known sentences.',
    )
  }
}

async function evaluateShipped(set: QuestionSet, limit: number | null): Promise<Evaluation> {
  const plan = planFor(set, shippedFit(), foldFits(set.name))
  if (limit === null) return evaluate(set, plan)
  const step = Math.max(1, Math.ceil(set.questions.length / limit))
  const folds = plan.folds.map(({ fitted, questions }) => {
    return { fitted, questions: questions.filter((_, index) => index % step === 0) }
  })
  return evaluate(set, { ...plan, folds, notes: [...plan.notes, `Only every ${step}th question is asked.`] })
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        set: { type: 'string' },
        limit: { type: 'string' },
        json: { type: 'boolean', default: false },
        plot: { type: 'boolean', default: false },
        size: { type: 'boolean', default: false },
      },
    })
    const limit = values.limit === undefined ? null : Number(values.limit)
    if (limit !== null && !(limit >= 1)) throw new Error(`--limit takes a number of questions, not ${values.limit}.`)
    return { ...values, limit }
  } catch (error) {
    throw new BreakroomError('usage', `${sentenceOf(error).replace(/\.?$/, '.')} Usage: ${usage}`)
  }
}
