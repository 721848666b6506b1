import { didYouMean } from './did-you-mean.ts'
import type { Fleet } from './fleet.ts'
import { roleLimit } from './role-limit.ts'
import type { RoleFile, RoleProblem } from './role-tree.ts'
import { longestChain } from './task/create.ts'
import type { FollowUp, Step } from './task/task.ts'
import { placeholders, unknownPlaceholders } from './task/template.ts'

type Path = RoleProblem['path']

/** A task of `to` follows one of `from`; `path` leads to where the file says so. */
interface Edge {
  from: string
  to: string
  file: string
  path: Path
}

/**
 * What is wrong with what follows the tasks of roles: whom it is for, what it says, how it is verified, how many come in a row, and
 * whether they come back to where they began, over all files together. `names` are all roles, also those whose files could not be read.
 * Without a `fleet` nothing is said about checks.
 */
export function checkRoleFollowUps(files: RoleFile[], names: readonly string[], fleet: Fleet | null): RoleProblem[] {
  const byName = new Map(files.map(({ role }) => [role.name, role]))
  const problems: RoleProblem[] = []
  const edges: Edge[] = []
  for (const { file, role } of files) walk(file, role.name, role.on_complete ?? [], ['on_complete'], 2)
  return [...problems, ...circles(edges)]

  function walk(file: string, from: string, followUps: readonly FollowUp[], path: Path, length: number): void {
    followUps.forEach(({ publish_to, payload_template: template }, index) => {
      const at = [...path, index]
      const inTemplate = [...at, 'payload_template']
      const say = (where: Path, message: string) => problems.push({ file, path: where, message })
      const taker = whyNotFor(publish_to)
      if (taker !== null) say([...at, 'publish_to'], taker)
      else edges.push({ from, to: publish_to, file, path: [...at, 'publish_to'] })
      for (const [field, text] of textsOf(template)) {
        const [unknown] = unknownPlaceholders(text)
        const known = placeholders.map((one) => `{${one}}`).join(', ')
        if (unknown !== undefined) say([...inTemplate, ...field], `nothing stands for {${unknown}}; there is ${known}`)
      }
      template.verification.forEach((step, number) => {
        const wrong = whyNotVerified(step, publish_to)
        if (wrong !== null) say([...inTemplate, 'verification', number], wrong)
      })
      if (length > longestChain) {
        say(at, `this would be number ${length} of tasks in a row; ${longestChain} is the most`)
      } else walk(file, publish_to, template.on_complete, [...inTemplate, 'on_complete'], length + 1)
    })
  }

  function whyNotFor(name: string): string | null {
    if (!names.includes(name)) return `there is no role "${name}"${didYouMean(name, names)}`
    const role = byName.get(name)
    if (role === undefined || roleLimit(role).allows('task.work')) return null
    return `"${name}" takes no tasks: its file does not list update_task_status under tools.tasks`
  }

  function whyNotVerified(step: Step, worker: string): string | null {
    if (step.kind === 'check' && fleet !== null && !Object.hasOwn(fleet.checks, step.check)) {
      const hint = didYouMean(step.check, Object.keys(fleet.checks))
      return `there is no "${step.check}" under checks in breakroom.yaml${hint}`
    }
    if (step.kind !== 'review' || step.by === null) return null
    if (step.by === worker) return `"${worker}" does the work, so another has to look at it`
    return names.includes(step.by) ? null : `there is no role "${step.by}"${didYouMean(step.by, names)}`
  }
}

function textsOf({ title, description, acceptance_criteria }: FollowUp['payload_template']): [Path, string][] {
  return [
    [['title'], title],
    [['description'], description],
    ...acceptance_criteria.map((text, index): [Path, string] => [['acceptance_criteria', index], text]),
  ]
}

/** One problem for each way that comes back to where it was, at the first role that is met on it. */
function circles(edges: readonly Edge[]): RoleProblem[] {
  const problems: RoleProblem[] = []
  const settled = new Set<string>()
  for (const { from } of edges) visit(from, [])
  return problems

  function visit(name: string, way: readonly Edge[]): void {
    if (settled.has(name)) return
    for (const edge of edges.filter(({ from }) => from === name)) {
      const here = [...way, edge]
      const first = here.findIndex(({ from }) => from === edge.to)
      const [begin, ...others] = first === -1 ? [] : here.slice(first)
      if (begin === undefined) {
        visit(edge.to, here)
        continue
      }
      const names = [begin.from, ...[begin, ...others].map(({ to }) => to)]
      const message = `on_complete goes in a circle: ${names.join(' -> ')}`
      problems.push({ file: begin.file, path: begin.path, message })
    }
    settled.add(name)
  }
}
