import { createHash } from 'node:crypto'
import { closest } from '../../core/closest.ts'
import { BreakroomError } from '../../core/errors.ts'
import type { SignedRun } from '../../core/evidence/run.ts'
import { checkRole } from '../../core/task/create.ts'
import { type EvidenceReply, roleCommandId, type TaskArguments } from '../../core/task/request.ts'
import { refusal, type TaskWorld } from '../../core/task/world.ts'
import type { StopSwitch } from '../../ports/stop-switch.ts'
import type { Asker } from '../asker.ts'
import type { Benches } from './benches.ts'
import type { Recorder } from './recorder.ts'

export interface ServeEvidenceParts {
  recorder: Recorder
  benches: Benches
  stops: StopSwitch
  world: TaskWorld
  /** Nothing is begun after it aborted, and what runs is stopped. */
  signal: AbortSignal
}

/** Runs checks for whoever asks, between submissions. */
export interface ServeEvidence {
  /**
   * Begins the run of this request, or says how far it has come: ask again with the same id until it is done. Rejects with `refused` when
   * there is no such check or role, the role stands still, or too many wait; with `denied` when a role asks for another's workspace.
   */
  answer(args: TaskArguments<'evidence'>, asker: Pick<Asker, 'role'>, request: { id: string }): Promise<EvidenceReply>
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>
}

/** Runs of one role that are under way or wait; whoever verifies its submissions must get a turn. */
const mostOfOne = 3
/** In all. */
const mostInAll = 20
/** Runs that ended and can still be asked about. */
const mostKept = 50
/** How long an answer may wait for the end of a run, ms: a short check then takes one question. */
const patienceMs = 1_000

interface Job {
  check: string
  role: string
  ended: Promise<void>
  /** Null while it runs. */
  run: SignedRun | null
}

/**
 * Runs asked for by people and roles. They are kept in memory: after a crash the same request runs once more, when it is asked again, and
 * what is left of its first run is ended before.
 */
export function serveEvidence({ recorder, benches, stops, world, signal }: ServeEvidenceParts): ServeEvidence {
  const jobs = new Map<string, Job>()

  return {
    async answer({ check, role }, asker, request) {
      if (asker.role !== null && asker.role !== role) {
        const sentence = `${asker.role} may have checks run where it works itself, not in the workspace of ${role}.`
        throw new BreakroomError('denied', sentence, { detail: { rule: 'workspace', requester: asker.role } })
      }
      const id = asker.role === null ? request.id : roleCommandId(asker.role, request.id)
      const job = jobs.get(id) ?? begin(id, check, role)
      if (job.check !== check || job.role !== role) {
        throw refusal('another-run', 'This request asked for another check before; ask anew.')
      }
      await withinPatience(job.ended)
      return job.run === null ? { state: 'running' } : { state: 'done', run: job.run }
    },
    async idle() {
      await Promise.all([...jobs.values()].map(({ ended }) => ended))
    },
  }

  function begin(id: string, check: string, role: string): Job {
    mayBegin(check, role)
    const own = `evidence-${sha256(id)}`
    const asked = { id: own, check, role, task: null, base: null, mark: own }
    const job: Job = { check, role, run: null, ended: Promise.resolve() }
    jobs.set(id, job)
    job.ended = benches
      .use(role, () => recorder.record(asked, signal), signal)
      .catch(() => null)
      .then((run) => {
        // What was cut off by the end of this service is run by the next, if anybody still asks.
        if (run === null || signal.aborted) jobs.delete(id)
        else job.run = run
        forgetOldest()
      })
    return job
  }

  function mayBegin(check: string, role: string): void {
    checkRole(role, world, 'role')
    if (!world.checks.has(check)) {
      const near = closest(check, [...world.checks])
      const hint = near === null ? 'Add it under checks: in breakroom.yaml.' : `Did you mean ${near}?`
      throw refusal('unknown-check', `There is no check "${check}". ${hint}`, { path: 'check' })
    }
    if (stops.stopOf(role) !== null) throw refusal('stopped', `${role} stands still; resume it first.`)
    const open = [...jobs.values()].filter(({ run }) => run === null)
    if (open.length >= mostInAll || open.filter((job) => job.role === role).length >= mostOfOne) {
      throw refusal('busy', `Too many checks wait already for ${role}; ask again when they have run.`)
    }
  }

  /** Those that run are never forgotten, so that none is begun twice. */
  function forgetOldest(): void {
    const over = [...jobs].filter(([, { run }]) => run !== null)
    for (const [id] of over.slice(0, Math.max(0, over.length - mostKept))) jobs.delete(id)
  }
}

async function withinPatience(ended: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, patienceMs)
  await Promise.race([ended, promise])
  clearTimeout(timer)
}

/** Short, and of letters only. */
function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
