import { type Envelope, envelopeVersion, traceOf } from '../envelope.ts'
import type { SweepReport } from './report.ts'

/** A report as it goes on the public record: `events.<role>.sweep.report`. */
export function reportEvent(role: string, report: SweepReport): Envelope {
  const id = `sweep:${role}:${report.at}`
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id,
    source: 'bots/sweep',
    type: 'sweep.report',
    time: report.at,
    actor: role,
    authority: { requester: role, chain: [] },
    trace: traceOf(id),
    hops: 0,
    data: report,
  }
}
