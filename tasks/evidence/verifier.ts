import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError, sentenceOf } from '../../core/errors.ts'
import { type EvidenceRun, hasPassed } from '../../core/evidence/run.ts'
import { pendingStep } from '../../core/task/steps.ts'
import type { Evidence, Step, Task } from '../../core/task/task.ts'
import { system } from '../../core/task/world.ts'
import type { Artifacts } from '../../ports/artifacts.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { TaskService } from '../service.ts'
import type { Benches } from './benches.ts'
import { type Gate, recheck } from './gate.ts'
import type { Recorder } from './recorder.ts'

export interface VerifierParts {
  service: TaskService
  recorder: Recorder
  gate: Gate
  benches: Benches
  artifacts: Artifacts
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Sees to the steps that submissions wait for and nobody has to judge: runs checks, looks for artifacts. */
export interface Verifier {
  /** Looks at a task that changed: begins its step, or stops one that nobody waits for any more. */
  look(task: Task): void
  /** Resolves when nothing runs any more; nothing is begun after `signal` aborted. */
  idle(): Promise<void>
}

type OwnStep = Extract<Step, { kind: 'check' | 'artifact' }>
type Seen = Pick<Evidence, 'passed' | 'comment' | 'run' | 'artifact'>

const againAfterMs = 500
/** So often the checks of one submission begin again because its files changed; then it is no submission. */
const mostRechecks = 3

/**
 * A verifier that works from the tasks as they stand, not from messages: after a crash every submission that waits for a check is
 * seen again, and a check that was cut off runs once more. Its outcome is recorded for the submission that it was run for, or not
 * at all.
 */
export function createVerifier(parts: VerifierParts): Verifier {
  const { service, recorder, gate, benches, artifacts, log, metrics, signal } = parts
  const running = new Map<string, { what: string; stop: AbortController }>()
  const ends = new Set<Promise<void>>()

  return {
    look(task) {
      const step = ownStep(task)
      const what = step === null ? null : `${task.result?.epoch}:${task.passed}`
      const current = running.get(task.key)
      if (current !== undefined && current.what !== what) {
        current.stop.abort()
        running.delete(task.key)
      }
      if (step === null || what === null || running.has(task.key) || signal.aborted) return
      const stop = new AbortController()
      const job = { what, stop }
      running.set(task.key, job)
      const until = AbortSignal.any([signal, stop.signal])
      const ended = benches
        .use(task.role, () => seeAndRecord(task, step, until), until)
        .catch((error) => log.error({ task: task.label, cause: sentenceOf(error) }, 'a check could not be recorded'))
        .then(() => {
          ends.delete(ended)
          if (running.get(task.key) === job) running.delete(task.key)
        })
      ends.add(ended)
    },
    async idle() {
      await Promise.all(ends)
    },
  }

  async function seeAndRecord(task: Task, step: OwnStep, until: AbortSignal): Promise<void> {
    const seen = await (step.kind === 'check' ? seeCheck(task, step.check, until) : seeArtifact(task, step.path, until))
    // Nobody waits for it any more, or it will be run again.
    if (until.aborted) return
    await insist(until, () => record(task, seen, until))
  }

  async function seeCheck(task: Task, check: string, until: AbortSignal): Promise<Seen> {
    const { role, label, base } = task
    const asked = { id: idOf(task), check, role, task: label, base, mark: `check-${task.key}` }
    const { run } = (await recorder.passing(asked, until)) ?? (await recorder.record(asked, until))
    return { passed: hasPassed(run), comment: '', run: evidenceOf(run) }
  }

  async function seeArtifact(task: Task, path: string, until: AbortSignal): Promise<Seen> {
    try {
      const found = await artifacts.look(parts.workspace(task.role), path, until)
      if ('missing' in found) return { passed: false, comment: `${path} ${found.missing}` }
      return { passed: true, comment: '', artifact: { path, ...found } }
    } catch (error) {
      return { passed: false, comment: `${path} could not be looked at: ${sentenceOf(error)}`.slice(0, 2_000) }
    }
  }

  async function record(task: Task, seen: Seen, until: AbortSignal): Promise<void> {
    const epoch = task.result?.epoch ?? task.epoch
    const evidence = { ...seen, step: task.passed, epoch, by: null }
    const why = seen.passed ? await changedMeanwhile(task, until) : null
    if (until.aborted) return
    if (why !== null && timesChecked(task) <= mostRechecks) return recheck(service, task, why, task.trace)
    const counted = why === null ? evidence : failed(evidence, `passed, but ${why}, again and again`)
    const command = { type: 'record_check', evidence: counted } as const
    await service.command(task.key, command, system, { id: idOf(task), trace: task.trace, cause: null })
  }

  /** Why checks that this submission passed before count no more, when this step is its last and would make the task done. */
  async function changedMeanwhile(task: Task, until: AbortSignal): Promise<string | null> {
    if (task.passed + 1 < task.verification.length) return null
    try {
      return task.passed === 0 ? null : await gate.hasChanged(task, until)
    } catch (error) {
      return sentenceOf(error)
    }
  }

  async function insist(until: AbortSignal, act: () => Promise<void>): Promise<void> {
    while (!until.aborted) {
      try {
        return await act()
      } catch (error) {
        if (until.aborted) return
        if (!isBreakroomError(error, 'unavailable') && !isBreakroomError(error, 'conflict')) throw error
        metrics.count('breakroom_retries_total', { what: 'check' })
        await pause(againAfterMs, undefined, { signal: until }).catch(() => {})
      }
    }
  }
}

/** The step that a submission waits for, when the service sees to it itself. */
function ownStep(task: Task): OwnStep | null {
  const step = pendingStep(task)
  return step?.kind === 'check' || step?.kind === 'artifact' ? step : null
}

/** Of what is seen now: another when the same step is seen again, because the files changed. */
function idOf({ key, result, epoch, passed, version }: Task): string {
  return `check:${key}:${result?.epoch ?? epoch}:${passed}:${version}`
}

/** How often the first check of this submission has passed. */
function timesChecked({ evidence, result }: Task): number {
  const passed = evidence.filter((one) => one.passed && one.epoch === result?.epoch && one.run !== undefined)
  const [first] = passed
  return passed.filter(({ run }) => run?.check === first?.run?.check).length
}

function failed(evidence: Evidence, why: string): Evidence {
  const { run } = evidence
  return {
    ...evidence,
    passed: false,
    comment: why.slice(0, 2_000),
    ...(run === undefined ? {} : { run: { ...run, ended: why.slice(0, 300) } }),
  }
}

/** A run as a task's record has it. */
function evidenceOf({ check, argv, exit_code, ended, duration_ms, ...run }: EvidenceRun): NonNullable<Evidence['run']> {
  const { output_tail, output_sha256, tree, commit, tests, doubts } = run
  return { check, argv, exit_code, ended, duration_ms, output_tail, output_sha256, tree, commit, tests, doubts }
}
