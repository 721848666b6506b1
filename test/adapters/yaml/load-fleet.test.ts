import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadFleet } from '../../../adapters/yaml/load-fleet.ts'
import { problemLine } from '../../../adapters/yaml/problem.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { fleetFolder, fleetText, roleText } from '../../support/fleet-folder.ts'

/** What loading says about a folder with these files, one line a problem. */
function problemsOf(files: Record<string, string | Uint8Array>): string[] {
  using folder = fleetFolder(files)
  const error = failure(folder.path)
  return (error.detail.problems as Parameters<typeof problemLine>[0][]).map(problemLine)
}

function failure(folder: string): BreakroomError {
  try {
    loadFleet(folder)
  } catch (error) {
    if (error instanceof BreakroomError && error.code === 'config_invalid') return error
    throw error
  }
  throw new Error('expected the fleet to be refused')
}

/** A role that takes tasks, each followed by one of `next`. */
function followedBy(name: string, next: string): string {
  return roleText(name, {
    tools: 'tools: { tasks: [update_task_status] }',
    on_complete: `on_complete: [{ publish_to: ${next}, payload_template: { title: Look, acceptance_criteria: [x] } }]`,
  })
}

test('loads the fleet and its roles by name', () => {
  using folder = fleetFolder({
    'roles/b.yaml': roleText('b', { reports_to: 'reports_to: cto' }),
    'roles/a.yaml': roleText('a', { reports_to: 'reports_to: b' }),
    'roles/.#a.yaml': 'left by an editor',
    'roles/notes.md': 'not a role',
  })
  const { fleet, roles } = loadFleet(folder.path)
  expect(roles.map(({ name }) => name)).toEqual(['a', 'b', 'cto'])
  expect(fleet).toMatchObject({ org: 'breakroom', limits: { bot_turns: 6 }, platforms: [{ embedded: true }] })
})

