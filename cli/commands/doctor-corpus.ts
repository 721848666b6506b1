import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { findServer } from '../../adapters/servers/find-server.ts'
import type { Fleet } from '../../core/fleet.ts'
import { answersQuestions, type Role } from '../../core/role.ts'
import type { Finding } from '../finding.ts'
import type { Settings } from '../settings.ts'

/** Whether what the knowledge proxy is to read is there (folders, and git for repositories), and whether anybody can be told of it. */
export function checkCorpus(
  { knowledge }: Pick<Fleet, 'knowledge'>,
  roles: readonly Pick<Role, 'name' | 'rooms' | 'brain'>[],
  { folder, env, clone }: Settings,
): Finding[] {
  const hasGit = findServer('git', env, clone) !== null
  const seats = roles.filter(answersQuestions)
  return knowledge.corpus.map((corpus): Finding => {
    const check = `corpus ${corpus.name}`
    const { access } = corpus
    if (access !== undefined && !seats.some(({ rooms }) => rooms.some((room) => access.includes(room)))) {
      const found = `nobody can be told: no role that answers questions sits in ${access.join(' or ')}`
      const [seat] = seats
      const fix =
        seat === undefined ? 'give a role the brain "knowledge"' : `add the room to rooms: in roles/${seat.name}.yaml`
      return { check, state: 'warning', found, fix }
    }
    if ('git' in corpus) {
      if (hasGit) return { check, state: 'ok', found: 'a git repository' }
      return { check, state: 'failure', found: 'git is not installed', fix: 'install git' }
    }
    const path = resolve(folder, corpus.folder)
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return { check, state: 'ok', found: path }
    const fix = `make the folder, or "npx breakroom corpus remove ${corpus.name}"`
    return { check, state: 'failure', found: `${path} is no folder`, fix }
  })
}
