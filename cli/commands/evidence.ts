import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { loadFleet } from '../../adapters/yaml/load-fleet.ts'
import { BreakroomError } from '../../core/errors.ts'
import { hasPassed, type SignedRun } from '../../core/evidence/run.ts'
import type { Fleet } from '../../core/fleet.ts'
import { evidenceReplySchema, type TaskArguments } from '../../core/task/request.ts'
import { withTasks } from '../ask-tasks.ts'
import type { Configuration } from '../configuration.ts'
import { checkOf } from '../evidence/checks.ts'
import { keepRun } from '../evidence/kept-runs.ts'
import { repositoryOf } from '../evidence/repository.ts'
import { runLines } from '../evidence/run-lines.ts'
import { roleHere, workspaceOfRole } from '../evidence/workspace-here.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'

const askEveryMs = 200
/** Others may be before it in the same workspace. */
const mostRunsBefore = 4

/**
 * `breakroom evidence -- <program>`: the task service runs the program, which has to be one of the checks, in the workspace of a role, and
 * signs what it saw; the run is kept beside the history of its files too. Exit code 1 when it did not pass.
 */
export async function evidence(
  settings: Settings,
  output: Output,
  here: string,
  { program, role: named }: { program: readonly string[]; role: string | undefined },
): Promise<number> {
  const configuration = loadFleet(settings.folder)
  const check = checkOf(configuration.fleet, program)
  const role = roleHere(settings, configuration, here, named)
  const signed = await runOf(settings, output, configuration.fleet, { check, role })
  const file = await kept(settings, configuration, signed)
  const passed = hasPassed(signed.run)
  output.result(runLines(signed, file).join('\n'), { passed, ...signed, file })
  return passed ? exitCodes.ok : exitCodes.failure
}

/** Asks with one id until it is done, so that it is run once. */
async function runOf(
  settings: Settings,
  output: Output,
  { limits }: Fleet,
  args: TaskArguments<'evidence'>,
): Promise<SignedRun> {
  const id = `cli:${randomUUID()}`
  const longestMs = mostRunsBefore * limits.check_minutes * 60_000
  return withTasks(settings, output, async (ask) => {
    const began = performance.now()
    for (let told = false; performance.now() - began < longestMs; told = true) {
      const reply = evidenceReplySchema.parse(await ask('evidence', args, id))
      if (reply.state === 'done') return reply.run
      if (!told) output.talk(`\`${args.check}\` runs in the workspace of ${args.role}. Ctrl-C leaves it to run on.`)
      await pause(askEveryMs)
    }
    throw new BreakroomError('unavailable', `\`${args.check}\` has not ended for ${longestMs / 60_000} minutes.`)
  })
}

/** Where it is kept; null when the workspace is not on this machine, or no repository. */
async function kept(settings: Settings, configuration: Configuration, signed: SignedRun): Promise<string | null> {
  if (signed.run.tree === null) return null
  const repository = await repositoryAt(settings, configuration, signed.run.role)
  return repository === null ? null : keepRun(repository, signed)
}

async function repositoryAt(settings: Settings, configuration: Configuration, role: string) {
  try {
    return await repositoryOf(workspaceOfRole(settings, configuration, role), settings.env)
  } catch {
    // The service runs elsewhere: the run counts there all the same.
    return null
  }
}
