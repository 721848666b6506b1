import { createMemoryPresence } from '../../../adapters/memory/presence.ts'
import { presenceContract } from '../../contract/presence.ts'

presenceContract('memory', async () => {
  let elapsed = 0
  return {
    presence: createMemoryPresence({ clock: { now: () => new Date(elapsed), monotonic: () => elapsed } }),
    pass: async (ms) => {
      elapsed += ms
    },
  }
})
