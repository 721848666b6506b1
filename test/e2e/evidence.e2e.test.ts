import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createTestFleet } from '../support/fleet.ts'
import { createGitRepository } from '../support/git-repository.ts'

test('the hook refuses a commit until the running fleet has seen a check pass on what is staged', async () => {
  await using fleet = createTestFleet()
  await fleet.start('up')
  const repository = createGitRepository(join(realpathSync(fleet.home), 'workspaces/cto'))
  const commit = () =>
    new Promise<string>((done) => {
      const env = { PATH: process.env.PATH, HOME: fleet.folder, GIT_CONFIG_NOSYSTEM: '1' }
      const args = ['commit', '-qm', 'A change']
      execFile('git', args, { cwd: repository.path, env }, (_, stdout, stderr) => done(`${stdout}${stderr}`))
    })
  expect(await fleet.command(['evidence', 'hook', '--role', 'cto', '--', 'true'])).toMatchObject({
    code: 0,
    stderr: '',
  })
  repository.write('gateway.mjs', 'export const limit = 100\n')
  repository.git('add', '--all')
  expect(await commit()).toMatch(/^breakroom: "true" has not passed on what is staged/)

  const ran = await fleet.command(['evidence', '--role', 'cto', '--json', '--', 'true'])
  expect(ran).toMatchObject({ code: 0 })
  const tree = repository.git('write-tree').trim()
  expect(JSON.parse(ran.stdout)).toMatchObject({
    passed: true,
    run: { check: 'true', role: 'cto', tree, exit_code: 0 },
  })
  expect(await commit()).toMatch(/^`true` passed on what is staged/)
  expect(repository.git('rev-list', '--count', 'HEAD').trim()).toBe('1')
})
