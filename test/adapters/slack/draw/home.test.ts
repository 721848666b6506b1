import fc from 'fast-check'
import { expect, it } from 'vitest'
import { homePage } from '../../../../adapters/slack/draw/home.ts'
import type { HomeView } from '../../../../core/home.ts'
import { taskCard } from '../../../../core/task/card.ts'
import { anyTask, anyWords } from '../../../support/any-task.ts'
import { expectScreen, textsOf } from '../../../support/screen.ts'
import { blockKitProblems } from '../../../support/slack/block-kit-limits.ts'
import { cardOf, now, states, world } from './cards.ts'

const empty: HomeView = {
  name: 'ada',
  waiting: [],
  mine: [],
  more: 0,
  roles: [{ role: 'cto', state: 'here' }],
  troubles: [],
  may: { stop: false, resume: false },
}
const full: HomeView = {
  name: 'ada',
  waiting: [cardOf(states.approval), cardOf({ ...states.review, key: 'task-14', label: 't-14' })],
  mine: [cardOf({ ...states.working, key: 'task-15', label: 't-15' }), cardOf(states.approval)],
  more: 3,
  roles: [
    { role: 'ceo', state: 'here' },
    { role: 'cto', state: 'here' },
    { role: 'cso', state: 'stopped' },
    { role: 'devops', state: 'offline' },
  ],
  troubles: [],
  may: { stop: true, resume: true },
}
const degraded: HomeView = {
  ...empty,
  roles: [
    { role: 'cto', state: 'offline' },
    { role: 'cso', state: 'offline' },
  ],
  troubles: ['The task service does not answer; nothing is lost.', 'slack: 312 messages are still to be caught up.'],
  may: { stop: true, resume: false },
}

it.each(Object.entries({ empty, full, degraded }))('the page of the house: %s', async (name, view) => {
  await expectScreen(`home-${name}`, homePage(view))
})

it('U14: has no button for what it does not show', () => {
  const { approval } = states
  const page = JSON.stringify(homePage({ ...empty, mine: [cardOf(approval)] }))
  expect(page).not.toContain('approve t-13')
  expect(page).toContain('cancel t-13')
  expect(JSON.stringify(homePage({ ...empty, waiting: [cardOf(approval)] }))).toContain('approve t-13')
})

it('shows a task once, and says how many it does not show', () => {
  const cards = Array.from({ length: 40 }, (_, n) =>
    cardOf({ ...states.working, key: `task-${n}`, label: `t-${n + 1}` }),
  )
  const page = homePage({ ...empty, waiting: cards.slice(0, 20), mine: cards, more: 4 })
  expect(blockKitProblems(page)).toEqual([])
  // 14 that wait, 10 of mine, and 4 that are not even here.
  expect(textsOf(page, 'plain_text')).toContain('And 28 more. /br tasks lists what is open.')
})

it('U8: says once that it is an AI team and can be wrong', () => {
  expect(JSON.stringify(homePage(full)).split('AI team')).toHaveLength(2)
})

it('is a page that Slack takes, whatever is in it', () => {
  const cards = fc.array(
    anyTask.map((task) => taskCard(task, now, world)),
    { maxLength: 30 },
  )
  const any = fc.record({
    name: anyWords,
    waiting: cards,
    mine: cards,
    more: fc.nat(1_000),
    roles: fc.array(fc.record({ role: anyWords, state: fc.constantFrom('here', 'stopped', 'offline') }), {
      maxLength: 60,
    }),
    troubles: fc.array(anyWords, { maxLength: 20 }),
    may: fc.record({ stop: fc.boolean(), resume: fc.boolean() }),
  })
  fc.assert(
    fc.property(any, (view) => {
      expect(blockKitProblems(homePage(view))).toEqual([])
    }),
    { numRuns: 60 },
  )
})
