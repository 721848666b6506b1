import { sentenceOf } from '../../core/errors.ts'
import { type StopSwitch, whenResumed } from '../../ports/stop-switch.ts'
import { createSlots } from '../slots.ts'
import { createTurns } from '../turns.ts'

/** Where the house runs its checks: one at a time in a folder, two at the same time in all, and none for a role that stands still. */
export interface Benches {
  /** Works when it is the role's turn; null when `until` aborted before that. */
  use<T>(role: string, work: () => Promise<T>, until: AbortSignal): Promise<T | null>
}

const atOnce = 2

export interface BenchesParts {
  stops: StopSwitch
  /** Where a role works. Throws for a role that has no such place. */
  workspace: (role: string) => string
}

export function createBenches({ stops, workspace }: BenchesParts): Benches {
  const turns = createTurns()
  const slots = createSlots(atOnce)
  return {
    async use(role, work, until) {
      for (;;) {
        // Nobody is to wait for a role that stands still, also where several share a folder.
        await whenResumed(stops, role, until)
        if (until.aborted) return null
        const done = await turns.of(placeOf(role), () =>
          slots.use(async () => (until.aborted || stops.stopOf(role) !== null ? null : { value: await work() })),
        )
        if (done !== null) return done.value
      }
    },
  }

  function placeOf(role: string): string {
    try {
      return workspace(role)
    } catch (error) {
      // What has to be said of it is said by whoever wants to work there.
      return `${role}: ${sentenceOf(error)}`
    }
  }
}
