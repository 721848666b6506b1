import { existsSync, mkdirSync, realpathSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workspaceOf } from '../../../adapters/disk/workspace.ts'
import { BreakroomError } from '../../../core/errors.ts'
import { temporaryFolder } from '../../support/process.ts'

/** A folder of breakroom.yaml with a home in it, both without links on their way. */
function place() {
  const temporary = temporaryFolder()
  const folder = realpathSync(temporary.path)
  const home = join(folder, 'home')
  const of = (role: string, configured?: string) => workspaceOf({ home, folder, role, configured })
  return { folder, home, of, [Symbol.dispose]: () => temporary[Symbol.dispose]() }
}

function refusal(call: () => unknown): BreakroomError {
  try {
    call()
  } catch (error) {
    if (error instanceof BreakroomError) return error
    throw error
  }
  throw new Error('expected to be refused')
}

test('a role has a folder of its own, made at first use and closed to others', () => {
  using here = place()
  const path = here.of('cto')
  expect(path).toBe(join(here.home, 'workspaces/cto'))
  for (const one of [path, join(path, '..')]) expect(statSync(one).mode & 0o777).toBe(0o700)
  writeFileSync(join(path, 'notes.md'), 'kept')
  expect(here.of('cto')).toBe(path)
  expect(existsSync(join(path, 'notes.md'))).toBe(true)
})

test('a home behind a link is as good as any', () => {
  using here = place()
  mkdirSync(join(here.folder, 'disk'))
  symlinkSync(join(here.folder, 'disk'), here.home)
  expect(here.of('cto')).toBe(join(here.folder, 'disk/workspaces/cto'))
})

test.each(['..', '../cto', 'a/b', '/etc', '.', '', 'a\0b', '..%2f', 'CTO', 'c:', 'ct\u00f6', 'cto '])(
  'S29: %j is no role, and nothing is made for it',
  (role) => {
    using here = place()
    expect(refusal(() => here.of(role))).toMatchObject({ code: 'denied', detail: { rule: 'workspace' } })
    expect(existsSync(join(here.home, 'workspaces'))).toBe(false)
  },
)

test.each<[title: string, target: (here: ReturnType<typeof place>) => string]>([
  ['somewhere else', () => '/etc'],
  ['the workspace of another role', (here) => here.of('cfo')],
  ['the keys', (here) => join(here.home, 'keys')],
  ['itself', () => 'cto'],
])('S29: a link to %s in the place of a workspace is refused', (_, target) => {
  using here = place()
  const path = here.of('cto')
  renameSync(path, `${path}-moved`)
  symlinkSync(target(here), path)
  expect(refusal(() => here.of('cto')).message).toBe(
    `"cto" cannot work in ${path}: it is not a folder of its own, but a file or a link; remove it`,
  )
})

test('S29: a link in the place of all workspaces is refused, and nothing is made behind it', () => {
  using here = place()
  mkdirSync(join(here.folder, 'elsewhere'))
  mkdirSync(here.home)
  symlinkSync(join(here.folder, 'elsewhere'), join(here.home, 'workspaces'))
  expect(refusal(() => here.of('cto')).message).toContain(`${join(here.home, 'workspaces')}: it is not a folder`)
  expect(existsSync(join(here.folder, 'elsewhere/cto'))).toBe(false)
})

test('the owner can choose a folder, from where breakroom.yaml is or by its whole path', () => {
  using here = place()
  mkdirSync(join(here.folder, 'code'))
  symlinkSync('code', join(here.folder, 'link'))
  const code = join(here.folder, 'code')
  for (const configured of ['code', './code/', code, 'link']) expect(here.of('cto', configured)).toBe(code)
  expect(existsSync(here.home)).toBe(false)
})

test('S10: a chosen folder that is not there is told with the role and the path', () => {
  using here = place()
  writeFileSync(join(here.folder, 'file'), '')
  const file = 'roles/cto.yaml'
  const refused = (configured: string) => refusal(() => here.of('cto', configured))
  expect(refused('nowhere')).toMatchObject({ code: 'config_invalid', detail: { file } })
  expect(refused('nowhere').message).toBe(
    `roles/cto.yaml: the workspace ${join(here.folder, 'nowhere')} is not there; make the folder, or leave the key out`,
  )
  expect(refused('file').message).toContain(`${join(here.folder, 'file')} is not a folder;`)
})
