import type { RungKind } from '../../core/sweep/states.ts'
import { seededRandom } from '../soak/random.ts'
import { type Draw, drawFrom, seedFor } from './distribution.ts'
import type { House } from './house.ts'
import type { Seat } from './seat.ts'
import type { Trouble } from './trouble.ts'
import type { VirtualTask } from './virtual-tasks.ts'
import { looksEveryMs } from './working.ts'

/** What an act comes to in the virtual world. */
export interface Reactions {
  /** `trouble`: the one it was about; null when whoever it was done to was well. */
  to(seat: Seat, kind: RungKind, box: VirtualTask | null, trouble: Trouble | null): void
}

/** How long until a program has taken in what it was told. */
const takenInMs = 5_000

export function createReactions({ scenario, fleet, timeline }: House): Reactions {
  const random = seededRandom(seedFor(scenario.seed, 'healing'))
  const people = drawFrom(scenario.people_answer_minutes)
  const replies = new Map<string, Draw>()

  return {
    to(seat, kind, box, trouble) {
      const { agent } = seat
      const moved = kind === 'reassign' && box !== null
      const taken = kind === 'take_back' && box !== null
      if (moved) {
        fleet.lose(seat, box)
        fleet.give(box.task.role, box)
      } else if (taken && !seat.up) {
        fleet.lose(seat, box)
        fleet.give(agent.name, box)
      }
      if (trouble === null) answerAsUsual(seat, kind, box)
      else if (moved && isAboutQueue(seat) && seat.queue.length === 0) fleet.end(trouble, 'reassign')
      else if (random.chance(trouble.healedBy[kind] ?? 0)) {
        timeline.in(delayOf(seat, kind), () => {
          if (trouble.end === null) fleet.end(trouble, kind)
        })
      }
    },
  }

  /** Whether nothing is wrong with a seat for which nothing waits. */
  function isAboutQueue({ takesNothing, deafTo }: Seat): boolean {
    return takesNothing || deafTo === 'tasks'
  }

  function delayOf({ agent, behaviour }: Seat, kind: RungKind): number {
    if (kind === 'ask' || kind === 'escalate') return people(random)
    return agent.seat === 'people' ? replyOf(agent.behaviour, behaviour.answers_pings.delay_minutes)(random) : takenInMs
  }

  function replyOf(name: string, minutes: Seat['behaviour']['answers_pings']['delay_minutes']): Draw {
    const known = replies.get(name) ?? drawFrom(minutes)
    replies.set(name, known)
    return known
  }

  /** Who is well says so, sooner or later; what was taken from them they take back with their next word. */
  function answerAsUsual(seat: Seat, kind: RungKind, box: VirtualTask | null): void {
    if (box === null || seat.inHand !== box) return
    const { probability, delay_minutes } = seat.behaviour.answers_pings
    const isPing = kind === 'ping' || kind === 'ask' || kind === 'answer'
    if (isPing && !random.chance(probability)) return
    if (!isPing && kind !== 'take_back') return
    const delay = isPing ? replyOf(seat.agent.behaviour, delay_minutes)(random) : looksEveryMs
    timeline.in(delay, () => {
      if (seat.inHand === box && seat.trouble === null) fleet.speak(seat)
    })
  }
}
