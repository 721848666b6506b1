import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { type Fleet, fleetSchema } from '../../core/fleet.ts'
import { checkFleet } from '../../core/fleet-check.ts'
import { type Role, roleSchema } from '../../core/role.ts'
import { checkRoles, type RoleFile } from '../../core/role-tree.ts'
import type { Places } from './places.ts'
import { type ConfigProblem, configInvalid } from './problem.ts'
import { readYaml } from './read-yaml.ts'

/** The name of the fleet's own file in its folder. */
export const fleetFile = 'breakroom.yaml'

/**
 * Reads `<folder>/breakroom.yaml` and `<folder>/roles/*.yaml` and checks them alone and against each other. Roles come by name.
 * Throws one `config_invalid` for everything that is wrong; `detail.problems` has all of it in file order ({file, line, column,
 * message}; files are named from the folder). Touches nothing, so a fleet that runs keeps what it has when this throws.
 */
export function loadFleet(folder: string): { fleet: Fleet; roles: Role[] } {
  const problems: ConfigProblem[] = []
  const read = <T>(file: string, schema: z.ZodType<T>) => {
    const result = readYaml(join(folder, file), file, schema)
    if ('value' in result) return result
    problems.push(...result.problems)
    return null
  }

  const fleet = read(fleetFile, fleetSchema)
  const listed = listRoles(folder)
  problems.push(...listed.problems)
  const roles: RoleFile[] = []
  const places = new Map<string, Places>()
  const unread: string[] = []
  for (const name of listed.names) {
    const role = read(roleFile(name), roleSchema)
    if (role === null) {
      unread.push(name)
    } else {
      roles.push({ file: name, role: role.value })
      places.set(name, role.places)
    }
  }

  for (const { file, path, message } of checkRoles(roles, fleet?.value ?? null, unread)) {
    const place = places.get(file)?.of(path) ?? { line: 1, column: 1 }
    problems.push({ file: roleFile(file), ...place, message })
  }
  if (fleet !== null) {
    for (const { path, at, message } of checkFleet(fleet.value, listed.names)) {
      problems.push({ file: fleetFile, ...fleet.places.of(path, at), message })
    }
  }
  if (fleet === null || problems.length > 0) throw configInvalid(problems.sort(byPlace))
  return { fleet: fleet.value, roles: roles.map(({ role }) => role) }
}

/** The name of a role's file, seen from the fleet's folder. */
export function roleFile(name: string): string {
  return `roles/${name}.yaml`
}

/** Names of the files in `roles/`. Files that editors leave beside them (a leading dot) are not ours. */
function listRoles(folder: string): { names: string[]; problems: ConfigProblem[] } {
  const say = (file: string, message: string): ConfigProblem => ({ file, line: 1, column: 1, message })
  let entries: string[]
  try {
    entries = readdirSync(join(folder, 'roles')).filter((entry) => !entry.startsWith('.'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const message = code === 'ENOENT' ? 'there is no such folder' : `the folder cannot be read (${code})`
    return { names: [], problems: [say('roles', message)] }
  }
  const names = entries.filter((entry) => entry.endsWith('.yaml')).map((entry) => entry.slice(0, -'.yaml'.length))
  const problems = entries
    .filter((entry) => entry.endsWith('.yml'))
    .map((entry) => say(`roles/${entry}`, 'only files that end in .yaml are read; rename it'))
  if (names.length === 0) problems.push(say('roles', 'there is no role; write one with "breakroom roles new <name>"'))
  return { names: names.sort(), problems }
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}
