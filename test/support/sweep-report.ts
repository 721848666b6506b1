import type { SweepReport } from '../../core/sweep/report.ts'
import type { AgentState } from '../../core/sweep/states.ts'

const at = '2026-03-02T12:00:00.000Z'

/** A report of a fleet that is well, with what a test does not care about filled in. */
export function anyReport(changes: Partial<SweepReport> = {}): SweepReport {
  return {
    at,
    asked: true,
    took_ms: 41,
    states: { healthy: ['ceo', 'cfo', 'cso', 'cto', 'devops'] },
    agents: [],
    organs: [],
    acts: [],
    held: null,
    ...changes,
  }
}

/** What `anyReport` says of one agent that has been so for that many minutes. */
export function reported(
  role: string,
  state: AgentState,
  minutes: number,
  why: string,
  task: string | null = null,
): SweepReport['agents'][number] {
  return { role, state, task, since: new Date(Date.parse(at) - minutes * 60_000).toISOString(), why }
}
