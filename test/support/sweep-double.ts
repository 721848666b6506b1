import { orgSubjects } from '../../core/subject.ts'
import type { SweepReport } from '../../core/sweep/report.ts'
import type { NatsServer } from './nats.ts'
import { anyReport } from './sweep-report.ts'

/** A sweep on the bus that answers as it is told. */
export interface SweepDouble {
  /** Verbs, oldest first. */
  asked: string[]
  /** What a sweep finds from now on. */
  run: () => unknown
  /** The last one. */
  last: SweepReport | null
  troubles: string[]
  /** Ends it without an answer to what it has in hand. */
  kill(): Promise<void>
}

/** Starts a double; it finds `anyReport` unless told otherwise. */
export async function sweepDouble(nats: NatsServer): Promise<SweepDouble> {
  const { bus } = nats.as({ kind: 'sweep' })
  const { service } = orgSubjects('breakroom')
  const stop = new AbortController()
  const double: SweepDouble = {
    asked: [],
    run: () => anyReport(),
    last: null,
    troubles: [],
    async kill() {
      stop.abort()
      await bus.close()
    },
  }
  const answers = {
    run: () => double.run(),
    report: () => double.last,
    status: () => ({ part: 'sweep', troubles: double.troubles }),
  }
  const endpoints = Object.entries(answers).map(([verb, answer]) => {
    const handler = async () => {
      double.asked.push(verb)
      return answer()
    }
    return [verb, { subject: service('sweep', verb), handler }] as const
  })
  await bus.serve('sweep', Object.fromEntries(endpoints), stop.signal)
  return double
}
