import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A real repository to commit to. */
export interface GitRepository {
  readonly path: string
  git(...args: string[]): string
  write(path: string, text: string): void
  remove(path: string): void
  link(path: string, target: string): void
  /** Commits whatever is there, if anything changed. */
  commit(options?: { author?: string; date?: string }): void
}

/** Makes a repository in a folder that is not there yet. */
export function createGitRepository(path: string): GitRepository {
  mkdirSync(path, { recursive: true })
  const env = { PATH: process.env.PATH, HOME: path, GIT_CONFIG_NOSYSTEM: '1' }
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, env, encoding: 'utf8', stdio: 'pipe' })
  const at = (file: string) => {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    return join(path, file)
  }
  git('init', '--quiet', '--initial-branch=main')
  git('config', 'user.name', 'Test')
  git('config', 'user.email', 'test@example.org')
  return {
    path,
    git,
    write: (file, text) => writeFileSync(at(file), text),
    remove: (file) => rmSync(join(path, file)),
    link: (file, target) => symlinkSync(target, at(file)),
    commit({ author = 'Ada Lovelace', date = '2026-03-01T12:00:00Z' } = {}) {
      git('add', '--all', '--force')
      if (git('status', '--porcelain') === '') return
      const options = ['-c', `user.name=${author}`, 'commit', '--quiet', '--message', 'A change']
      execFileSync('git', options, {
        cwd: path,
        env: { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
        stdio: 'pipe',
      })
    },
  }
}
