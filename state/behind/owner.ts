import { BreakroomError, isBreakroomError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { StateFile } from '../../ports/state-file.ts'
import type { OwnedStore } from '../../ports/store.ts'
import { askFile } from './ask-file.ts'
import type { Tries } from './tries.ts'

/** Whose the store is. */
export interface Ownership {
  /** Resolves when the store is this fleet's, made so if it was nobody's. Rejects with `conflict` when it is another's. */
  sure(options?: Parameters<Tries>[1]): Promise<void>
  /** It is looked at again before the next write. */
  forget(): void
}

/** What was seen so long ago is believed; another fleet may take the store over while we write. */
const believedMs = 15_000
/** So long after another fleet took the store over, nothing comes any more from the one before: it believed, and a write was under way. */
export const handoverMs = believedMs + 15_000
/** Somebody else may make it theirs just then. */
const attempts = 3
/** In which store the file knows its changes to be, by its title. */
const note = 'behind'

interface Moment {
  wall: number
  monotonic: number
}

export function createOwnership(parts: {
  file: Pick<StateFile, 'fleet' | 'pending' | 'note' | 'setNote'>
  store: OwnedStore
  tries: Tries
  clock: Clock
  log: Log
}): Ownership {
  const { file, store, tries, clock, log } = parts
  let seen: Moment | null = null
  let looking: Promise<void> | null = null

  return {
    sure(options) {
      if (seen !== null && elapsedSince(seen) < believedMs) return Promise.resolve()
      looking ??= look(options).finally(() => {
        looking = null
      })
      return looking
    },
    forget() {
      seen = null
    },
  }

  /** By whichever clock says more: the monotonic one stands still while the machine sleeps, and another fleet does not. */
  function elapsedSince({ wall, monotonic }: Moment): number {
    return Math.max(clock.now().getTime() - wall, clock.monotonic() - monotonic)
  }

  async function look(options: Parameters<Tries>[1]): Promise<void> {
    for (let tried = 1; tried <= attempts; tried++) {
      const began = { wall: clock.now().getTime(), monotonic: clock.monotonic() }
      const owner = await tries(() => store.owner(), options)
      if (owner !== null && owner !== file.fleet) break
      await begin(owner === null)
      if (owner === null && !(await claimed(options))) continue
      seen = began
      return
    }
    const sentence = `${store.title} belongs to another fleet; "breakroom state import firestore" takes it over with what is in it`
    throw new BreakroomError('conflict', sentence)
  }

  /** Before the store is ours: a kill in between must not leave a store that is ours and that nobody fills. */
  async function begin(nobodys: boolean): Promise<void> {
    const known = await askFile(() => file.note(note))
    if (nobodys || (known !== null && known !== store.title)) {
      log.info({ store: store.title }, 'state: everything is written to the store behind, which is new')
      await askFile(() => file.pending.startOver())
    }
    if (known !== store.title) await askFile(() => file.setNote(note, store.title))
  }

  async function claimed(options: Parameters<Tries>[1]): Promise<boolean> {
    try {
      await tries(() => store.own(file.fleet, null), options)
      return true
    } catch (error) {
      if (isBreakroomError(error, 'conflict')) return false
      throw error
    }
  }
}
