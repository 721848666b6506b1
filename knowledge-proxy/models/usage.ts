import { type Envelope, envelopeVersion, traceOf } from '../../core/envelope.ts'
import { sentenceOf } from '../../core/errors.ts'
import { desk } from '../../core/route.ts'
import { eventSubject } from '../../core/subject.ts'
import type { Publisher } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** What was used and not told yet. */
interface Used {
  calls: number
  input_tokens: number
  output_tokens: number
}

/** Puts on the record which tokens were used for a role. */
export interface UsageTold {
  /** A call used so many. */
  used(tokens: { input: number; output: number }): void
  /** Tells what is left, if the bus takes it. */
  close(): Promise<void>
}

const everyMs = 60_000

/**
 * Tells the record what models used for a role, in sums, each `everyMs` after its first call, and nothing where nothing was used. What the bus
 * does not take is told with the next one, once.
 */
export function tellUsage(
  parts: { role: string; bus: Publisher; clock: Clock; newId: () => string; log: Log },
  every = everyMs,
): UsageTold {
  const { role, bus, clock, newId, log } = parts
  let sum: Used = { calls: 0, input_tokens: 0, output_tokens: 0 }
  /** It may be stored already: it is told again as it is. */
  let untold: Envelope[] = []
  let timer: NodeJS.Timeout | null = null
  let telling: Promise<void> = Promise.resolve()

  return {
    used({ input, output }) {
      sum = {
        calls: sum.calls + 1,
        input_tokens: sum.input_tokens + input,
        output_tokens: sum.output_tokens + output,
      }
      schedule()
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      return tell()
    },
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      timer = null
      void tell().then(() => {
        if (untold.length > 0) schedule()
      })
    }, every)
  }

  function tell(): Promise<void> {
    telling = telling.then(publish)
    return telling
  }

  async function publish(): Promise<void> {
    if (sum.calls > 0) untold.push(usageEnvelope(newId(), role, clock.now(), sum))
    sum = { calls: 0, input_tokens: 0, output_tokens: 0 }
    const [...all] = untold
    for (const envelope of all) {
      try {
        await bus.publish(eventSubject(desk, 'role', 'usage'), envelope)
        untold = untold.filter((one) => one !== envelope)
      } catch (error) {
        log.warn({ cause: sentenceOf(error) }, 'knowledge: what models used could not be put on the record yet')
        return
      }
    }
  }
}

/** The proxy speaks as the house, and names the role: that one cannot tell it by itself. */
function usageEnvelope(id: string, role: string, at: Date, used: Used): Envelope {
  return {
    specversion: '1.0',
    version: envelopeVersion,
    id: `usage:${id}`,
    source: 'knowledge-proxy',
    type: 'role.usage',
    time: at.toISOString(),
    actor: desk,
    authority: { requester: desk, chain: [] },
    trace: traceOf(`usage:${id}`),
    hops: 0,
    data: { role, ...used },
  }
}