test.each<[title: string, files: Record<string, string>, problem: string | RegExp]>([
  [
    'a circle in reports_to',
    {
      'roles/a.yaml': roleText('a', { reports_to: 'reports_to: b' }),
      'roles/b.yaml': roleText('b', { reports_to: 'reports_to: a' }),
    },
    'roles/a.yaml:3:13: reports_to goes in a circle: a -> b -> a',
  ],
  [
    'escalation to somebody beside the line',
    {
      'roles/a.yaml': roleText('a', { escalation: 'escalation: { to: b, after_minutes: 5 }' }),
      'roles/b.yaml': roleText('b'),
    },
    'roles/a.yaml:11:19: "b" is not above it: escalation goes up its reports_to line (founder), never sideways',
  ],
  [
    'F52: a circle in on_complete',
    { 'roles/a.yaml': followedBy('a', 'b'), 'roles/b.yaml': followedBy('b', 'a') },
    'roles/a.yaml:12:29: on_complete goes in a circle: a -> b -> a',
  ],
  [
    'a task that follows for a role that takes none',
    { 'roles/a.yaml': followedBy('a', 'cto') },
    'roles/a.yaml:12:29: "cto" takes no tasks: its file does not list update_task_status under tools.tasks',
  ],
  [
    'a manager that does not exist',
    { 'roles/a.yaml': roleText('a', { reports_to: 'reports_to: ctoo' }) },
    'roles/a.yaml:3:13: there is no role "ctoo" to report to; did you mean "cto"?',
  ],
  [
    'the same nick twice, as IRC folds it',
    { 'roles/a.yaml': roleText('a', { nick: 'nick: A[x' }), 'roles/b.yaml': roleText('b', { nick: 'nick: a{X' }) },
    'roles/b.yaml:2:7: the nick "a{X" is taken by a.yaml',
  ],
  [
    "the house's own nick",
    { 'roles/a.yaml': roleText('a', { nick: 'nick: BreakRoom' }) },
    'roles/a.yaml:2:7: the nick "BreakRoom" is taken by the house',
  ],
  [
    'the name of another role as a nick',
    {
      'roles/a.yaml': roleText('a', { nick: 'nick: CTO' }),
      'roles/cto.yaml': roleText('cto', { nick: 'nick: chief' }),
    },
    'roles/a.yaml:2:7: the nick "CTO" is taken by the role "cto"',
  ],
  [
    'a name unlike the file',
    { 'roles/a.yaml': roleText('b') },
    'roles/a.yaml:1:7: the name "b" and the file a.yaml differ; rename one of them',
  ],
  [
    'a room that does not exist',
    { 'roles/a.yaml': roleText('a', { rooms: 'rooms: [breakroom, brakroom]' }) },
    'roles/a.yaml:5:20: there is no room "brakroom" in breakroom.yaml; did you mean "breakroom"?',
  ],
  [
    'a brain that cannot be used yet',
    { 'roles/a.yaml': roleText('a', { brain: 'brain: { kind: model }' }) },
    'roles/a.yaml:9:16: the brain "model" cannot be used yet; write "none", "command", "knowledge" or "sweep"',
  ],
  [
    'a brain whose program is not under checks',
    {
      'breakroom.yaml': `${fleetText}checks: { fix it: ["true"] }\n`,
      'roles/a.yaml': roleText('a', { brain: 'brain: { kind: command, command: fix at }' }),
    },
    'roles/a.yaml:9:34: there is no "fix at" under checks in breakroom.yaml; did you mean "fix it"?',
  ],
  [
    'a second sweep',
    {
      'roles/a.yaml': roleText('a', { brain: 'brain: { kind: sweep }' }),
      'roles/b.yaml': roleText('b', { brain: 'brain: { kind: sweep }' }),
    },
    'roles/b.yaml:9:16: only one role can be the sweep, and a.yaml is',
  ],
  [
    'thresholds for a role that does not exist',
    { 'breakroom.yaml': `${fleetText}sweep: { roles: { cot: { stalled: 60 } } }\n` },
    'breakroom.yaml:8:19: there is no role "cot"; did you mean "cto"?',
  ],
  ['a role file with the wrong ending', { 'roles/a.yml': roleText('a') }, /^roles\/a\.yml:1:1: .*rename it$/],
  [
    'a channel for a room that does not exist',
    { 'breakroom.yaml': fleetText.replace('{ breakroom: "#', '{ brakroom: "#') },
    'breakroom.yaml:7:14: there is no room "brakroom"; did you mean "breakroom"?',
  ],
])('S10: refuses %s, with file, line and column', (_, files, problem) => {
  expect(problemsOf(files)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
})

test('S10: nobody is told about a role or room whose file merely could not be read', () => {
  const said = problemsOf({
    'breakroom.yaml': `${fleetText}orgg: x\n`,
    'roles/a.yaml': 'name: [',
    'roles/b.yaml': roleText('b', { reports_to: 'reports_to: a' }),
  })
  expect(said).toEqual([
    'breakroom.yaml:8:1: unknown key "orgg"; did you mean "org"?',
    expect.stringMatching(/^roles\/a\.yaml:\d:\d: this is not YAML: /),
  ])
})

test('the error has the first problem in a sentence and all of them as data', () => {
  using folder = fleetFolder({
    'roles/a.yaml': roleText('a', { mission: 'mision: x' }),
    'roles/b.yaml': roleText('b', { tools: 'tools: {}' }),
  })
  const error = failure(folder.path)
  expect(error.message).toBe('roles/a.yaml:4:1: unknown key "mision"; did you mean "mission"? (and 1 more)')
  expect(error.detail).toMatchObject({ file: 'roles/a.yaml', line: 4, column: 1, problems: [{ line: 4 }, { line: 7 }] })
})

test('says so when the folder has no fleet, or no role', () => {
  expect(failure('/nowhere').message).toBe('breakroom.yaml:1:1: there is no such file (and 1 more)')
  using folder = fleetFolder()
  rmSync(join(folder.path, 'roles/cto.yaml'))
  expect(failure(folder.path).message).toMatch(/^roles:1:1: there is no role; write one with/)
})

test('S33: a thousand roles are read in three seconds, and one huge file among them costs nothing', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `r${index}`)
  using folder = fleetFolder(Object.fromEntries(many.map((name) => [`roles/${name}.yaml`, roleText(name)])))
  const start = performance.now()
  expect(loadFleet(folder.path).roles).toHaveLength(1_001)
  expect(performance.now() - start).toBeLessThan(3_000)
  using huge = fleetFolder({ 'roles/huge.yaml': 'a: b\n'.repeat(2_000_000) })
  const times = [0, 1, 2].map(() => {
    const begin = performance.now()
    expect(failure(huge.path).message).toBe('roles/huge.yaml:1:1: the file has 10000000 bytes; at most 262144 are read')
    return performance.now() - begin
  })
  expect(Math.min(...times)).toBeLessThan(100)
})
