import { afterAll } from 'vitest'
import { createMemoryTimers } from '../../../adapters/memory/timers.ts'
import { systemClock } from '../../../adapters/process/system-clock.ts'
import type { Timers } from '../../../ports/timers.ts'
import { timersContract } from '../../contract/timers.ts'

const open: Timers[] = []
afterAll(() => Promise.all(open.map((timers) => timers.close())))

timersContract('memory', async () => {
  const timers = createMemoryTimers({ clock: systemClock })
  open.push(timers)
  return timers
})
