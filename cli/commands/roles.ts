import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fleetFile, loadFleet, roleFile } from '../../adapters/yaml/load-fleet.ts'
import { type ConfigProblem, problemLine } from '../../adapters/yaml/problem.ts'
import { readYaml } from '../../adapters/yaml/read-yaml.ts'
import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import { fleetSchema } from '../../core/fleet.ts'
import { founder, type Role, roleSchema } from '../../core/role.ts'
import { roleTree, type Seat } from '../../core/role-tree.ts'
import { counted } from '../counted.ts'
import { table } from '../table.ts'

/** What a command has to say, for people and for programs. */
export interface Answer {
  ok: boolean
  /** Lines without a last line feed. */
  text: string
  json: Record<string, unknown>
}

/** `breakroom roles check`: the tree of roles, or every problem of the fleet's files as `file:line:column: sentence`. */
export function rolesCheck({ folder }: { folder: string }): Answer {
  const problems = problemsOf(folder)
  if (Array.isArray(problems)) return failure(problems)
  const { roles } = problems
  const rows = [['role', 'nick', 'rooms', 'brain'], [founder], ...roleTree(roles).flatMap((seat) => rowsOf(seat, 1))]
  return {
    ok: true,
    text: `${counted(roles.length, 'role')}, all fine.\n\n${table(rows)}`,
    json: {
      ok: true,
      roles: roles.map(({ name, nick, reports_to, rooms, brain }) => ({
        name,
        nick,
        reports_to,
        rooms,
        brain: brain.kind,
      })),
    },
  }
}

/**
 * `breakroom roles new <name>`: writes `roles/<name>.yaml`, which passes the check as it is, and says what to do next. Writes nothing
 * and throws `usage` when the name is no good or taken, or the new role would not fit into the fleet.
 */
export function rolesNew(wanted: { folder: string; name: string | undefined; reportsTo?: string | undefined }): Answer {
  const { folder, name, reportsTo = founder } = wanted
  if (name === undefined) throw new BreakroomError('usage', 'roles new takes the name of the role.')
  const named = roleSchema.shape.name.safeParse(name)
  if (!named.success) {
    const sentence = `${JSON.stringify(name.slice(0, 60))} is no name for a role: ${named.error.issues[0]?.message}`
    throw new BreakroomError('usage', sentence)
  }
  const fleet = readYaml(join(folder, fleetFile), fleetFile, fleetSchema)
  if ('problems' in fleet) return failure(fleet.problems)
  const file = roleFile(name)
  const path = join(folder, file)
  mkdirSync(join(folder, 'roles'), { recursive: true })
  try {
    // Never over a file that somebody wrote, also when two of us run at once.
    writeFileSync(path, scaffold({ name, reportsTo, room: Object.keys(fleet.value.rooms)[0] ?? '' }), { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const sentence = `There is a role "${name}" already: ${file}. Choose another name, or edit that file.`
    throw new BreakroomError('usage', sentence)
  }
  const checked = problemsOf(folder)
  const misfit = Array.isArray(checked) ? checked.find((problem) => problem.file === file) : undefined
  if (misfit !== undefined) {
    rmSync(path)
    const sentence = `The role "${name}" would not fit into the fleet (${misfit.message}). Nothing was written.`
    throw new BreakroomError('usage', sentence)
  }
  return {
    ok: true,
    text: `Wrote ${file}. Say in it what ${name} is there for, then: npx breakroom roles check`,
    json: { ok: true, file },
  }
}

function problemsOf(folder: string): ConfigProblem[] | ReturnType<typeof loadFleet> {
  try {
    return loadFleet(folder)
  } catch (error) {
    if (!isBreakroomError(error, 'config_invalid')) throw error
    return error.detail.problems as ConfigProblem[]
  }
}

function failure(problems: ConfigProblem[]): Answer {
  const lines = [...problems.map(problemLine), '', `${counted(problems.length, 'problem')}; the fleet would not start.`]
  return { ok: false, text: lines.join('\n'), json: { ok: false, problems } }
}

/** A role that passes the check and may do nothing yet. */
function scaffold({ name, reportsTo, room }: { name: string; reportsTo: string; room: string }): string {
  return `# yaml-language-server: $schema=./role.schema.json
name: ${name}
nick: ${name.slice(0, 20)}
reports_to: ${reportsTo}
mission: Say here in one or two sentences what this role is there for.
rooms: [${room}]
capabilities:
  - say here what others may ask of it
tools: none # or, by server: tasks: [get_my_next_task, update_task_status]
forbidden_actions:
  - say here what it must never do, whoever asks
brain: { kind: none }
loop_strategy: on_mention
escalation: { to: ${reportsTo}, after_minutes: 60 }
`
}

function rowsOf(seat: Seat, depth: number): string[][] {
  const { name, nick, rooms, brain }: Role = seat.role
  const row = ['  '.repeat(depth) + name, nick, rooms.join(' '), brain.kind]
  return [row, ...seat.reports.flatMap((report) => rowsOf(report, depth + 1))]
}
