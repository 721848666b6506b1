import { createPublicKey, type KeyObject } from 'node:crypto'
import { createWorkTree } from '../../adapters/git/work-tree.ts'
import { evidencePublicFile } from '../../adapters/servers/evidence-key.ts'
import { readText } from '../../adapters/servers/kept-files.ts'
import { BreakroomError } from '../../core/errors.ts'
import { quoted } from '../../core/task/wording.ts'
import type { StagedHere } from '../../ports/work-tree.ts'
import { isSameProgram } from '../evidence/checks.ts'
import { passingRuns } from '../evidence/kept-runs.ts'
import { repositoryOf } from '../evidence/repository.ts'
import { shortTree } from '../evidence/run-lines.ts'
import { folderMeant } from '../evidence/workspace-here.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const withinMs = 60_000

/**
 * `breakroom evidence check [--staged] [-- <program>]`: whether a check, or the one that runs this program, passed on just the files that are
 * here, or on what is staged, as the house signed it. Asks nobody. Exit code 1 when none did.
 */
export async function evidenceCheck(
  settings: Settings,
  output: Output,
  here: string,
  { staged, program, role }: { staged: boolean; program: readonly string[]; role: string | undefined },
): Promise<number> {
  const folder = folderMeant(settings, here, role)
  const publicKey = publicKeyOf(settings.home)
  const repository = await repositoryOf(folder, settings.env)
  if (repository === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  const runsOn = (tree: string) =>
    passingRuns(repository, tree, publicKey).filter(
      ({ run }) => program.length === 0 || isSameProgram(run.argv, program),
    )
  const trees = await treesOf(folder, settings.env, staged, (tree) => runsOn(tree).length > 0)
  const runs = runsOn(trees.asked)
  const passed = runs.map(({ run: { check, role, at, doubts } }) => ({ check, role, at, doubts }))
  const which = `${staged ? 'what is staged' : 'these files'} (${shortTree(trees.asked)})`
  if (passed.length > 0) {
    const text = passed.map(({ check, role, at }) => `\`${check}\` passed on ${which}, for ${role}, at ${at}.`)
    output.result(text.join('\n'), { passed: true, tree: trees.asked, runs: passed })
    return exitCodes.ok
  }
  const what = program.length === 0 ? 'No check has' : `"${program.join(' ')}" has not`
  const text = `${what} passed on ${which}. ${howToMend(trees, program, runsOn(trees.all).length > 0)}`
  if (output.json) output.result('', { passed: false, tree: trees.asked, runs: [], text })
  else output.talk(`breakroom: ${text}`)
  return exitCodes.failure
}

/** Throws `unavailable` when no house ever signed anything here, or its key cannot be read. */
function publicKeyOf(home: string): KeyObject {
  const file = evidencePublicFile(home)
  const text = readText(file)
  if (text === null)
    throw new BreakroomError('unavailable', `No house has signed anything in ${home}; start the fleet once.`)
  try {
    return createPublicKey(text)
  } catch (cause) {
    throw new BreakroomError('unavailable', `${file} is no key; the fleet writes it anew at its next start.`, { cause })
  }
}

interface Trees {
  asked: string
  /** Of all the files, staged or not. */
  all: string
  unclear: StagedHere['unclear']
}

async function treesOf(
  folder: string,
  env: NodeJS.ProcessEnv,
  staged: boolean,
  isPassed: (tree: string) => boolean,
): Promise<Trees> {
  const workTree = createWorkTree({ hostEnvironment: env })
  const signal = AbortSignal.timeout(withinMs)
  const all = (await workTree.snapshot(folder, signal))?.tree ?? null
  const asked = staged ? await workTree.stagedTree(folder, signal) : all
  if (all === null || asked === null) throw new BreakroomError('usage', `${folder} is in no git repository.`)
  if (asked === all || isPassed(asked)) return { asked, all, unclear: [] }
  // Git may keep files otherwise than they lie here, where the check ran on them.
  const lying = await workTree.stagedHere(folder, signal)
  return { asked: lying?.tree ?? asked, all, unclear: lying?.unclear ?? [] }
}

function howToMend({ asked, all, unclear }: Trees, program: readonly string[], hasPassedOnAll: boolean): string {
  const [first] = unclear
  if (first !== undefined) {
    const cause = `${quoted(first.path)} is not kept as it lies here (${quoted(first.by, 60)} in .gitattributes)`
    return `${cause}, so nobody can say whether it is what is staged: git commit --no-verify, once it is.`
  }
  const run = `breakroom evidence -- ${program.length === 0 ? 'npm test (or another check)' : program.join(' ')}`
  if (asked === all) return `Have ${program.length === 0 ? 'one' : 'it'} run: ${run}.`
  const it = program.length === 0 ? 'One' : 'It'
  return hasPassedOnAll
    ? `${it} has on all the files that are here: stage the rest (git add --all), or put it aside and have it run again.`
    : `Stage all that belongs to it, put the rest aside, and have ${it.toLowerCase()} run: ${run}.`
}
