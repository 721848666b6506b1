import { createWorkTree } from '../../adapters/git/work-tree.ts'
import { evidencePublicFile } from '../../adapters/servers/evidence-key.ts'
import { readText } from '../../adapters/servers/kept-files.ts'
import { BreakroomError } from '../../core/errors.ts'
import { passingRuns } from '../evidence/kept-runs.ts'
import { type Repository, repositoryOf } from '../evidence/repository.ts'
import { shortTree } from '../evidence/run-lines.ts'
import { folderMeant } from '../evidence/workspace-here.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const withinMs = 60_000

/**
 * `breakroom evidence check [--staged]`: whether a check passed on just the files that are here, or on what is staged, as the house signed it.
 * Asks nobody. Exit code 1 when none did.
 */
export async function evidenceCheck(
  settings: Settings,
  output: Output,
  here: string,
  { staged, role }: { staged: boolean; role: string | undefined },
): Promise<number> {
  const folder = folderMeant(settings, here, role)
  const publicKey = readText(evidencePublicFile(settings.home))
  if (publicKey === null) {
    throw new BreakroomError('unavailable', `No house has signed anything in ${settings.home}; start the fleet once.`)
  }
  const repository = await repositoryOf(folder, settings.env)
  if (repository === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  const trees = await treesOf(folder, settings.env, staged)
  const runs = passingRuns(repository, trees.asked, publicKey)
  const passed = runs.map(({ run: { check, role, at, doubts } }) => ({ check, role, at, doubts }))
  const which = `${staged ? 'what is staged' : 'these files'} (${shortTree(trees.asked)})`
  if (passed.length > 0) {
    const text = passed.map(({ check, role, at }) => `\`${check}\` passed on ${which}, for ${role}, at ${at}.`)
    output.result(text.join('\n'), { passed: true, tree: trees.asked, runs: passed })
    return exitCodes.ok
  }
  const fix = howToMend(repository, trees, publicKey)
  const text = `No check has passed on ${which}. ${fix}`
  if (output.json) output.result('', { passed: false, tree: trees.asked, runs: [], text })
  else output.talk(`breakroom: ${text}`)
  return exitCodes.failure
}

interface Trees {
  asked: string
  /** Of all the files, staged or not. */
  all: string
}

async function treesOf(folder: string, env: NodeJS.ProcessEnv, staged: boolean): Promise<Trees> {
  const workTree = createWorkTree({ hostEnvironment: env })
  const signal = AbortSignal.timeout(withinMs)
  const all = (await workTree.snapshot(folder, signal))?.tree ?? null
  const asked = staged ? await workTree.stagedTree(folder, signal) : all
  if (all === null || asked === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  return { asked, all }
}

function howToMend(repository: Repository, { asked, all }: Trees, publicKey: string): string {
  if (asked === all) return 'Have one run: breakroom evidence -- npm test (or another check).'
  return passingRuns(repository, all, publicKey).length > 0
    ? 'One has on all the files that are here: stage the rest (git add --all), or put it aside and have one run again.'
    : 'Stage all that belongs to it, put the rest aside, and have one run: breakroom evidence -- npm test (or another check).'
}
