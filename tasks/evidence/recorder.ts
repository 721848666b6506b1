import { oneLine } from '../../core/clean-text.ts'
import { sentenceOf } from '../../core/errors.ts'
import { doubtsOf } from '../../core/evidence/doubts.ts'
import { type EvidenceRun, hasPassed, type SignedRun, signRun } from '../../core/evidence/run.ts'
import { type TestCounts, testCounts } from '../../core/evidence/test-counts.ts'
import { touchedBetween } from '../../core/evidence/touched.ts'
import { quoted } from '../../core/task/wording.ts'
import type { PrintedEnd, ProgramOutcome, Programs } from '../../ports/program.ts'
import type { Snapshot, WorkTree } from '../../ports/work-tree.ts'
import { createKeptRuns, type KeptRunsParts } from './kept-runs.ts'

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

/** What a run came to, and on which files: null where there is no repository, and when they were not the same all the time. */
interface Seen {
  outcome: ProgramOutcome
  snapshot: Snapshot | null
  tests: TestCounts | null
}

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
  /**
   * The run belongs to work that is done: the tests of later ones are compared with its. One that is older than that changes nothing. Never
   * rejects.
   */
  accept(run: EvidenceRun, signal: AbortSignal): Promise<void>
}

export interface RecorderParts extends KeptRunsParts {
  programs: Programs
  /** What may be run, by name: program and arguments. */
  checks: Readonly<Record<string, readonly string[]>>
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
  workTree: WorkTree
  /** In PEM. */
  signingKey: { private: string; public: string }
  timeLimitMs: number
}

/**
 * A recorder. Whoever works is not believed: every run that counts is made here, in the role's workspace, of a program that somebody
 * listed under `checks:`, and is signed with a key of the house. No role is given that key, and no program: it is not in their
 * environment, and its file is its owner's alone. What a program could read that runs as this very user is of no use on the bus, where
 * only the task service writes what is kept here, and none for a task: the service counts what it ran itself.
 *
 * What git ignores (installed packages, say) is not among the files that a run is of.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  const { programs, checks, workTree, clock, log, metrics } = parts
  const keptRuns = createKeptRuns(parts)

  return {
    async record(asked, signal) {
      const { outcome, snapshot, tests } = await seen(asked, signal)
      const run = { ...runOf(asked, outcome), tree: snapshot?.tree ?? null, commit: snapshot?.commit ?? null, tests }
      const passed = hasPassed(run)
      if (!signal.aborted) metrics.count('breakroom_checks_total', { what: passed ? 'passed' : 'failed' })
      const doubts = passed ? await doubtsAbout(asked, snapshot, tests, signal) : []
      const signed = sign({ ...run, doubts })
      if (passed && run.tree !== null) await keptRuns.keepPassed(run.tree, signed)
      return signed
    },
    async passing(asked, signal) {
      try {
        const snapshot = await workTree.snapshot(parts.workspace(asked.role), signal)
        if (snapshot === null) return null
        const run = await keptRuns.passedOn(snapshot.tree, asked)
        // The same name may stand for another program by now.
        if (run === null || !isSame(run.argv, checks[asked.check])) return null
        metrics.count('breakroom_checks_total', { what: 'reused' })
        return sign({ ...run, task: asked.task, doubts: await doubtsAbout(asked, snapshot, run.tests, signal) })
      } catch (error) {
        log.warn({ check: asked.check, cause: sentenceOf(error) }, 'an earlier run of a check could not be used')
        return null
      }
    },
    async accept(run, signal) {
      if (run.tests !== null) await keptRuns.accept(sign(run), signal)
    },
  }

  async function seen({ check, role, task, mark }: AskedRun, signal: AbortSignal): Promise<Seen> {
    const argv = checks[check]
    if (argv === undefined) return notRun('is not under checks: in breakroom.yaml any more')
    try {
      const cwd = parts.workspace(role)
      const before = await workTree.snapshot(cwd, signal)
      let tests: TestCounts | null = null
      const count = ({ text, isWhole }: PrintedEnd) => {
        tests = testCounts(text, isWhole)
      }
      const env = task === null ? {} : { BREAKROOM_TASK: task }
      const run = { argv, cwd, env, input: '', timeLimitMs: parts.timeLimitMs, mark, count }
      const outcome = await programs.run(run, signal)
      const after = await workTree.snapshot(cwd, signal)
      const changed = changeBetween(before, after)
      if (changed === null) return { outcome, snapshot: after, tests }
      // It says nothing about the files that are there now, nor about those that were.
      return { outcome: { ...outcome, ended: outcome.ended ?? changed }, snapshot: null, tests }
    } catch (error) {
      // It goes on as part of other sentences.
      return notRun(`could not be run: ${sentenceOf(error).replace(/\.$/, '')}`)
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
    { role, check, base }: Pick<AskedRun, 'role' | 'check' | 'base'>,
    snapshot: Snapshot | null,
    tests: EvidenceRun['tests'],
    signal: AbortSignal,
  ): Promise<string[]> {
    const accepted = await keptRuns.acceptedBefore({ role, check }, signal)
    const testFiles = snapshot?.testFiles ?? noFiles
    // Where it is not known where this work began, the last that was accepted is where it began at the latest.
    const from = base ?? accepted?.commit ?? null
    const began = from === null || snapshot === null ? null : await filesAt(role, from, snapshot, signal)
    const lost = from === null || began !== null ? [] : [snapshot === null ? noRepository : noBeginning]
    // Without it a run would look better than it is.
    const unknown = accepted === undefined ? [noComparison] : []
    const before = { testFiles: began?.testFiles ?? testFiles, tests: accepted?.tests ?? null }
    const now = { testFiles, tests, ignored: began?.ignored ?? [] }
    return [...lost, ...unknown, ...doubtsOf(before, now)].slice(0, 5)
  }

  /** The tests of a commit, and what it had that is ignored now; null when that cannot be said. */
  async function filesAt(role: string, base: string, now: Snapshot, signal: AbortSignal) {
    try {
      const folder = parts.workspace(role)
      const testFiles = await workTree.testFilesAt(folder, base, signal, now.testFiles)
      const ignored = testFiles && (await workTree.ignoredSince(folder, base, signal))
      return testFiles && ignored && { testFiles, ignored }
    } catch (error) {
      log.warn({ role, cause: sentenceOf(error) }, 'the tests at the beginning of a task cannot be read')
      return null
    }
  }

  function sign(run: EvidenceRun): SignedRun {
    return signRun(run, parts.signingKey.private)
  }
}

const noFiles: Snapshot['testFiles'] = new Map()
const noRepository = 'It did not run in a repository, as it did before.'
const noBeginning = 'The commit at which the work began is not there any more, so nobody can say which tests changed.'
const noComparison = 'What its tests came to before cannot be looked up now.'

/** Why a run was of no certain files, for people; null when they were the same all the time, as far as can be seen, or there is no repository. */
function changeBetween(before: Snapshot | null, after: Snapshot | null): string | null {
  if (before?.tree !== after?.tree) return 'the files changed while it ran'
  const touched = before && after && touchedBetween(before.states, after.states)
  if (touched === null) return null
  return `${quoted(touched, 120)} was written or moved while it ran, though it is the same again`
}

function isSame(argv: readonly string[], listed: readonly string[] | undefined): boolean {
  return listed !== undefined && JSON.stringify(argv) === JSON.stringify(listed)
}

/** SHA-256 of nothing. */
const noOutput = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function notRun(ended: string): Seen {
  const outcome = { exitCode: null, ended, durationMs: 0, outputTail: '', outputSha256: noOutput }
  return { outcome, snapshot: null, tests: null }
}
