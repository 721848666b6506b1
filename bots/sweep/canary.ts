import { sentenceOf } from '../../core/errors.ts'
import { subjectOfLine } from '../../core/house-line.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { type CanaryReply, canaryLine, canaryReplySchema } from '../../core/sweep/canary.ts'
import { canaryOrgans, canaryPatienceMs, type OrganFinding } from '../../core/sweep/organs.ts'
import type { Publisher, Services } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'

/** Lets a line fly through every platform, and learns at the next sweep whether it was heard. */
export interface Canary {
  /** What became of the last one; empty when none was sent yet. Never rejects. */
  organs(): Promise<OrganFinding[]>
  /** Sends the next one, when the last one has had its time. Never rejects. */
  fly(): Promise<void>
}

export interface CanaryParts {
  bus: Services
  /** The connection of the role that says it. */
  own: Publisher
  subjects: OrgSubjects
  role: { name: string; nick: string }
  /** Null when the fleet has none; then nothing flies. */
  room: { name: string; visibility: 'public' | 'private' } | null
  clock: Pick<Clock, 'now'>
  log: Log
}

const answerWithinMs = 2_000

export function createCanary({ bus, own, subjects, role, room, clock, log }: CanaryParts): Canary {
  let sent: { id: string; at: number } | null = null
  /** It was not heard everywhere, and has time yet. */
  let flying = false

  return {
    async organs() {
      if (sent === null) return []
      const { id, at } = sent
      const reply = await askAbout(id)
      const now = clock.now().getTime()
      const found = canaryOrgans(reply, at, now)
      flying = now - at <= canaryPatienceMs && found.some(({ state }) => state === 'unknown')
      return found
    },
    async fly() {
      if (room === null || flying) return
      const at = clock.now()
      const line = canaryLine({ role: role.name, nick: role.nick, room, at })
      try {
        await own.publish(subjectOfLine(subjects, line), line)
        sent = { id: line.id, at: at.getTime() }
      } catch (error) {
        log.warn({ cause: sentenceOf(error) }, 'sweep: the canary could not be sent')
      }
    },
  }

  async function askAbout(id: string): Promise<CanaryReply | null> {
    try {
      return canaryReplySchema.parse(await bus.request(subjects.service('bridge', 'canary'), { id }, answerWithinMs))
    } catch {
      return null
    }
  }
}
