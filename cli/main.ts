import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import { ask } from './commands/ask.ts'
import { assign } from './commands/assign.ts'
import { corpusAdd, corpusReindex, corpusRemove, corpusStatus } from './commands/corpus.ts'
import { dlq } from './commands/dlq.ts'
import { doctor } from './commands/doctor.ts'
import { evidence } from './commands/evidence.ts'
import { evidenceCheck } from './commands/evidence-check.ts'
import { evidenceHook } from './commands/evidence-hook.ts'
import { newLogin, people } from './commands/people.ts'
import { type Answer, rolesCheck, rolesNew } from './commands/roles.ts'
import { run } from './commands/run.ts'
import { slackInit } from './commands/slack-init.ts'
import { slackManifest } from './commands/slack-manifest.ts'
import { stateStatus } from './commands/state.ts'
import { stateCompare } from './commands/state-compare.ts'
import { stateExport } from './commands/state-export.ts'
import { stateImport } from './commands/state-import.ts'
import { stateMetrics } from './commands/state-metrics.ts'
import { stateRebuild } from './commands/state-rebuild.ts'
import { status } from './commands/status.ts'
import { resume, stop } from './commands/stop.ts'
import { sweep } from './commands/sweep.ts'
import { tail } from './commands/tail.ts'
import { task } from './commands/task.ts'
import { tasks } from './commands/tasks.ts'
import { up } from './commands/up.ts'
import { why } from './commands/why.ts'
import { loadFleetAlone } from './configuration.ts'
import { nearestHouse } from './evidence/nearest-house.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { help } from './help.ts'
import { readInvocation } from './invocation.ts'
import { createOutput, type Output } from './output.ts'
import { createProgress, type Progress, progressStyle } from './progress.ts'
import { readSettings, type Settings } from './settings.ts'
import type { SlackOptions } from './slack/app-plan.ts'
import { createPrompt, noPrompt } from './slack/prompt.ts'

/** Runs one command and resolves with its exit code. Whatever goes wrong becomes one sentence on stderr. */
export async function main(argv: string[], env: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const output = createOutput(wantsJson(argv), process.stdout, process.stderr)
  try {
    return await dispatch(argv, output, env, folder)
  } catch (error) {
    tell(error, output)
    return exitCodeOf(error)
  }
}

