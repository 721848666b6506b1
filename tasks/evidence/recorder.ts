import type { KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { oneLine } from '../../core/clean-text.ts'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { doubtsOf } from '../../core/evidence/doubts.ts'
import {
  type EvidenceRun,
  hasPassed,
  isSigned,
  type SignedRun,
  signedRunSchema,
  signRun,
} from '../../core/evidence/run.ts'
import { testCounts } from '../../core/evidence/test-counts.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyedState } from '../../ports/keyed-state.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { ProgramOutcome, Programs } from '../../ports/program.ts'
import type { Snapshot, WorkTree } from '../../ports/work-tree.ts'

/** What is to be run, and what for. */
interface AskedRun {
  /** Of the run: the same one, however often it is told of. */
  id: string
  /** Under `checks:`. */
  check: string
  /** In whose workspace. */
  role: string
  /** The label of the task that it is run for, or null. */
  task: string | null
  /** The commit at which the work began; tests that are others since are doubted. */
  base: string | null
  /** As in `ProgramRun`: no other run's on this machine. */
  mark: string
}

type RoleAndCheck = Pick<AskedRun, 'role' | 'check'>

/** Makes evidence: the only one who does. */
export interface Recorder {
  /**
   * Runs it and says, signed, what was seen. Never rejects: what could not be run, was stopped, or whose files changed meanwhile, is a
   * run that did not pass. One that passed is kept for `passing`.
   */
  record(asked: AskedRun, signal: AbortSignal): Promise<SignedRun>
  /**
   * A run of this check that passed before, in this role's workspace, on just the files that are there now; null when there is none, and
   * where there is no repository. The doubts are those of now.
   */
  passing(asked: Omit<AskedRun, 'id' | 'mark'>, signal: AbortSignal): Promise<SignedRun | null>
  /** The run belongs to work that is done: the tests of later ones are compared with its. One that is older than that changes nothing. */
  accept(run: EvidenceRun): Promise<void>
}

export interface RecorderParts {
  programs: Programs
  /** What may be run, by name: program and arguments. */
  checks: Readonly<Record<string, readonly string[]>>
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
  workTree: WorkTree
  /** In PEM. */
  signingKey: { private: string; public: string }
  /** Runs that passed, under `tree <tree> <role> <check>`; the newest that was accepted, under `accepted <role> <check>`. */
  kept: KeyedState<SignedRun>
  timeLimitMs: number
  clock: Clock
  log: Log
  metrics: Metrics
}

const againAfterMs = 500

/**
 * A recorder. Whoever works is not believed: every run that counts is made here, in the role's workspace, of a program that somebody
 * listed under `checks:`, and is signed with a key of the house. No role is given that key, and no program: it is not in their
 * environment, and its file is its owner's alone. What a program could read that runs as this very user is of no use on the bus, where
 * only the task service writes what is kept here, and none for a task: the service counts what it ran itself.
 *
 * What git ignores (installed packages, say) is not among the files that a run is of.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  const { programs, checks, workTree, kept, clock, log, metrics } = parts
  const publicKey: KeyObject = createPublicKey(parts.signingKey.public)

  return {
    async record(asked, signal) {
      const { outcome, snapshot } = await seen(asked, signal)
      const tests = testCounts(outcome.outputTail)
      const run = { ...runOf(asked, outcome), tree: snapshot?.tree ?? null, commit: snapshot?.commit ?? null, tests }
      const passed = hasPassed(run)
      if (!signal.aborted) metrics.count('breakroom_checks_total', { what: passed ? 'passed' : 'failed' })
      const doubts = passed ? await doubtsAbout(asked, snapshot, tests, signal) : []
      const signed = sign({ ...run, doubts })
      if (passed && run.tree !== null) await keep(placeOf(run.tree, asked), signed)
      return signed
    },
    async passing(asked, signal) {
      try {
        const snapshot = await workTree.snapshot(parts.workspace(asked.role), signal)
        if (snapshot === null) return null
        const run = passedRun(await kept.get(placeOf(snapshot.tree, asked)), asked, snapshot.tree)
        if (run === null) return null
        metrics.count('breakroom_checks_total', { what: 'reused' })
        return sign({ ...run, task: asked.task, doubts: await doubtsAbout(asked, snapshot, run.tests, signal) })
      } catch (error) {
        log.warn({ check: asked.check, cause: sentenceOf(error) }, 'an earlier run of a check could not be used')
        return null
      }
    },
    async accept(run) {
      const place = acceptedPlace(run)
      const before = signedRun(await kept.get(place), run)
      if (run.tests !== null && (before === null || before.at < run.at)) await kept.put(place, sign(run))
    },
  }

  /** What was run, and on which files: null where there is no repository, and when they are not the same before and after. */
  async function seen(
    { check, role, task, mark }: AskedRun,
    signal: AbortSignal,
  ): Promise<{ outcome: ProgramOutcome; snapshot: Snapshot | null }> {
    const argv = checks[check]
    if (argv === undefined) return unseen(notRun('is not under checks: in breakroom.yaml any more'))
    try {
      const cwd = parts.workspace(role)
      const before = await workTree.snapshot(cwd, signal)
      const env = task === null ? {} : { BREAKROOM_TASK: task }
      const run = { argv, cwd, env, input: '', timeLimitMs: parts.timeLimitMs, mark }
      const outcome = await programs.run(run, signal)
      const after = await workTree.snapshot(cwd, signal)
      if (before?.tree === after?.tree) return { outcome, snapshot: after }
      // It says nothing about the files that are there now, nor about those that were.
      return unseen({ ...outcome, ended: outcome.ended ?? 'the files changed while it ran' })
    } catch (error) {
      return unseen(notRun(`could not be run: ${sentenceOf(error)}`))
    }
  }

  function runOf({ id, check, role, task }: AskedRun, outcome: ProgramOutcome): Omit<EvidenceRun, 'doubts'> {
    return {
      version: 1,
      id,
      check,
      argv: [...(checks[check] ?? [])],
      role,
      task,
      tree: null,
      commit: null,
      exit_code: outcome.exitCode,
      ended: outcome.ended === null ? null : oneLine(outcome.ended, 300),
      duration_ms: Math.round(outcome.durationMs),
      tests: null,
      output_tail: outcome.outputTail,
      output_sha256: outcome.outputSha256,
      at: clock.now().toISOString(),
    }
  }

  /** Why a person has to look: against the tests at the commit where the work began, and against those that were accepted last. */
  async function doubtsAbout(
    { role, check, base }: RoleAndCheck & Pick<AskedRun, 'base'>,
    snapshot: Snapshot | null,
    tests: EvidenceRun['tests'],
    signal: AbortSignal,
  ): Promise<string[]> {
    const accepted = await acceptedBefore({ role, check }, signal)
    const now = { testFiles: snapshot?.testFiles ?? noFiles, tests }
    // Where it is not known where this work began, the last that was accepted is where it began at the latest.
    const from = base ?? accepted?.commit ?? null
    const began = from === null || snapshot === null ? null : await filesAt(role, from, signal)
    const lost = from === null || began !== null ? [] : [snapshot === null ? noRepository : noBeginning]
    const before = { testFiles: began ?? now.testFiles, tests: accepted?.tests ?? null }
    return [...lost, ...doubtsOf(before, now)].slice(0, 5)
  }

  async function filesAt(role: string, base: string, signal: AbortSignal): Promise<Snapshot['testFiles'] | null> {
    try {
      return await workTree.testFilesAt(parts.workspace(role), base, signal)
    } catch (error) {
      log.warn({ role, cause: sentenceOf(error) }, 'the tests at the beginning of a task cannot be read')
      return null
    }
  }

  /** Waited for while the bus is away: without it a run would look better than it is. */
  async function acceptedBefore(asked: RoleAndCheck, signal: AbortSignal): Promise<EvidenceRun | null> {
    while (!signal.aborted) {
      try {
        return signedRun(await kept.get(acceptedPlace(asked)), asked)
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable')) throw error
        metrics.count('breakroom_retries_total', { what: 'check' })
        await pause(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
    return null
  }

  function passedRun(value: unknown, asked: RoleAndCheck, tree: string): EvidenceRun | null {
    const run = signedRun(value, asked)
    // The same name may stand for another program by now.
    const isIt = run !== null && run.tree === tree && hasPassed(run) && isSame(run.argv, checks[asked.check])
    return isIt ? run : null
  }

  /** A run that is this role's and of this check, as the house signed it; wherever it lay, and whoever put it there. */
  function signedRun(value: unknown, { role, check }: RoleAndCheck): EvidenceRun | null {
    const read = signedRunSchema.safeParse(value)
    if (!read.success || !isSigned(read.data, publicKey)) return null
    const { run } = read.data
    return run.role === role && run.check === check ? run : null
  }

  async function keep(place: string, signed: SignedRun): Promise<void> {
    try {
      await kept.put(place, signed)
    } catch (error) {
      // It counts all the same; it will be run again where it could have been used again.
      log.warn({ check: signed.run.check, cause: sentenceOf(error) }, 'a run of a check could not be kept')
    }
  }

  function sign(run: EvidenceRun): SignedRun {
    return signRun(run, parts.signingKey.private)
  }
}

const noFiles: Snapshot['testFiles'] = new Map()
const noRepository = 'It did not run in a repository, as it did before.'
const noBeginning = 'The commit at which the work began is not there any more, so nobody can say which tests changed.'

function placeOf(tree: string, { role, check }: RoleAndCheck): string {
  return `tree ${tree} ${role} ${check}`
}

function acceptedPlace({ role, check }: RoleAndCheck): string {
  return `accepted ${role} ${check}`
}

function isSame(argv: readonly string[], listed: readonly string[] | undefined): boolean {
  return listed !== undefined && JSON.stringify(argv) === JSON.stringify(listed)
}

/** SHA-256 of nothing. */
const noOutput = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function notRun(ended: string): ProgramOutcome {
  return { exitCode: null, ended, durationMs: 0, outputTail: '', outputSha256: noOutput }
}

function unseen(outcome: ProgramOutcome): { outcome: ProgramOutcome; snapshot: null } {
  return { outcome, snapshot: null }
}
