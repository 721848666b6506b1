import { authorize } from '../../core/authority.ts'
import { traceCode } from '../../core/envelope.ts'
import { isBreakroomError, isRefusal } from '../../core/errors.ts'
import type { InboxEnvelope } from '../../core/handover.ts'
import type { Answer } from '../../core/knowledge/answer.ts'
import { answerActions, answerForAgent, answerLines } from '../../core/knowledge/answer-lines.ts'
import { isPerson } from '../../core/person.ts'
import { pongWithTime, replyBeforeAsking, type SeatCard } from '../../core/reply.ts'
import type { OrgSubjects } from '../../core/subject.ts'
import { asidePrefix } from '../../core/verbs.ts'
import type { Publisher, Services } from '../../ports/bus.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { answer } from '../answer.ts'
import { askProxy } from './ask-proxy.ts'

/** How long whoever asked is left without an answer, in ms. */
export interface AskingPatience {
  /** For one try. Shorter than the restart of a proxy that was killed in the middle of it. */
  withinMs: number
  /** Then they are told that it takes longer. */
  stillAfterMs: number
  giveUpAfterMs: number
}

const usual: AskingPatience = { withinMs: 4_000, stillAfterMs: 5_000, giveUpAfterMs: 10 * 60_000 }
/** After a restart of ours the proxy may need a while too: what is old by then is not given up at the first failure. */
const leastPatienceMs = 30_000
const gaveUp = 'I gave up: the knowledge proxy has not answered for ten minutes. Ask again later.'

export interface KnowledgeBotParts {
  name: string
  card: Pick<SeatCard, 'name' | 'mission' | 'reportsTo'>
  bus: Publisher & Services
  subjects: OrgSubjects
  /** Networks where people can press buttons. */
  withButtons: ReadonlySet<string>
  /** Hosts that answers may link to. */
  links: readonly string[]
  patience?: AskingPatience
  clock: Clock
  log: Log
  metrics: Metrics
}

/**
 * What a seat that answers questions does with an item: it has the knowledge proxy answer, and says that where it was asked, once. While the proxy is
 * away the item is held: whoever asked hears so after some seconds, and the answer when it is back, or that there will be none.
 */
export function createKnowledgeBot(
  parts: KnowledgeBotParts,
): (item: InboxEnvelope, shift: AbortSignal) => Promise<void> {
  const { name, bus, subjects, clock, metrics, patience = usual } = parts
  const seat = { name, bus, subjects, now: clock.now }
  /** The item that is held, since when, and whether nobody served when it was last asked. */
  let held: { item: string; since: number; away: boolean } | null = null

  return async function handle(item, shift) {
    const action = item.type === 'inbox.ping' ? 'command.ping' : 'knowledge.ask'
    // Asked again here, at the last door before an effect: the router's word is not the only lock.
    const verdict = authorize({ action, requester: { actor: item.authority.requester, tier: item.data.tier } })
    if (!verdict.allowed) {
      metrics.count('breakroom_denied_total', { rule: verdict.rule })
      return
    }
    const { line, body } = item.data
    const ageMs = Math.max(0, clock.now().getTime() - Date.parse(line.time))
    const said = { body, speaker: speakerOf(item), ageMs, code: traceCode(item.trace) }
    const own = item.type === 'inbox.ping' ? pongWithTime(said) : replyBeforeAsking(parts.card, said)
    if (own !== null) return answer(seat, item, own)
    await answerQuestion(item, shift)
  }

  async function answerQuestion(item: InboxEnvelope, shift: AbortSignal): Promise<void> {
    const found = await ask(item, shift)
    // Should it come again it has its answer, and nobody waits for it.
    held = null
    if (typeof found === 'string') await answer(seat, item, inFront(item, found))
    else await say(item, found)
  }

  /** The answer, or a sentence when there will be none. Rejects with `unavailable` when it is to be asked again. */
  async function ask(item: InboxEnvelope, shift: AbortSignal): Promise<Answer | string> {
    const begun = clock.monotonic()
    if (held?.item !== item.id) held = { item: item.id, since: begun, away: false }
    const asking = held
    const stillIn = Math.max(0, asking.since + patience.stillAfterMs - begun)
    const still = setTimeout(() => void sayStill(item, asking.away), stillIn)
    try {
      return await askProxy({ bus, subjects, name, withinMs: patience.withinMs }, item, shift)
    } catch (error) {
      if (isRefusal(error)) return error.message
      if (!isBreakroomError(error, 'unavailable') || shift.aborted) throw error
      // Where nobody serves, that is known at once.
      asking.away = clock.monotonic() - begun < patience.withinMs / 2
      if (!isOver(item, asking.since)) throw error
      return gaveUp
    } finally {
      clearTimeout(still)
    }
  }

  async function say(item: InboxEnvelope, found: Answer): Promise<void> {
    const { aside, origin } = item.data.line.data
    const to = speakerOf(item)
    const { links } = parts
    if (!isPerson(item.actor)) return answer(seat, item, answerForAgent(found, { to, links }))
    const canPress = origin !== undefined && parts.withButtons.has(origin.network)
    const prefix = aside === undefined ? '!' : asidePrefix
    await answer(seat, item, answerLines(found, { to, canPress, prefix, links }), answerActions(found))
  }

  /** An id of its own: the answer comes later. A repeat shows once. */
  async function sayStill(item: InboxEnvelope, away: boolean): Promise<void> {
    const why = away ? '; the knowledge proxy is being restarted' : ''
    try {
      await answer(
        seat,
        { ...item, id: `still:${item.id}` },
        inFront(item, `${speakerOf(item) === null ? 'Still' : 'still'} looking${why}.`),
      )
    } catch (cause) {
      parts.log.warn({ cause: String(cause) }, 'nobody could be told that an answer takes longer')
    }
  }

  function isOver(item: InboxEnvelope, since: number): boolean {
    const age = clock.now().getTime() - Date.parse(item.time)
    const tried = clock.monotonic() - since
    return age > patience.giveUpAfterMs && tried > Math.min(leastPatienceMs, patience.giveUpAfterMs)
  }
}

/** Whom an answer is for by name, where others read it too. */
function speakerOf({ data: { line } }: InboxEnvelope): string | null {
  return line.data.voice === undefined ? line.data.speaker : null
}

function inFront(item: InboxEnvelope, sentence: string): string {
  const speaker = speakerOf(item)
  return speaker === null ? sentence : `${speaker}: ${sentence}`
}