/** What comes after "--" belongs to another program. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json')
}

async function dispatch(argv: string[], output: Output, env: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const invocation = readInvocation(argv)
  if (invocation === null) {
    output.result(help, { help })
    return exitCodes.usage
  }
  const { command, word, rest, program, options } = invocation
  if (command === 'help') return done(output.result(help, { help }))
  if (command === 'version') return done(output.result(version(), { version: version() }))
  // Whoever works stands in a workspace, not in the folder of the fleet.
  const settings = readSettings(env, command.startsWith('evidence') ? nearestHouse(folder, env) : folder)
  switch (command) {
    case 'up':
      return done(await up(settings, output, stopSignal()))
    case 'run':
      return done(await run(settings, output, stopSignal(), { part: word, role: options.role }))
    case 'doctor':
      return doctor(settings, output)
    case 'status':
      return status(settings, output)
    case 'sweep':
      return sweep(settings, output, { last: options.last ?? false })
    case 'tail':
      return done(
        await tail(settings, output, stopSignal(), { last: lineCount(options.lines), all: options.all ?? false }),
      )
    case 'assign':
      return done(await assign(settings, output, [word, rest].filter(Boolean).join(' '), options))
    case 'tasks':
      return done(await tasks(settings, output, { role: word ?? null, all: options.all ?? false }))
    case 'task':
      return done(await task(settings, output, word))
    case 'why':
      return done(await why(settings, output, word))
    case 'dlq':
      return done(
        await dlq(settings, output, { words: [word, rest].filter(Boolean).join(' '), all: options.all ?? false }),
      )
    case 'state rebuild':
      return stateRebuild(settings, output, (things) => progressOf(things, settings, output), stopSignal())
    case 'state':
    case 'state status':
      return stateStatus(settings, output)
    case 'state compare':
      return stateCompare(settings, output, progressOf('entries', settings, output), stopSignal())
    case 'state metrics':
      return done(await stateMetrics(settings, output, { role: word, days: options.days }))
    case 'state export':
      return done(
        await stateExport(settings, output, progressOf('entries', settings, output), stopSignal(), {
          file: word,
          force: options.force ?? false,
          stdout: process.stdout,
        }),
      )
    case 'state import':
      return stateImport(settings, output, (things) => progressOf(things, settings, output), stopSignal(), word)
    case 'evidence':
      return evidence(settings, output, folder, { program: program ?? [], role: options.role })
    case 'evidence check':
      return evidenceCheck(settings, output, folder, {
        staged: options.staged ?? false,
        program: program ?? [],
        role: options.role,
      })
    case 'evidence hook':
      return done(await evidenceHook(settings, output, folder, { program: program ?? [], role: options.role }))
    case 'ask':
      return done(await ask(settings, output, [word, rest].filter(Boolean).join(' ')))
    case 'corpus add':
      return corpusAdd(settings, output, progressOf('files', settings, output), { from: word, options })
    case 'corpus status':
      return done(await corpusStatus(settings, output))
    case 'corpus remove':
      return done(corpusRemove(settings, output, word))
    case 'corpus reindex':
      return corpusReindex(settings, output, progressOf('files', settings, output), word)
    case 'slack init':
      return setUpSlack(settings, output, options['no-input'] ?? false, options)
    case 'slack manifest':
      return done(slackManifest(settings, output, options))
    case 'roles check':
      return say(rolesCheck(settings), output)
    case 'roles new':
      return say(rolesNew({ folder: settings.folder, name: word, reportsTo: options['reports-to'] }), output)
    case 'people':
      return done(people(loadFleetAlone(settings.folder), output))
    case 'people login':
      return newLogin(settings, output)
    case 'stop':
      return done(await stop(settings, output, word ?? null))
    case 'resume':
      return resume(settings, output, word ?? null)
  }
}

function progressOf(things: string, { env }: Settings, { json }: Output): Progress {
  return createProgress(process.stderr, progressStyle(json, process.stderr, env), things)
}

async function setUpSlack(
  settings: Settings,
  output: Output,
  isSilent: boolean,
  options: SlackOptions,
): Promise<number> {
  using prompt = isSilent ? noPrompt : createPrompt(process.stdin, process.stderr, stopAtOnce)
  return await slackInit(settings, output, prompt, options)

  function stopAtOnce(): void {
    output.talk('\nStopped. What was good is kept; the same command goes on from there.')
    process.exit(exitCodes.failure)
  }
}

function say({ ok, text, json }: Answer, output: Output): number {
  if (ok || output.json) output.result(text, json)
  else output.talk(text)
  return ok ? exitCodes.ok : exitCodes.failure
}

/** Aborts at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (stopping.signal.aborted) process.exit(exitCodes.failure)
      stopping.abort()
    })
  }
  return stopping.signal
}

function tell(error: unknown, output: Output): void {
  const problems = isBreakroomError(error, 'config_invalid')
    ? (error.detail.problems as { message: string }[] | undefined)
    : undefined
  if (output.json) {
    const code = isBreakroomError(error) ? error.code : 'failure'
    output.result('', { error: { code, message: sentenceOf(error), problems } })
  }
  output.talk(`breakroom: ${sentenceOf(error)}`)
  if (problems !== undefined && problems.length > 1) output.talk('"breakroom roles check" lists all of it.')
}

function lineCount(text: string | undefined): number {
  if (text === undefined) return 20
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new BreakroomError('usage', `-n takes a number of lines, not "${text}".`)
}

function version(): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string }).version
}

function done(_: unknown): number {
  return exitCodes.ok
}
