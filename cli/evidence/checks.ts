import { BreakroomError } from '../../core/errors.ts'
import type { Fleet } from '../../core/fleet.ts'

type Checks = Pick<Fleet, 'checks'>

/** The check whose program this is, word for word. Throws `usage` with those that there are. */
export function checkOf({ checks }: Checks, program: readonly string[]): string {
  const [check] = Object.entries(checks).find(([, argv]) => isSameProgram(argv, program)) ?? []
  if (check !== undefined) return check
  const what = program.length === 0 ? 'evidence takes a check after "--"' : `"${program.join(' ')}" is no check`
  throw new BreakroomError('usage', `${what}. ${known(checks)}; others are added under checks: in breakroom.yaml.`)
}

/** What a commit is to need: the program that is named, else the only check that can fail. Throws `usage` when that is not clear. */
export function programNeeded(fleet: Checks, program: readonly string[]): readonly string[] {
  if (program.length > 0) return fleet.checks[checkOf(fleet, program)] ?? program
  const [only, ...others] = Object.values(fleet.checks).filter((argv) => !isSameProgram(argv, ['true']))
  if (only !== undefined && others.length === 0) return only
  const fix = 'Say which check a commit needs: breakroom evidence hook -- <program>'
  throw new BreakroomError('usage', `${fix}. ${known(fleet.checks)}; others are added under checks: in breakroom.yaml.`)
}

export function isSameProgram(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function known(checks: Fleet['checks']): string {
  const programs = Object.values(checks).map((argv) => `"${argv.join(' ')}"`)
  if (programs.length === 0) return 'There are none yet'
  return `There ${programs.length === 1 ? 'is' : 'are'} ${programs.join(', ')}`
}
