import type { HomeView as SlackHome } from '@slack/types'
import { BreakroomError, sentenceOf } from '../../../core/errors.ts'
import { homePage } from '../draw/home.ts'
import type { PressParts } from './parts.ts'

/** Between two pages for one person, in milliseconds. */
const restMs = 1_000
/** What the house gets to do what was pressed before the page is drawn anew, in milliseconds. */
const settleMs = 1_500

/** The house's own page, made for each person who looks at it. */
export interface HomePages {
  /** Shows it as it is now; at most once a second for one person, and what is asked for in between is shown at the end of it. */
  show(user: string, team: string): void
  /** Shows it when what they pressed has probably been done. */
  showSoon(user: string, team: string): void
  /** Shows nothing more; resolves when what is under way is over. */
  stop(): Promise<void>
}

type HomeParts = Pick<PressParts, 'network' | 'web' | 'personOf' | 'handlers' | 'sleep' | 'log'>

export function createHomePages({ network, web, personOf, handlers, sleep, log }: HomeParts): HomePages {
  const over = new AbortController()
  const underWay = new Set<Promise<void>>()
  const shown = new Map<string, { again: boolean }>()

  return {
    show,
    showSoon(user, team) {
      track(sleep(settleMs, over.signal).then(() => show(user, team)))
    },
    async stop() {
      over.abort()
      await Promise.all(underWay)
    },
  }

  function show(user: string, team: string): void {
    if (over.signal.aborted) return
    const page = shown.get(user)
    if (page === undefined) track(keepShowing(user, team))
    else page.again = true
  }

  async function keepShowing(user: string, team: string): Promise<void> {
    const page = { again: false }
    shown.set(user, page)
    do {
      page.again = false
      await Promise.all([publish(user, team), sleep(restMs, over.signal)])
    } while (page.again && !over.signal.aborted)
    shown.delete(user)
  }

  async function publish(user: string, team: string): Promise<void> {
    const view = await pageFor(user, team)
    try {
      await web.call('views.publish', { user_id: user, view }, { signal: over.signal })
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, "slack did not show the house's page")
    }
  }

  async function pageFor(user: string, team: string): Promise<SlackHome> {
    try {
      const { homeOf } = handlers()
      if (homeOf === undefined) throw new BreakroomError('unavailable', 'Nobody tells what the page shows.')
      return homePage(await homeOf(await personOf(user, team), network))
    } catch (error) {
      log.warn({ cause: sentenceOf(error) }, "the house's page cannot be told")
      return untold
    }
  }

  function track(work: Promise<void>): void {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }
}

const untold: SlackHome = {
  type: 'home',
  blocks: [
    {
      type: 'section',
      text: {
        type: 'plain_text',
        text: 'I cannot tell how things are right now. Nothing is lost: open this page again in a minute, or type /br status in a room.',
      },
    },
  ],
}
