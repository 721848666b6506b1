import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { namePattern } from '../../core/role.ts'

/** Where a role works. */
export interface WorkspaceOptions {
  home: string
  /** Where breakroom.yaml is; a configured path is seen from there. */
  folder: string
  role: string
  /** `workspace` of the role's file: a folder that its owner chose and made. */
  configured?: string | undefined
}

/**
 * The folder in which a role's programs run, as an absolute path without links: the one its file names, else its own under
 * `<home>/workspaces`, made at first use and readable by its owner only. Throws `config_invalid` when the configured one is not
 * there, `denied` when the other does not really lie where it should.
 */
export function workspaceOf({ home, folder, role, configured }: WorkspaceOptions): string {
  return configured === undefined ? ownWorkspace(home, role) : configuredWorkspace(resolve(folder, configured), role)
}

function configuredWorkspace(path: string, role: string): string {
  const real = realOf(path)
  if (real === null) throw configInvalid('is not there')
  if (!statSync(real).isDirectory()) throw configInvalid('is not a folder')
  return real

  function configInvalid(what: string): BreakroomError {
    const file = `roles/${role}.yaml`
    const message = `${file}: the workspace ${path} ${what}; make the folder, or leave the key out`
    return new BreakroomError('config_invalid', message, { detail: { file, path } })
  }
}

/** The path without links, or null when it leads nowhere that we may look. */
function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** What stands there may be the role's own doing, so it is looked at before it is used. */
function ownWorkspace(home: string, role: string): string {
  if (!namePattern.test(role)) throw denied(role, 'has no workspace: this is no name of a role', home)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  let place = realpathSync(home)
  for (const name of ['workspaces', role]) {
    place = join(place, name)
    if (!isOwnFolder(place)) {
      throw denied(
        role,
        `cannot work in ${place}: it is not a folder of its own, but a file or a link; remove it`,
        place,
      )
    }
  }
  return place
}

/** Makes the folder when nothing is there; true when it is one, and no link to one. */
function isOwnFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return lstatSync(path).isDirectory()
}

function denied(role: string, what: string, path: string): BreakroomError {
  return new BreakroomError('denied', `${JSON.stringify(role)} ${what}`, { detail: { rule: 'workspace', role, path } })
}
