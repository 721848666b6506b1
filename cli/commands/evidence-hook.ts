import { join } from 'node:path'
import { BreakroomError } from '../../core/errors.ts'
import { type Installed, installHook } from '../evidence/pre-commit.ts'
import { repositoryOf } from '../evidence/repository.ts'
import { folderMeant } from '../evidence/workspace-here.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

/**
 * `breakroom evidence hook`: has git refuse commits in this repository of files that no check passed on. Throws `usage` where there is no
 * repository, and where its hooks lie in a folder that may be others' too.
 */
export async function evidenceHook(
  settings: Settings,
  output: Output,
  here: string,
  role: string | undefined,
): Promise<void> {
  const folder = folderMeant(settings, here, role)
  const repository = await repositoryOf(folder, settings.env)
  if (repository === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  const calls = { node: process.execPath, program: join(settings.clone, 'cli/breakroom.ts'), home: settings.home }
  if (!repository.ownHooks) {
    const fix = `Add to its pre-commit: BREAKROOM_HOME=${calls.home} ${calls.node} ${calls.program} evidence check --staged`
    throw new BreakroomError('usage', `core.hooksPath names ${repository.hooks}, which is left as it is. ${fix}`)
  }
  const installed = installHook(repository.hooks, calls)
  output.result([...whatHappened(installed), convenience].join('\n'), installed)
}

function whatHappened({ what, path, kept }: Installed): string[] {
  const did = { new: 'is there now', renewed: 'was written anew', there: 'was there already; nothing changed' }[what]
  const first = kept === null ? [] : [`The hook that was there before is called first: ${kept}`]
  return [`${path} ${did}: a commit needs a check that passed on what is staged.`, ...first]
}

const convenience =
  'It is a convenience, and git can be told to pass it by. What counts is seen by the task service before a task is done.'
