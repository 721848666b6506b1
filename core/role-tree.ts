import { didYouMean } from './did-you-mean.ts'
import type { Fleet } from './fleet.ts'
import { founder, type Role, reservedNames, sweeps, usableBrains } from './role.ts'
import { checkRoleFollowUps } from './role-follow-ups.ts'

/** A role as it was found: `file` is the name of its file without the ending. */
export interface RoleFile {
  file: string
  role: Role
}

/** Something that is wrong between files; `path` leads to the value in the role's file that has to change. */
export interface RoleProblem {
  file: string
  path: (string | number)[]
  message: string
}

/**
 * What is wrong with roles that are each fine alone: names, nicks, rooms, brains, two sweeps, whether reports_to makes one tree under the founder
 * in which stuck work goes up, and what follows their tasks. `unread` are roles whose files could not be read, so that nobody is told that they do not exist. Without a `fleet`
 * nothing is said about rooms.
 */
export function checkRoles(files: RoleFile[], fleet: Fleet | null, unread: string[] = []): RoleProblem[] {
  const names = [...files.map(({ role }) => role.name), ...unread]
  return [
    ...checkNames(files),
    ...checkNicks(files, fleet),
    ...files.flatMap((file) => checkOne(file, names, fleet)),
    ...checkSweeps(files),
    ...checkEscalation(files, names),
    ...findCircles(files),
    ...checkRoleFollowUps(files, names, fleet),
  ]
}

/** Case folding of IRC at its widest (RFC 1459): nicks that are one nick on any server are equal here. */
export function foldNick(nick: string): string {
  const braces: Record<string, string> = { '[': '{', ']': '}', '\\': '|', '~': '^' }
  return nick.toLowerCase().replace(/[[\]\\~]/g, (sign) => braces[sign] ?? sign)
}

/** A role and who reports to it. */
export interface Seat {
  role: Role
  reports: Seat[]
}

/** The tree under the founder, everybody's reports by name. Expects roles that `checkRoles` has nothing to say about. */
export function roleTree(roles: Role[], manager: string = founder): Seat[] {
  return roles
    .filter((role) => role.reports_to === manager)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((role) => ({ role, reports: roleTree(roles, role.name) }))
}

function checkNames(files: RoleFile[]): RoleProblem[] {
  const problems: RoleProblem[] = []
  const owners = new Map<string, string>()
  for (const { file, role } of files) {
    const owner = owners.get(role.name)
    owners.set(role.name, owner ?? file)
    const path = ['name']
    if (owner !== undefined) {
      problems.push({ file, path, message: `the name "${role.name}" is taken by ${owner}.yaml` })
    } else if (role.name !== file) {
      problems.push({
        file,
        path,
        message: `the name "${role.name}" and the file ${file}.yaml differ; rename one of them`,
      })
    }
  }
  return problems
}

function checkNicks(files: RoleFile[], fleet: Fleet | null): RoleProblem[] {
  const problems: RoleProblem[] = []
  const owners = new Map<string, string>(reservedNames.map((name) => [foldNick(name), 'the house']))
  for (const platform of fleet?.platforms ?? []) {
    if (platform.kind === 'irc' && !platform.embedded)
      owners.set(foldNick(platform.nick), `the house on ${platform.name}`)
  }
  const names = new Set(files.map(({ role }) => role.name))
  for (const { file, role } of files) {
    const nick = foldNick(role.nick)
    const owner = owners.get(nick) ?? (nick !== role.name && names.has(nick) ? `the role "${nick}"` : undefined)
    if (owner !== undefined) {
      problems.push({ file, path: ['nick'], message: `the nick "${role.nick}" is taken by ${owner}` })
    } else {
      owners.set(nick, `${file}.yaml`)
    }
  }
  return problems
}

