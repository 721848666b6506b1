import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'

/** A repository that somebody works in. */
export interface Repository {
  /** Its git directory; that of the work tree, where it has several. */
  gitFolder: string
  /** Where git looks for hooks. */
  hooks: string
  /** Whether that is where it looks by itself: `core.hooksPath` may name another place, also one of several repositories. */
  ownHooks: boolean
}

const withinMs = 10_000

/** The repository of a folder, or null when it is in none. Rejects with `unavailable` when git cannot be asked. */
export async function repositoryOf(folder: string, env: NodeJS.ProcessEnv): Promise<Repository | null> {
  const said = await git(folder, env, ['--absolute-git-dir', '--git-common-dir', '--git-path', 'hooks'])
  if (said === null) return null
  const [gitFolder = '', common = '', hooks = ''] = said.trimEnd().split('\n')
  const at = { hooks: resolve(folder, hooks), usual: resolve(folder, common, 'hooks') }
  return { gitFolder, hooks: at.hooks, ownHooks: at.hooks === at.usual }
}

/** Without the variables by which git tells its hooks where they are: what counts is the folder. */
function git(folder: string, env: NodeJS.ProcessEnv, args: string[]): Promise<string | null> {
  const own = Object.entries(env).filter(([name]) => !name.startsWith('GIT_'))
  const options = { cwd: folder, env: { ...Object.fromEntries(own), LC_ALL: 'C' }, timeout: withinMs }
  return new Promise((done, reject) => {
    execFile('git', ['rev-parse', ...args], options, (error, stdout, stderr) => {
      if (error === null) return done(stdout)
      if (/not a git repository/.test(stderr)) return done(null)
      const why = error.code === 'ENOENT' ? 'git is not there' : stderr.trim().split('\n')[0] || error.message
      reject(
        new BreakroomError('unavailable', `The repository of ${folder} cannot be looked at: ${why}`, { cause: error }),
      )
    })
  })
}
