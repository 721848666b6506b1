import { isBreakroomError, sentenceOf } from '../../../core/errors.ts'
import type { Speaker } from '../../../ports/chat.ts'
import type { Log } from '../../../ports/log.ts'
import { LruMap } from '../../lru-map.ts'
import type { SlackIdentity } from '../app/app.ts'
import type { SlackWeb } from '../web/web.ts'
import type { Author } from './authors.ts'
import type { ReadPages } from './pages.ts'
import { itemsOf, type UserPayload, userShape } from './payload.ts'

/** Who is who in a workspace. */
export interface People {
  /**
   * A person or a bot by user id; `team` is the workspace that a message gave them. Whom we cannot find out about is an outsider, called
   * by the id: rights wait until Slack answers. Rejects with `unavailable` only while no app of ours is known.
   */
  personOf(user: string, team?: string | null): Promise<Speaker>
  /** The author of a message. Bots are who their bot id says, whatever name a message carries. Rejects as `personOf`. */
  speakerOf(author: Author): Promise<Speaker>
  /** What a person is called, or null when that is not known. */
  nameOf(user: string): Promise<string | null>
  /** What an event says of a user. */
  learn(user: unknown): void
  /** Forgets everybody, since what we know may be old, and reads the workspace's list. Rejects with `closed` only. */
  refresh(): Promise<void>
}

interface Known {
  name: string
  /** Null when Slack does not say. */
  team: string | null
  /** A guest, a stranger, or somebody who has left. */
  limited: boolean
  bot: boolean
}

const mostKnown = 100_000
const mostBots = 1_000
const mostNobodies = 10_000
/** The most that Slack gives at once: lists are called seldom, and few times a minute. */
const pageSize = 999

export function createPeople(parts: {
  network: string
  /** The house's own app may see users. */
  web(): SlackWeb
  team(): string
  identities(): SlackIdentity[]
  readPages: ReadPages
  log: Log
  signal: AbortSignal
}): People {
  const { network, web, team, identities, readPages, log, signal } = parts
  const users = new LruMap<string, Known>(mostKnown)
  const bots = new LruMap<string, string>(mostBots)
  /** Ids that are nobody's: anybody can write them, as often as they like. */
  const nobodies = new LruMap<string, true>(mostNobodies)
  /** Lookups under way, so that one person is asked for once. */
  const asking = new Map<string, Promise<Known | null>>()
  let refreshing: Promise<void> | null = null

  function learn(user: unknown): void {
    const read = userShape.safeParse(user)
    if (read.success) users.set(read.data.id, knownFrom(read.data))
  }

  function lookUp(id: string): Promise<Known | null> {
    const known = users.get(id)
    if (known !== undefined || nobodies.has(id)) return Promise.resolve(known ?? null)
    const under = asking.get(id)
    if (under !== undefined) return under
    const asked = ask(id).finally(() => asking.delete(id))
    asking.set(id, asked)
    return asked
  }

  async function ask(id: string): Promise<Known | null> {
    try {
      const { user } = await web().call('users.info', { user: id }, { signal })
      // An event may have told more while we asked.
      if (!users.has(id)) learn(user)
    } catch (error) {
      if (isBreakroomError(error, 'refused') && error.detail.error === 'user_not_found') nobodies.set(id, true)
      log.warn(
        { network, user: id, cause: sentenceOf(error) },
        'somebody is taken for an outsider: Slack does not tell',
      )
    }
    return users.get(id) ?? null
  }

  async function personOf(id: string, said?: string | null): Promise<Speaker> {
    const known = await lookUp(id)
    const ours = team()
    const theirs = said && said !== ours ? said : (known?.team ?? ours)
    const foreign = theirs !== ours
    return {
      nick: id,
      name: known?.name ?? id,
      account: foreign ? `${theirs}/${id}` : id,
      host: `${id}@${theirs}`,
      bot: (known?.bot ?? false) && !identities().some(({ user }) => user === id),
      outsider: known === null || known.limited || foreign,
    }
  }

  async function botName(id: string): Promise<string> {
    const known = bots.get(id)
    if (known !== undefined) return known
    let name = id
    try {
      const { bot } = await web().call('bots.info', { bot: id }, { signal })
      const told = (bot as { name?: unknown } | null | undefined)?.name
      if (typeof told === 'string' && told !== '') name = told
    } catch (error) {
      if (!isBreakroomError(error, 'refused')) return id
    }
    bots.set(id, name)
    return name
  }

  return {
    personOf,
    async speakerOf({ user, bot, botName: shown, team: theirs }) {
      if (bot === null) return personOf(user ?? '', theirs)
      const name = shown || (await botName(bot))
      return { nick: bot, name, account: bot, host: `${bot}@${theirs ?? team()}`, bot: true, outsider: true }
    },
    nameOf: async (id) => (await lookUp(id))?.name ?? null,
    learn,
    refresh() {
      refreshing ??= readAll().finally(() => {
        refreshing = null
      })
      return refreshing
    },
  }

  async function readAll(): Promise<void> {
    users.clear()
    nobodies.clear()
    try {
      const { items } = await readPages(web(), 'users.list', { limit: pageSize }, 'members')
      for (const user of itemsOf(items, userShape)) users.set(user.id, knownFrom(user))
    } catch (error) {
      if (isBreakroomError(error, 'closed')) throw error
      log.error(
        { network, cause: sentenceOf(error) },
        "the workspace's people cannot be listed, only asked for one by one",
      )
    }
  }
}

function knownFrom(user: UserPayload): Known {
  const { id, name, real_name, profile, team_id } = user
  return {
    name: profile?.display_name || profile?.real_name || real_name || name || id,
    team: team_id ?? null,
    limited: [user.is_restricted, user.is_ultra_restricted, user.is_stranger, user.deleted].some(
      (flag) => flag === true,
    ),
    // Slack's own bot does not count as one in its user object.
    bot: user.is_bot === true || user.is_workflow_bot === true || id === 'USLACKBOT',
  }
}
