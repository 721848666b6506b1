import { isAbsolute } from 'node:path'

/**
 * What programs need to find each other, their caches and the language of the machine. Everything else stays here: the rest of an
 * environment is where secrets live. SHELL is left out, so that nothing is led to start one, whose start files set what they like.
 */
const passedOn = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/**
 * The few variables of an environment that programs get. PATH keeps its absolute folders only: seen from a workspace, any other is
 * a place where a role can put a program under a listed name.
 */
export function programEnvironment(host: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const name of passedOn) {
    const value = host[name]
    if (value) passed[name] = name === 'PATH' ? absoluteFolders(value) : value
  }
  return passed
}

function absoluteFolders(path: string): string {
  return path.split(':').filter(isAbsolute).join(':')
}
