import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { timingFor } from '../../../../adapters/irc/options.ts'
import { createSupervisor } from '../../../../adapters/irc/voice/supervisor.ts'

const timing = timingFor({ pace: { burst: 4, perSecond: 1 } })

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A supervisor whose every attempt fails at once, and the waits between them at the least of chance. */
function waitsBetween(attempts: number, ending: { banned: boolean; livedMs: number }): number[] {
  const at: number[] = []
  const supervisor = createSupervisor({
    timing,
    random: () => 1,
    connect() {
      at.push(Date.now())
      if (at.length <= attempts) supervisor.ended({ reason: 'refused', ...ending })
    },
  })
  supervisor.start(0)
  vi.advanceTimersByTime(3_600_000)
  return at.slice(1).map((time, index) => time - (at[index] ?? 0))
}

describe('F42: waits between attempts', () => {
  it('double up to the cap, and never end', () => {
    expect(waitsBetween(10, { banned: false, livedMs: 0 })).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000,
    ])
  })

  it('begin anew after a connection that lived', () => {
    expect(waitsBetween(4, { banned: false, livedMs: 60_000 })).toEqual([500, 500, 500, 500])
  })

  it('are long from the first when the server has banned us', () => {
    expect(waitsBetween(5, { banned: true, livedMs: 0 })).toEqual([60_000, 120_000, 240_000, 300_000, 300_000])
  })
})
