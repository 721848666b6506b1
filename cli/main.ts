import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadFleet } from '../adapters/yaml/load-fleet.ts'
import { closest } from '../core/closest.ts'
import { BreakroomError, isBreakroomError, sentenceOf } from '../core/errors.ts'
import { doctor } from './commands/doctor.ts'
import { newLogin, people } from './commands/people.ts'
import { type Answer, rolesCheck, rolesNew } from './commands/roles.ts'
import { run } from './commands/run.ts'
import { status } from './commands/status.ts'
import { stopOrResume } from './commands/stop.ts'
import { tail } from './commands/tail.ts'
import { up } from './commands/up.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { help } from './help.ts'
import { createOutput, type Output } from './output.ts'
import { readSettings, type Settings } from './settings.ts'

const commands = ['up', 'run', 'doctor', 'status', 'tail', 'roles', 'people', 'stop', 'resume']

/** Runs one command and resolves with its exit code. Whatever goes wrong becomes one sentence on stderr. */
export async function main(argv: string[], env: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const output = createOutput(argv.includes('--json'), process.stdout, process.stderr)
  try {
    return await dispatch(argv, output, () => readSettings(env, folder))
  } catch (error) {
    tell(error, output)
    return exitCodeOf(error)
  }
}

async function dispatch(argv: string[], output: Output, settingsNow: () => Settings): Promise<number> {
  const { values, positionals } = parse(argv)
  const [command, ...rest] = positionals
  if (values.version) return done(output.result(version(), { version: version() }))
  if (values.help || command === undefined) {
    output.result(help, { help })
    return values.help ? exitCodes.ok : exitCodes.usage
  }
  const settings = settingsNow()
  const fleet = () => loadFleet(settings.folder).fleet
  const arity = (most: number) => refuseMore(command, rest, most)
  switch (command) {
    case 'up':
      arity(0)
      return done(await up(settings, output, stopSignal()))
    case 'run':
      arity(1)
      return done(await run(settings, output, stopSignal(), { part: rest[0] ?? '', role: values.role }))
    case 'doctor':
      arity(0)
      return doctor(settings, output)
    case 'status':
      arity(0)
      return status(settings, fleet(), output)
    case 'tail':
      arity(0)
      return done(await tail(settings, output, stopSignal(), lineCount(values.lines)))
    case 'roles':
      return roles(settings, output, rest, values['reports-to'])
    case 'people':
      arity(1)
      if (rest[0] === 'login') return done(await newLogin(settings, output))
      if (rest[0] !== undefined) throw usage(`people takes nothing or "login", not "${rest[0]}".`)
      return done(people(fleet(), output))
    case 'stop':
    case 'resume':
      arity(1)
      return done(await stopOrResume(settings, fleet(), output, command, rest[0] ?? null))
    default: {
      const near = closest(command, commands)
      throw usage(
        `There is no command "${command}". ${near === null ? 'See breakroom --help.' : `Did you mean ${near}?`}`,
      )
    }
  }
}

function roles({ folder }: Settings, output: Output, rest: string[], reportsTo: string | undefined): number {
  const [verb, name] = rest
  refuseMore(`roles ${verb}`, rest, verb === 'new' ? 2 : 1)
  if (verb === 'check') return say(rolesCheck({ folder }))
  if (verb !== 'new') throw usage('roles takes "check" or "new <name>".')
  if (name === undefined) throw usage('roles new takes the name of the role.')
  return say(rolesNew({ folder, name, ...(reportsTo === undefined ? {} : { reportsTo }) }))

  function say({ ok, text, json }: Answer): number {
    if (ok || output.json) output.result(text, json)
    else output.talk(text)
    return ok ? exitCodes.ok : exitCodes.failure
  }
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        lines: { type: 'string', short: 'n' },
        role: { type: 'string' },
        'reports-to': { type: 'string' },
      },
    })
  } catch (cause) {
    throw new BreakroomError('usage', `${sentenceOf(cause).split('. ')[0]}. See breakroom --help.`, { cause })
  }
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
  throw usage(`-n takes a number of lines, not "${text}".`)
}

function refuseMore(command: string, rest: string[], most: number): void {
  const extra = rest[most]
  if (extra !== undefined) throw usage(`${command} takes ${most === 0 ? 'nothing' : 'less'}: "${extra}" is too much.`)
}

function usage(message: string): BreakroomError {
  return new BreakroomError('usage', message)
}

function version(): string {
  return (JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string }).version
}

function done(_: unknown): number {
  return exitCodes.ok
}
