import { BreakroomError, isBreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine, Posted } from '../../../ports/chat.ts'
import { LruMap } from '../../lru-map.ts'
import { postTo } from '../web/post-to.ts'
import type { AnswerUrls } from './answer-urls.ts'
import { passing } from './backoff.ts'
import type { DeliveryParts } from './delivery.ts'
import { blocksOf } from './drawing.ts'
import { type Entry, refuse, settle } from './outbox.ts'
import { outcomeOf } from './post-message.ts'

export interface WhisperParts
  extends Pick<
    DeliveryParts,
    'network' | 'places' | 'backoff' | 'drawActions' | 'callMs' | 'clock' | 'log' | 'metrics' | 'signal'
  > {
  urls: AnswerUrls
  /** Says it in a DM: everybody can be reached there. */
  directly(line: OutgoingLine): Promise<Posted>
}

/** What only one person is to see, and where. */
interface Whisper {
  text: string
  blocks: readonly unknown[] | null
  thread: string | null
  user: string
  room: string
  as: OutgoingLine['as']
}

/** What trying to show it ended with: `impossible` when there is no way, so nothing was shown. */
type Tried = 'shown' | 'unknown' | 'impossible'

/**
 * One round for lines that only one person sees where they stand: over the address that Slack gave with what they did, else as an
 * ephemeral message, else as a DM. Nobody can look such a message up, so one process sends none of it twice.
 */
export function createWhispering(parts: WhisperParts): (waiting: readonly Entry[]) => Promise<void> {
  const { network, urls, places, backoff, log, metrics, signal } = parts
  const done = new LruMap<string, true>(5_000)

  return async function whisper(waiting) {
    const [entry] = waiting
    if (entry === undefined) return
    const { target, id } = entry.line
    if ('room' in target || target.aside === undefined) return
    const key = JSON.stringify([target.nick, target.aside, id])
    if (done.has(key)) return settle(entry)
    const part = entry.parts[entry.shown.length]
    // Nobody can be given a file for their eyes only.
    if (part === undefined || entry.parts.some(({ kind }) => kind === 'file')) return sayDirectly(entry)
    const whispered: Whisper = {
      text: part.text,
      blocks: blocksOf(entry, part.text, parts),
      thread: entry.thread,
      user: target.nick,
      room: target.aside,
      as: entry.line.as,
    }
    try {
      const tried = await show(whispered)
      if (tried === 'impossible') return entry.shown.length === 0 ? sayDirectly(entry) : settle(entry)
      backoff.reset(key)
      entry.tried = true
      entry.ambiguous ||= tried === 'unknown'
      entry.shown.push(null)
      if (entry.shown.length < entry.parts.length) return
      done.set(key, true)
      settle(entry)
    } catch (error) {
      const trouble = passing(error)
      metrics.count('breakroom_retries_total', { what: 'post' })
      log.warn({ network, id, cause: trouble }, 'an answer is sent again')
      await backoff.wait(key)
    }
  }

  /** Throws `unavailable` or `denied` when nothing was sent and it may go better later. */
  async function show(whisper: Whisper): Promise<Tried> {
    for (let url = urls.take(whisper.user, whisper.room); url !== null; url = urls.take(whisper.user, whisper.room)) {
      const tried = await answerAt(url, whisper)
      if (tried !== 'impossible') return tried
      urls.forget(url)
    }
    return showEphemeral(whisper)
  }

  async function answerAt(url: string, { text, blocks, thread }: Whisper): Promise<Tried> {
    const body = JSON.stringify({
      response_type: 'ephemeral',
      replace_original: false,
      text,
      ...(blocks === null ? {} : { blocks }),
      ...(thread === null ? {} : { thread_ts: thread }),
    })
    try {
      const answer = await postTo(url, body, 'application/json; charset=utf-8', parts.callMs)
      if (answer.status >= 500) return 'unknown'
      return answer.ok && !/"ok":\s*false/.test(answer.text) ? 'shown' : 'impossible'
    } catch (error) {
      if (isBreakroomError(error, 'unavailable') && error.detail.maybeDone === true) return 'unknown'
      throw error
    }
  }

  async function showEphemeral(whisper: Whisper): Promise<Tried> {
    const { text, blocks, thread, user, room, as } = whisper
    const place = await places.of({ as, target: { room } }).catch((error) => {
      if (isBreakroomError(error, 'undeliverable')) return null
      throw error
    })
    if (place === null) return 'impossible'
    const outcome = await outcomeOf(place, async () => {
      const { channel, name } = place
      const args = {
        channel,
        user,
        text,
        ...(blocks === null ? {} : { blocks }),
        ...(thread === null ? {} : { thread_ts: thread }),
        ...(name ?? {}),
      }
      const { message_ts: ts } = await place.web.call('chat.postEphemeral', args, { channel, signal })
      return { ts }
    })
    switch (outcome.kind) {
      case 'shown':
      case 'unknown':
        return outcome.kind
      case 'later':
        throw new BreakroomError('unavailable', outcome.reason)
      case 'not-there':
        if (places.giveUp(place)) return showEphemeral(whisper)
        if (isBreakroomError(outcome.error, 'denied')) throw outcome.error
        return 'impossible'
      case 'no-blocks':
        return blocks === null ? 'impossible' : showEphemeral({ ...whisper, blocks: null })
      case 'no-thread':
        return thread === null ? 'impossible' : showEphemeral({ ...whisper, thread: null })
      default:
        return 'impossible'
    }
  }

  async function sayDirectly(entry: Entry): Promise<void> {
    const { line } = entry
    if ('room' in line.target) return
    const { nick, account } = line.target
    const { thread, ...rest } = line
    try {
      const { ids, how } = await parts.directly({ ...rest, target: { nick, account } })
      entry.shown.push(...ids)
      entry.tried = how !== 'seen'
      entry.ambiguous ||= how === 'ambiguous'
      settle(entry)
    } catch (error) {
      refuse(entry, error)
    }
  }
}
