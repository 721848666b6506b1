import { describe, expect, it } from 'vitest'
import { type Heartbeat, presenceTtlMs } from '../../core/heartbeat.ts'
import type { Presence } from '../../ports/presence.ts'

/** What a presence store is made with: `pass` lets time go by for it. */
export interface PresenceUnderTest {
  presence: Presence
  pass(ms: number): Promise<void>
}

/** What every presence store promises. `create` gives an empty one. */
export function presenceContract(name: string, create: () => Promise<PresenceUnderTest>): void {
  describe(`presence in ${name}`, () => {
    it('lists each role with its last heartbeat', async () => {
      const { presence } = await create()
      await presence.record(beat('cto', 1, 'starting'))
      await presence.record(beat('cto', 1, 'working'))
      await presence.record(beat('ceo', 7, 'ready'))

      const list = await presence.list()

      expect(list.toSorted((a, b) => a.role.localeCompare(b.role))).toEqual([
        beat('ceo', 7, 'ready'),
        beat('cto', 1, 'working'),
      ])
    })

    it('knows nobody at first', async () => {
      const { presence } = await create()
      expect(await presence.list()).toEqual([])
    })

    it('ignores the heartbeat of an older epoch, and takes that of a newer one', async () => {
      const { presence } = await create()
      await presence.record(beat('cto', 5, 'working'))
      await presence.record(beat('cto', 4, 'leaving'))
      expect(await presence.list()).toEqual([beat('cto', 5, 'working')])

      await presence.record(beat('cto', 6, 'starting'))
      expect(await presence.list()).toEqual([beat('cto', 6, 'starting')])
    })

    it('forgets a role that leaves, but not because a zombie of it leaves', async () => {
      const { presence } = await create()
      await presence.record(beat('cto', 5, 'ready'))

      await presence.remove('cto', 4)
      expect(await presence.list()).toHaveLength(1)

      await presence.remove('cto', 5)
      expect(await presence.list()).toEqual([])
    })

    it('forgets a role that has been quiet for longer than its time to live', async () => {
      const { presence, pass } = await create()
      await presence.record(beat('cto', 1, 'ready'))
      await pass(presenceTtlMs - 1_000)
      await presence.record(beat('ceo', 1, 'ready'))
      expect(await presence.list()).toHaveLength(2)

      await pass(1_001)
      expect(await presence.list()).toEqual([beat('ceo', 1, 'ready')])
    })
  })
}

export function beat(role: string, epoch: number, state: Heartbeat['state']): Heartbeat {
  return { role, epoch, state, at: '2026-11-21T10:00:00.000Z' }
}
