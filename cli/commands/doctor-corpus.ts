import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { findServer } from '../../adapters/servers/find-server.ts'
import type { Fleet } from '../../core/fleet.ts'
import type { Finding } from '../finding.ts'
import type { Settings } from '../settings.ts'

/** Whether what the knowledge proxy is to read is there: folders, and git for repositories. */
export function checkCorpus({ knowledge }: Fleet, { folder, env, clone }: Settings): Finding[] {
  const hasGit = findServer('git', env, clone) !== null
  return knowledge.corpus.map((corpus): Finding => {
    const check = `corpus ${corpus.name}`
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
