import { oneLine } from '../../../core/clean-text.ts'
import { BreakroomError, isBreakroomError } from '../../../core/errors.ts'
import type { OutgoingLine } from '../../../ports/chat.ts'
import type { Clock } from '../../../ports/clock.ts'
import { LruMap } from '../../lru-map.ts'
import type { SlackVoice } from '../options.ts'
import { asObject } from '../web/json-object.ts'
import { orAborted } from '../web/or-aborted.ts'
import type { SlackWeb } from '../web/web.ts'

/** Where a line goes and who says it. */
export interface Place {
  /** The app that posts it. */
  web: SlackWeb
  channel: string
  /** Shown instead of the app's own name and picture. */
  name: { username: string; icon_emoji?: string } | null
  /** Who may read what is there, asked in this order. */
  readers: SlackWeb[]
  /** The room or person, for sentences. */
  where: string
}

export interface Places {
  /**
   * Waits until the channels of rooms are known. Rejects with `undeliverable` when there is no such voice, room or person, or the person is
   * not whom it is meant for; with `unavailable` for now, with `closed` when the signal aborts, with `denied` when the house's token is dead.
   */
  of(line: Pick<OutgoingLine, 'as' | 'target'>): Promise<Place>
  /** The app that speaks for somebody in a room as things are; the house's for a room without a channel. */
  appIn(as: OutgoingLine['as'], room: string): string
  /** A role's own app cannot speak there: for the next five minutes the house's speaks for it. False when it is the house's app. */
  giveUp(place: Place): boolean
}

const givenUpMs = 5 * 60_000

export function createPlaces(options: {
  network: string
  hub: SlackWeb
  appOf(role: string): SlackWeb | null
  voices: readonly SlackVoice[]
  channelOf(room: string): string | null
  whenReady(): Promise<void>
  clock: Clock
  signal: AbortSignal
}): Places {
  const { network, hub, channelOf, clock, signal } = options
  const voices = new Map(options.voices.map((voice) => [voice.role, voice]))
  const direct = new LruMap<string, string>(5_000)
  const givenUp = new LruMap<string, number>(5_000)

  const isGivenUp = (web: SlackWeb, where: string) => clock.monotonic() < (givenUp.get(`${web.app} ${where}`) ?? 0)

  function setAside(web: SlackWeb, wheres: string[]): void {
    for (const where of wheres) givenUp.set(`${web.app} ${where}`, clock.monotonic() + givenUpMs)
  }

  function cannotWriteTo(nick: string, { detail }: BreakroomError): BreakroomError {
    return undeliverable(nick, `${nick} on ${network} cannot be written to: Slack says ${detail.error}.`)
  }

  /** The apps that may say it, the best one first. */
  function carriers(voice: SlackVoice | null, where: string): SlackWeb[] {
    const own = voice?.app ? options.appOf(voice.role) : null
    return own === null || isGivenUp(own, where) ? [hub] : [own, hub]
  }

  function roomChannel(room: string): string {
    const channel = channelOf(room)
    if (channel !== null) return channel
    throw undeliverable(room, `${room} has no channel on ${network}: name one under rooms in breakroom.yaml.`)
  }

  async function directChannel(web: SlackWeb, user: string): Promise<string> {
    const known = direct.get(`${web.app} ${user}`)
    if (known !== undefined) return known
    const { channel } = await web.call('conversations.open', { users: user }, { signal })
    const { id } = asObject(channel)
    if (typeof id !== 'string') throw new BreakroomError('unavailable', `Slack named no conversation with ${user}.`)
    direct.set(`${web.app} ${user}`, id)
    return id
  }

  return {
    async of({ as, target }) {
      await orAborted(options.whenReady(), signal)
      const voice = as.kind === 'role' ? (voices.get(as.role) ?? null) : null
      if (as.kind === 'role' && voice === null) {
        throw undeliverable(as.role, `${as.role} has no voice on ${network}.`)
      }
      const nameFor = (web: SlackWeb) => (voice === null || web.app !== hub.app ? null : nameOf(voice))
      if ('room' in target) {
        const channel = roomChannel(target.room)
        const [web = hub] = carriers(voice, channel)
        return { web, channel, name: nameFor(web), readers: [hub, ...(web === hub ? [] : [web])], where: target.room }
      }
      const { nick, account } = target
      if (account !== null && !isAccountOf(nick, account)) {
        throw undeliverable(nick, `${nick} on ${network} is not ${account}.`)
      }
      for (const web of carriers(voice, nick)) {
        try {
          const channel = await directChannel(web, nick)
          return { web, channel, name: nameFor(web), readers: [web], where: nick }
        } catch (error) {
          if (web.app !== hub.app && isAppsFault(error)) setAside(web, [nick])
          else throw isBreakroomError(error, 'refused') ? cannotWriteTo(nick, error) : error
        }
      }
      throw undeliverable(nick, `Nobody on ${network} can write to ${nick}.`)
    },
    appIn(as, room) {
      const voice = as.kind === 'role' ? (voices.get(as.role) ?? null) : null
      const channel = channelOf(room)
      const [web = hub] = channel === null ? [] : carriers(voice, channel)
      return web.app
    },
    giveUp({ web, channel, where }) {
      if (web.app === hub.app) return false
      setAside(web, [channel, where])
      return true
    },
  }
}

export function undeliverable(target: string, sentence: string): BreakroomError {
  return new BreakroomError('undeliverable', sentence, { detail: { target } })
}

/** Another app may be able to. */
function isAppsFault(error: unknown): boolean {
  if (isBreakroomError(error, 'denied')) return true
  return isBreakroomError(error, 'refused') && error.detail.error === 'missing_scope'
}

/** An account is a user's id, with its team before it when that is not ours. */
function isAccountOf(user: string, account: string): boolean {
  return account.split('/').at(-1)?.toLowerCase() === user.toLowerCase()
}

function nameOf({ nick, icon }: SlackVoice): NonNullable<Place['name']> {
  const username = oneLine(nick, 80).replace(/[<>&]/g, '')
  return { username, ...(icon === null ? {} : { icon_emoji: icon }) }
}
