import { expect, test } from 'vitest'
import { createHomePages } from '../../../../adapters/slack/press/home.ts'
import { BreakroomError } from '../../../../core/errors.ts'
import type { ChatHandlers } from '../../../../ports/chat.ts'
import { quietLog } from '../../../support/quiet.ts'
import { createVirtualClock } from '../../../support/virtual-clock.ts'
import { homeFor, pressDesk } from './press-desk.ts'

function opened(more: Record<string, unknown> = {}) {
  return { team_id: 'T1', event: { type: 'app_home_opened', user: 'U0ALICE', tab: 'home', ...more }, retry: 0 }
}

function pages(homeOf: NonNullable<ChatHandlers['homeOf']>) {
  const clock = createVirtualClock()
  const published: { user: unknown; page: string; at: number }[] = []
  const home = createHomePages({
    network: 'slack',
    web: {
      app: 'breakroom',
      async call(method, args = {}) {
        if (method === 'views.publish') {
          published.push({ user: args.user_id, page: JSON.stringify(args.view), at: clock.monotonic() })
        }
        return { ok: true }
      },
    },
    personOf: async (user) => ({ nick: user, account: user, host: '', bot: false }),
    handlers: () => ({ onLine() {}, onGap() {}, onSessionEnd() {}, onConnection() {}, homeOf }),
    sleep: clock.sleep,
    log: quietLog,
  })
  return { home, clock, published }
}

test('whoever opens the page is shown their own', async () => {
  const { presses, slack, clock } = pressDesk()
  await presses.onHomeOpened('breakroom', opened())
  await clock.advance(0)
  expect(slack.calls).toMatchObject([{ method: 'views.publish', args: { user_id: 'U0ALICE', view: { type: 'home' } } }])
})

test('the tab of messages and the pages of other apps are not drawn', async () => {
  const { presses, slack, clock } = pressDesk()
  await presses.onHomeOpened('breakroom', opened({ tab: 'messages' }))
  await presses.onHomeOpened('breakroom', opened({ user: 7 }))
  await presses.onHomeOpened('cto', opened())
  await clock.advance(0)
  expect(slack.calls).toEqual([])
})

test('while the house cannot tell how things are, the page says so', async () => {
  const { home, clock, published } = pages(async () => {
    throw new BreakroomError('unavailable', 'no tasks')
  })
  home.show('U1', 'T1')
  await clock.advance(0)
  expect(published.map(({ page }) => page).join()).toContain('cannot tell how things are')
})

test('one person is shown the page once a second, and what changed in between at its end', async () => {
  let asked = 0
  const { home, clock, published } = pages(async () => homeFor(`look ${++asked}`))
  for (let time = 0; time < 50; time++) {
    home.show('U1', 'T1')
    await clock.advance(50)
  }
  await clock.advance(5_000)
  expect(published.map(({ at }) => at)).toEqual([0, 1_000, 2_000, 3_000])
  expect(asked).toBe(4)
})

test('people do not wait for each other', async () => {
  const { home, clock, published } = pages(async ({ nick }) => (nick === 'U1' ? new Promise(() => {}) : homeFor(nick)))
  home.show('U1', 'T1')
  home.show('U2', 'T1')
  await clock.advance(0)
  expect(published.map(({ user }) => user)).toEqual(['U2'])
})

test('after a press the page is drawn anew when the house has had time to do it', async () => {
  const { home, clock, published } = pages(async ({ nick }) => homeFor(nick))
  home.showSoon('U1', 'T1')
  await clock.advance(1_000)
  expect(published).toEqual([])
  await clock.advance(1_000)
  expect(published).toHaveLength(1)
})

test('after a stop nothing is shown, and nothing waits', async () => {
  const { home, clock, published } = pages(async ({ nick }) => homeFor(nick))
  home.show('U1', 'T1')
  home.showSoon('U1', 'T1')
  await clock.advance(0)
  await home.stop()
  home.show('U2', 'T1')
  await clock.advance(10_000)
  expect(published.map(({ user }) => user)).toEqual(['U1'])
  expect(clock.pending).toBe(0)
})
