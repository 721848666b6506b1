import { placeOf } from '../core/task/admission.ts'
import type { Task } from '../core/task/task.ts'

type Place = NonNullable<ReturnType<typeof placeOf>>

/** How much a role has: what waits for it, how much of that is one requester's, and what is in its hands. */
interface RoleLoad {
  readonly waiting: number
  readonly inHand: number
  waitingOf(requester: string): number
}

/** What waits for each role and what is in its hands, counted as tasks come and go; with what is about to. */
export interface Load {
  of(role: string): RoleLoad
  /** A task as it stands now; whatever was kept for it is used up. */
  put(task: Task): void
  /** Counts a task in this place from now on; what it returns gives the place back, unless the task was put since. */
  reserve(task: Pick<Task, 'key' | 'role' | 'authority'>, place: Place): Disposable
}

interface Held {
  role: string
  requester: string
  place: Place
}

export function createLoad(): Load {
  const held = new Map<string, Held>()
  const roles = new Map<string, { inHand: number; waiting: number; own: Map<string, number> }>()

  return {
    of(role) {
      const counts = roles.get(role)
      return {
        waiting: counts?.waiting ?? 0,
        inHand: counts?.inHand ?? 0,
        waitingOf: (requester) => counts?.own.get(requester) ?? 0,
      }
    },
    put(task) {
      const place = placeOf(task)
      set(task.key, place === null ? null : heldAt(task, place))
    },
    reserve(task, place) {
      const before = held.get(task.key) ?? null
      const reserved = heldAt(task, place)
      set(task.key, reserved)
      return {
        [Symbol.dispose]() {
          if (held.get(task.key) === reserved) set(task.key, before)
        },
      }
    },
  }

  function set(key: string, now: Held | null): void {
    const before = held.get(key)
    if (before !== undefined) count(before, -1)
    if (now === null) held.delete(key)
    else {
      held.set(key, now)
      count(now, 1)
    }
  }

  function count({ role, requester, place }: Held, by: 1 | -1): void {
    const counts = roles.get(role) ?? { inHand: 0, waiting: 0, own: new Map<string, number>() }
    roles.set(role, counts)
    if (place === 'in-hand') {
      counts.inHand += by
      return
    }
    counts.waiting += by
    const own = (counts.own.get(requester) ?? 0) + by
    if (own === 0) counts.own.delete(requester)
    else counts.own.set(requester, own)
  }
}

function heldAt({ role, authority }: Pick<Task, 'role' | 'authority'>, place: Place): Held {
  return { role, requester: authority.requester, place }
}
