import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadFleet } from '../../../adapters/yaml/load-fleet.ts'
import { rolesCheck, rolesNew } from '../../../cli/commands/roles.ts'
import { taskWorld } from '../../../core/task/world.ts'
import { fleetFolder, roleText } from '../../support/fleet-folder.ts'
import { cloneFolder } from '../../support/process.ts'

test('U34: check shows who reports to whom', () => {
  using folder = fleetFolder({
    'roles/qa.yaml': roleText('qa', { reports_to: 'reports_to: cto', nick: 'nick: tester' }),
  })
  const { ok, text, json } = rolesCheck({ folder: folder.path })
  expect(ok).toBe(true)
  expect(text.split('\n')).toEqual([
    '2 roles, all fine.',
    '',
    'role      nick     rooms       brain',
    'founder',
    '  cto     cto      breakroom   none',
    '    qa    tester   breakroom   none',
  ])
  expect(json).toMatchObject({ ok: true, roles: [{ name: 'cto' }, { name: 'qa', nick: 'tester', reports_to: 'cto' }] })
})

test('U34: check shows every problem at a place an editor can jump to', () => {
  using folder = fleetFolder({
    'roles/qa.yaml': roleText('qa', { reports_to: 'reports_to: ctoo', tools: 'tools: {}' }),
  })
  const { ok, text, json } = rolesCheck({ folder: folder.path })
  expect(ok).toBe(false)
  expect(text).toMatch(/^roles\/qa\.yaml:7:8: .*\n\n1 problem; the fleet would not start\.$/)
  expect(json).toMatchObject({ ok: false, problems: [{ file: 'roles/qa.yaml', line: 7, column: 8 }] })
})

test('U35: a new role passes the check as it is, in at most 25 lines', () => {
  using folder = fleetFolder()
  const made = rolesNew({ folder: folder.path, name: 'tester-of-everything-here', reportsTo: 'cto' })
  expect(made).toMatchObject({ ok: true, json: { file: 'roles/tester-of-everything-here.yaml' } })
  expect(made.text).toContain('npx breakroom roles check')
  expect(rolesCheck({ folder: folder.path }).ok).toBe(true)
  const written = readFileSync(join(folder.path, 'roles/tester-of-everything-here.yaml'), 'utf8')
  expect(written.split('\n').length).toBeLessThanOrEqual(26)
})

test('U35: the first role of a fleet can be made too', () => {
  using folder = fleetFolder()
  const { path } = folder
  rmSync(join(path, 'roles/cto.yaml'))
  expect(rolesNew({ folder: path, name: 'qa' }).ok).toBe(true)
  expect(rolesCheck({ folder: path }).ok).toBe(true)
})

test.each([
  ['cto', {}, /already/],
  ['../../evil', {}, /is no name for a role/],
  ['founder', {}, /is no name for a role/],
  ['Bad Name', {}, /is no name for a role/],
  ['qa', { reportsTo: 'ctoo' }, /would not fit.*did you mean "cto"/],
  ['qa', { reportsTo: 'cto\nbrain: x' }, /would not fit/],
])('S25: new %s with %j writes nothing and says why', (name, options, says) => {
  using folder = fleetFolder()
  const before = readFileSync(join(folder.path, 'roles/cto.yaml'), 'utf8')
  const error = thrownBy(() => rolesNew({ folder: folder.path, name, ...options }))
  expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(says) })
  expect(readdirSync(join(folder.path, 'roles'))).toEqual(['cto.yaml'])
  expect(readFileSync(join(folder.path, 'roles/cto.yaml'), 'utf8')).toBe(before)
})

test('a new role in a fleet whose own file is broken is not written', () => {
  using folder = fleetFolder({ 'breakroom.yaml': 'rooms: {' })
  expect(rolesNew({ folder: folder.path, name: 'qa' }).text).toMatch(/^breakroom\.yaml:1:/)
  expect(existsSync(join(folder.path, 'roles/qa.yaml'))).toBe(false)
})

test('U34, U35: the fleet we ship is fine: fourteen roles, one tree, 25 lines each, with a schema for editors', () => {
  const { ok, json } = rolesCheck({ folder: cloneFolder })
  expect(ok).toBe(true)
  const names = (json.roles as { name: string }[]).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['ceo', 'cto', 'cso', 'knowledge', 'sweep']))
  expect(names).toHaveLength(14)
  for (const name of names) {
    const lines = readFileSync(join(cloneFolder, 'roles', `${name}.yaml`), 'utf8')
      .trimEnd()
      .split('\n')
    // The first is for editors.
    expect(lines.length - 1, name).toBeLessThanOrEqual(25)
    expect(lines[0], name).toBe('# yaml-language-server: $schema=./role.schema.json')
  }
})

test('in the fleet we ship, what was built is looked at for risks, and either builder can go on for the other', () => {
  const { roles, fleet } = loadFleet(cloneFolder)
  const world = taskWorld(roles, fleet)
  const [one, other] = [world.roles.get('backend'), world.roles.get('fullstack')]
  for (const role of [one, other]) {
    expect(role?.onComplete).toMatchObject([{ publish_to: 'cso' }])
    expect(role?.onComplete[0]?.payload_template.acceptance_criteria.join()).toContain('"nothing to review"')
  }
  expect(one?.capabilities.isDisjointFrom(other?.capabilities ?? new Set())).toBe(false)
})

function thrownBy(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error
  }
}
