import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { BreakroomError } from '../../core/errors.ts'
import { serverFloor } from '../nats/topology.ts'
import { findServer, programVariable } from './find-server.ts'

/** The oldest version of each server that we start. scripts/setup.sh has the same numbers. */
export const floors = {
  'nats-server': serverFloor,
  ergochat: '2.11.0',
  'redis-server': '7.0.0',
  inspircd: '3.0.0',
} as const
export type ServerName = keyof typeof floors

/** Ergo's own name for its program; Debian calls it ergochat, because it has another "ergo". */
const otherNames: Partial<Record<ServerName, string>> = { ergochat: 'ergo' }

/** A program that is there and new enough. */
export interface FoundServer {
  name: ServerName
  program: string
  version: string
}

/**
 * Finds a server's program and asks for its version. Rejects with `server_missing`, with the fix in the sentence, when there is
 * none or it is older than the floor.
 */
export async function requireServer(name: ServerName, env: NodeJS.ProcessEnv, clone: string): Promise<FoundServer> {
  const program = findServer(name, env, clone) ?? findServer(otherNames[name] ?? name, env, clone)
  const floor = floors[name]
  if (program === null) {
    const named = env[programVariable(name)]
    const cause = named ? `${programVariable(name)} names ${named}, which is not a program` : `${name} is not installed`
    throw missing(name, null, `${cause}. Run "sh scripts/setup.sh", or set ${programVariable(name)} to its program.`)
  }
  const version = await programVersion(program)
  if (version === null) {
    throw missing(
      name,
      null,
      `${program} does not say its version; set ${programVariable(name)} to a ${name} >= ${floor}.`,
    )
  }
  if (isOlder(version, floor)) {
    const fix = `Run "sh scripts/setup.sh", or set ${programVariable(name)} to a newer one.`
    throw missing(
      name,
      version,
      `${name} ${version} (${program}) is older than ${floor}, the oldest that is safe. ${fix}`,
    )
  }
  return { name, program, version }
}

/** The first dotted number that the program prints for `--version`, or null. */
async function programVersion(program: string): Promise<string | null> {
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ['--version'], { timeout: 5_000 })
    return versionIn(stdout + stderr)
  } catch {
    return null
  }
}

/** `nats-server: v2.15.1` -> `2.15.1`; null when there is no dotted number. */
export function versionIn(text: string): string | null {
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? null
}

/** True when `version` comes before `floor`; both are dotted numbers, missing parts are 0. */
export function isOlder(version: string, floor: string): boolean {
  const [found, least] = [version, floor].map((text) => text.split('.').map(Number))
  for (let index = 0; index < 3; index++) {
    const difference = (found?.[index] ?? 0) - (least?.[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

function missing(name: ServerName, found: string | null, message: string): BreakroomError {
  return new BreakroomError('server_missing', message, { detail: { name, found, floor: floors[name] } })
}
