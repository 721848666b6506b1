import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../adapters/servers/kept-files.ts'
import { BreakroomError } from '../../core/errors.ts'

/** What the hook calls. */
export interface HookCalls {
  node: string
  /** `cli/breakroom.ts`. */
  script: string
  home: string
  /** Of the check that has to have passed. */
  program: readonly string[]
}

/** What installing it did: `there` when nothing had to be done. */
export type Installed = { what: 'new' | 'renewed' | 'there'; path: string; kept: string | null }

const mark = '# breakroom evidence hook'
const keptName = 'pre-commit.before-breakroom'

/**
 * Puts a pre-commit hook into a folder of hooks, in front of which one that was there already is called. Again changes nothing. Throws `usage`
 * when two others are there.
 */
export function installHook(hooks: string, calls: HookCalls): Installed {
  const path = join(hooks, 'pre-commit')
  const kept = join(hooks, keptName)
  const [before, text] = [readText(path), hookText(calls)]
  const isOurs = before?.includes(mark) === true
  if (before !== null && !isOurs) {
    if (existsSync(kept)) {
      throw new BreakroomError(
        'usage',
        `There are two hooks already, ${path} and ${kept}; make them one, and try again.`,
      )
    }
    renameSync(path, kept)
  }
  const answer = { path, kept: existsSync(kept) ? kept : null }
  if (before === text) return { what: 'there', ...answer }
  mkdirSync(hooks, { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, text)
  chmodSync(temporary, 0o755)
  renameSync(temporary, path)
  return { what: isOurs ? 'renewed' : 'new', ...answer }
}

function hookText({ node, script, home, program }: HookCalls): string {
  const call = [node, script, 'evidence', 'check', '--staged', '--', ...program].map(shellWord).join(' ')
  return `#!/bin/sh
${mark}: refuses a commit of files that a check did not pass on. A convenience: what counts is
# seen by the task service before a task is done. "breakroom evidence hook" writes this file anew.
kept="$(dirname "$0")/${keptName}"
if [ -x "$kept" ]; then "$kept" "$@" || exit $?; fi
BREAKROOM_HOME=${shellWord(home)} exec ${call}
`
}

/** As the shell reads it as one word. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
