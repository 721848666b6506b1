import { realpathSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { workspaceOf } from '../../adapters/disk/workspace.ts'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { Configuration } from '../configuration.ts'
import type { Settings } from '../settings.ts'

type House = Pick<Settings, 'home' | 'folder'>

/** The role that works in this folder, or the one that is named. Throws `usage` when it has to be said, or there is none of that name. */
export function roleHere(house: House, { roles }: Configuration, here: string, named: string | undefined): string {
  const names = roles.map(({ name }) => name)
  if (named !== undefined) {
    if (names.includes(named)) return named
    throw new BreakroomError('usage', `There is no role ${named}. Roles: ${names.join(', ')}.`)
  }
  const found = roles.flatMap(({ name, workspace }) => {
    const place = realOf(
      workspace === undefined ? join(house.home, 'workspaces', name) : resolve(house.folder, workspace),
    )
    return place !== null && isInside(place, realOf(here) ?? here) ? [{ name, depth: place.length }] : []
  })
  const deepest = Math.max(...found.map(({ depth }) => depth))
  const working = found.filter(({ depth }) => depth === deepest)
  if (working.length === 1 && working[0] !== undefined) return working[0].name
  const who =
    working.length === 0 ? 'No role works in this folder' : `${working.map(({ name }) => name).join(' and ')} work here`
  throw new BreakroomError('usage', `${who}; say whose workspace is meant: --role <name>.`)
}

/** Where a command is about: the workspace of the role that is named, else the folder that it is called in. Throws as `roleHere` does. */
export function folderMeant(settings: Settings, here: string, named: string | undefined): string {
  if (named === undefined) return here
  const configuration = loadFleet(settings.folder)
  return workspaceOfRole(settings, configuration, roleHere(settings, configuration, here, named))
}

/** The workspace of a role on this machine; throws a sentence when it is not here. */
export function workspaceOfRole({ home, folder }: House, { roles }: Configuration, role: string): string {
  return workspaceOf({ home, folder, role, configured: roles.find(({ name }) => name === role)?.workspace })
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