function checkOne({ file, role }: RoleFile, names: string[], fleet: Fleet | null): RoleProblem[] {
  const problems: RoleProblem[] = []
  const say = (path: (string | number)[], message: string) => problems.push({ file, path, message })
  const seats = [...names, founder]
  if (!seats.includes(role.reports_to)) {
    say(['reports_to'], `there is no role "${role.reports_to}" to report to${didYouMean(role.reports_to, seats)}`)
  }
  if (!usableBrains.includes(role.brain.kind)) {
    say(['brain', 'kind'], `the brain "${role.brain.kind}" cannot be used yet; write ${usable}`)
  }
  if (fleet === null) return problems
  if (role.brain.kind === 'command' && !Object.hasOwn(fleet.checks, role.brain.command)) {
    const { command } = role.brain
    const hint = didYouMean(command, Object.keys(fleet.checks))
    say(['brain', 'command'], `there is no "${command}" under checks in breakroom.yaml${hint}`)
  }
  const rooms = Object.keys(fleet.rooms)
  role.rooms.forEach((room, index) => {
    if (!rooms.includes(room)) {
      say(['rooms', index], `there is no room "${room}" in breakroom.yaml${didYouMean(room, rooms)}`)
    } else if (role.rooms.indexOf(room) !== index) {
      say(['rooms', index], `the room "${room}" is listed twice`)
    }
  })
  return problems
}

/** Two who look after everybody would each do what the other did. */
function checkSweeps(files: RoleFile[]): RoleProblem[] {
  const [first, ...others] = files.filter(({ role }) => sweeps(role))
  return others.map(({ file }) => ({
    file,
    path: ['brain', 'kind'],
    message: `only one role can be the sweep, and ${first?.file}.yaml is`,
  }))
}

/** What stands still goes up, never sideways: to who is told of it nobody else would have to answer. */
function checkEscalation(files: RoleFile[], names: string[]): RoleProblem[] {
  const managers = new Map(files.map(({ role }) => [role.name, role.reports_to]))
  const seats = [...names, founder]
  return files.flatMap(({ file, role: { name, escalation } }) => {
    const { to } = escalation
    const problem = (message: string) => [{ file, path: ['escalation', 'to'], message }]
    if (to === name) return problem('a role cannot escalate to itself')
    if (!seats.includes(to)) return problem(`there is no role "${to}"${didYouMean(to, seats)}`)
    const line = lineAbove(name, managers)
    if (line === null || line.includes(to)) return []
    return problem(
      `"${to}" is not above it: escalation goes up its reports_to line (${line.join(', ')}), never sideways`,
    )
  })
}

/** Who is above a role, the nearest first and the founder last; null when the line does not lead there. */
function lineAbove(name: string, managers: ReadonlyMap<string, string>): string[] | null {
  const line: string[] = []
  let next = managers.get(name)
  while (next !== undefined && next !== founder && !line.includes(next)) {
    line.push(next)
    next = managers.get(next)
  }
  return next === founder ? [...line, founder] : null
}

const usable = usableBrains
  .map((kind) => `"${kind}"`)
  .join(', ')
  .replace(/, ([^,]*)$/, ' or $1')

/** One problem for each circle, at the first of its members. */
function findCircles(files: RoleFile[]): RoleProblem[] {
  const byName = new Map(files.map((entry) => [entry.role.name, entry]))
  const settled = new Set<string>()
  const problems: RoleProblem[] = []
  for (const start of files) {
    const way: string[] = []
    let name = start.role.name
    while (byName.has(name) && !settled.has(name) && !way.includes(name)) {
      way.push(name)
      name = byName.get(name)?.role.reports_to ?? founder
    }
    const circle = way.slice(way.indexOf(name))
    if (way.includes(name)) {
      const file = byName.get(name)?.file ?? name
      problems.push({
        file,
        path: ['reports_to'],
        message: `reports_to goes in a circle: ${[...circle, name].join(' -> ')}`,
      })
    }
    for (const seen of way) settled.add(seen)
  }
  return problems
}
