import { setTimeout as pause } from 'node:timers/promises'
import { isBreakroomError, sentenceOf } from '../core/errors.ts'
import { pendingStep } from '../core/task/steps.ts'
import type { Task } from '../core/task/task.ts'
import { system } from '../core/task/world.ts'
import type { Log } from '../ports/log.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { ProgramOutcome, Programs } from '../ports/program.ts'
import { type StopSwitch, whenResumed } from '../ports/stop-switch.ts'
import type { TaskService } from './service.ts'
import { createSlots } from './slots.ts'
import { createTurns } from './turns.ts'

export interface VerifierParts {
  service: TaskService
  programs: Programs
  /** What may be run, by name: program and arguments. */
  checks: Readonly<Record<string, readonly string[]>>
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
  timeLimitMs: number
  /** Checks of a role that stands still wait. */
  stops: StopSwitch
  log: Log
  metrics: Metrics
  signal: AbortSignal
}

/** Runs the checks that submissions wait for. */
export interface Verifier {
  /** Looks at a task that changed: begins its check, or stops one that nobody waits for any more. */
  look(task: Task): void
  /** Resolves when nothing runs any more; nothing is begun after `signal` aborted. */
  idle(): Promise<void>
}

/** Checks at the same time; those of one role go one after another, because they share its workspace. */
const atOnce = 2
const againAfterMs = 500

/**
 * A verifier that works from the tasks as they stand, not from messages: after a crash every submission that waits for a check is
 * seen again, and a check that was cut off runs once more. Its outcome is recorded for the submission that it was run for, or not
 * at all.
 */
export function createVerifier(parts: VerifierParts): Verifier {
  const { service, programs, checks, stops, log, metrics, signal } = parts
  const running = new Map<string, { what: string; stop: AbortController }>()
  const ends = new Set<Promise<void>>()
  const turns = createTurns()
  const slots = createSlots(atOnce)

  return {
    look(task) {
      const step = pendingStep(task)
      const what = step?.kind === 'check' ? `${task.result?.epoch}:${task.passed}` : null
      const current = running.get(task.key)
      if (current !== undefined && current.what !== what) {
        current.stop.abort()
        running.delete(task.key)
      }
      if (step?.kind !== 'check' || what === null || running.has(task.key) || signal.aborted) return
      const stop = new AbortController()
      const job = { what, stop }
      running.set(task.key, job)
      const ended = turns
        .of(task.role, () => verify(task, step.check, AbortSignal.any([signal, stop.signal])))
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

  async function verify(task: Task, check: string, until: AbortSignal): Promise<void> {
    for (let begun = false; !begun && !until.aborted; ) {
      // Nobody is to wait for a role that stands still.
      await whenResumed(stops, task.role, until)
      begun = await slots.use(async () => {
        if (stops.stopOf(task.role) !== null) return false
        await runAndRecord(task, check, until)
        return true
      })
    }
  }

  async function runAndRecord(task: Task, check: string, until: AbortSignal): Promise<void> {
    if (until.aborted) return
    const outcome = await outcomeOf(task, check, until)
    // Nobody waits for it any more, or it will be run again.
    if (until.aborted) return
    metrics.count('breakroom_checks_total', {
      what: outcome.exitCode === 0 && outcome.ended === null ? 'passed' : 'failed',
    })
    await record(task, check, outcome, until)
  }

  async function outcomeOf(task: Task, check: string, until: AbortSignal): Promise<ProgramOutcome> {
    const argv = checks[check]
    try {
      if (argv === undefined) return notRun(`is not under checks: in breakroom.yaml any more`)
      return await programs.run(
        {
          argv,
          cwd: parts.workspace(task.role),
          env: { BREAKROOM_TASK: task.label },
          input: '',
          timeLimitMs: parts.timeLimitMs,
          mark: `check-${task.key}`,
        },
        until,
      )
    } catch (error) {
      return notRun(`could not be run: ${sentenceOf(error)}`)
    }
  }

  async function record(task: Task, check: string, outcome: ProgramOutcome, until: AbortSignal): Promise<void> {
    const { exitCode, ended, durationMs, outputTail, outputSha256 } = outcome
    const run = {
      check,
      argv: [...(checks[check] ?? [])],
      exit_code: exitCode,
      ended: ended?.slice(0, 300) ?? null,
      duration_ms: Math.round(durationMs),
      output_tail: outputTail,
      output_sha256: outputSha256,
    }
    const epoch = task.result?.epoch ?? task.epoch
    const evidence = { step: task.passed, epoch, passed: false, by: null, comment: '', run }
    const id = `check:${task.key}:${epoch}:${task.passed}`
    while (!until.aborted) {
      try {
        await service.command(task.key, { type: 'record_check', evidence }, system, {
          id,
          trace: task.trace,
          cause: null,
        })
        return
      } catch (error) {
        if (!isBreakroomError(error, 'unavailable') && !isBreakroomError(error, 'conflict')) throw error
        metrics.count('breakroom_retries_total', { what: 'check' })
        await pause(againAfterMs, undefined, { signal: until }).catch(() => {})
      }
    }
  }
}

/** SHA-256 of nothing. */
const noOutput = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

function notRun(ended: string): ProgramOutcome {
  return { exitCode: null, ended, durationMs: 0, outputTail: '', outputSha256: noOutput }
}
