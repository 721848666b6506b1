import { join } from 'node:path'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { BreakroomError } from '../../core/errors.ts'
import { programNeeded } from '../evidence/checks.ts'
import { type Installed, installHook, shellWord } from '../evidence/pre-commit.ts'
import { repositoryOf } from '../evidence/repository.ts'
import { folderMeant } from '../evidence/workspace-here.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/**
 * `breakroom evidence hook [-- <program>]`: has git refuse commits in this repository of files that this check did not pass on; without a
 * program the only one there is beside `true`. Throws `usage` where that is not clear, where there is no repository, and where its hooks lie in
 * a folder that may be others' too.
 */
export async function evidenceHook(
  settings: Settings,
  output: Output,
  here: string,
  { program: named, role }: { program: readonly string[]; role: string | undefined },
): Promise<void> {
  const folder = folderMeant(settings, here, role)
  const program = programNeeded(loadFleet(settings.folder).fleet, named)
  const repository = await repositoryOf(folder, settings.env)
  if (repository === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  const calls = {
    node: process.execPath,
    script: join(settings.clone, 'cli/breakroom.ts'),
    home: settings.home,
    program,
  }
  if (!repository.ownHooks) {
    const call = [calls.node, calls.script, 'evidence', 'check', '--staged', '--', ...program].map(shellWord).join(' ')
    const fix = `Add to its pre-commit: BREAKROOM_HOME=${shellWord(calls.home)} ${call}`
    throw new BreakroomError('usage', `core.hooksPath names ${repository.hooks}, which is left as it is. ${fix}`)
  }
  const installed = installHook(repository.hooks, calls)
  output.result([...whatHappened(installed, program), convenience].join('\n'), { ...installed, program })
}

function whatHappened({ what, path, kept }: Installed, program: readonly string[]): string[] {
  const did = { new: 'is there now', renewed: 'was written anew', there: 'was there already; nothing changed' }[what]
  const first = kept === null ? [] : [`The hook that was there before is called first: ${kept}`]
  return [`${path} ${did}: a commit needs "${program.join(' ')}" to have passed on what is staged.`, ...first]
}

const convenience =
  'It is a convenience, and git can be told to pass it by. What counts is seen by the task service before a task is done.'
