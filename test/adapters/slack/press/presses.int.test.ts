import { expect, test } from 'vitest'
import { pressValue } from '../../../../adapters/slack/draw/press-value.ts'
import { BreakroomError } from '../../../../core/errors.ts'
import { readAssignment } from '../../../../core/task/assignment.ts'
import { until } from '../../../support/process.ts'
import { homeFor } from './press-desk.ts'
import { pressWorkspace } from './press-workspace.ts'

const known = {
  roles: [
    { role: 'cto', nick: 'cto' },
    { role: 'cso', nick: 'cso' },
  ],
  checks: ['npm test'],
}
const whole = 'assign cto "Limit the gateway" accept: 429 after 100 a minute'

type Workspace = Awaited<ReturnType<typeof pressWorkspace>>

function formOf({ fake, alice }: Workspace) {
  const view = fake.openView(alice)
  if (view === null) throw new Error('no form is open')
  return view
}

test('a command is taken without a word of its own', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  const outcome = await fake.slash(alice, channel, '/br', whole)
  expect(outcome).toMatchObject({ ok: true, payload: null })
  expect(lines).toMatchObject([{ text: whole, aside: { room: 'breakroom' } }])
  expect(fake.ephemerals(alice, channel)).toEqual([])
})

test('U10: /br alone opens the form, and what is filled in goes up as a command', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  expect((await fake.slash(alice, channel, '/br')).ok).toBe(true)
  expect(lines).toEqual([])
  const values = {
    br_title: 'Limit the gateway',
    br_accept: '429 after 100 a minute',
    br_role: 'cto',
  }
  expect(await fake.submit(alice, formOf(workspace), values)).toMatchObject({ closed: true })
  expect(lines).toMatchObject([{ aside: { room: 'breakroom' }, speaker: { account: alice.id } }])
  expect(readAssignment(lines[0]?.text.replace(/^assign /, '') ?? '', known)).toMatchObject({
    role: 'cto',
    draft: { title: 'Limit the gateway', acceptance_criteria: ['429 after 100 a minute'] },
    missing: [],
  })
})

test('an assignment that lacks something opens the form with what it says', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  await fake.slash(alice, channel, '/br', 'assign cto "Limit the gateway"; due: 2h')
  await fake.submit(alice, formOf(workspace), { br_accept: '429' })
  expect(readAssignment(lines[0]?.text.replace(/^assign /, '') ?? '', known)).toMatchObject({
    role: 'cto',
    draft: { title: 'Limit the gateway', acceptance_criteria: ['429'], sla: { complete_within_minutes: 120 } },
  })
})

test('what is wrong stands beside its field, and nothing that was filled in is lost', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  await fake.slash(alice, channel, '/br', 'assign cto "Limit the gateway"')
  const refused = await fake.submit(alice, formOf(workspace), { br_accept: '429', br_due: 'whenever' })
  expect(refused.closed).toBe(false)
  expect(Object.keys(refused.errors)).toEqual(['br_due'])
  expect(lines).toEqual([])
  expect((await fake.submit(alice, formOf(workspace), { br_due: '2h' })).closed).toBe(true)
  expect(lines).toHaveLength(1)
})

test('a form that cannot be kept stays open, and sent again it is the same command', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines, house } = workspace
  await fake.slash(alice, channel, '/br', 'assign cto "Limit the gateway"')
  const keepIt = house.onLine
  house.onLine = async (line) => {
    await keepIt(line)
    throw new BreakroomError('unavailable', 'stored, but who knows')
  }
  const refused = await fake.submit(alice, formOf(workspace), { br_accept: '429' })
  expect(refused.closed).toBe(false)
  expect(Object.values(refused.errors).join()).toContain('nothing was done')
  house.onLine = keepIt
  expect((await fake.submit(alice, formOf(workspace))).closed).toBe(true)
  await fake.slash(alice, channel, '/br', 'assign cto "Limit the gateway"')
  await fake.submit(alice, formOf(workspace), { br_accept: '429' })
  const [first, again, other] = lines.map(({ id }) => id)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('when no form opens the house gets the words, to ask for what is missing', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  fake.faults.error('views.open', 'internal_error')
  expect((await fake.slash(alice, channel, '/br', 'assign cto "Limit the gateway"')).ok).toBe(true)
  fake.faults.slow('views.open', 4_000)
  const outcome = await fake.slash(alice, channel, '/br')
  expect(outcome.ok).toBe(true)
  expect(lines.map(({ text }) => text)).toEqual(['assign cto "Limit the gateway"', 'assign'])
})

test('U12: a message becomes a task in its room', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  const message = fake.say(alice, channel, 'The gateway falls over at <noon>')
  expect((await fake.shortcut(alice, message, 'br_make_task')).ok).toBe(true)
  const values = { br_accept: 'it stands', br_role: 'cto' }
  expect(await fake.submit(alice, formOf(workspace), values)).toMatchObject({ closed: true, errors: {} })
  const text = lines[0]?.text ?? ''
  expect(text).toContain('The gateway falls over at <noon>')
  expect(lines[0]?.aside).toEqual({ room: 'breakroom' })
})

test('a press that needs a reason asks for it, and goes up with it', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  const value = pressValue({ command: 'reject t-13', asks: 'reason', until: null }) ?? ''
  const message = await posted(workspace, value)
  expect((await fake.press(alice, message, 'br_press:reject')).ok).toBe(true)
  expect(lines).toEqual([])
  const sent = await fake.submit(alice, formOf(workspace), { br_said: 'no tests' })
  expect(sent).toMatchObject({ closed: true, errors: {} })
  expect(lines).toMatchObject([{ text: 'reject t-13 no tests', aside: { room: 'breakroom' } }])
  expect(fake.ephemerals(alice, channel)).toEqual([])
})

test('the house shows its page to whoever opens it, and anew after a press on it', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, app, lines, house } = workspace
  const card = { ...homeFor('alice'), may: { stop: true, resume: false } }
  let asked = 0
  house.homeOf = async () => {
    asked++
    return card
  }
  fake.openHome(alice, app)
  await until('the page is there', () => fake.home(alice, app) !== null)
  const home = fake.home(alice, app)
  const button = JSON.stringify(home?.blocks).match(/"action_id":"(br_press:fleet[^"]*)"/)?.[1]
  if (home === null || button === undefined) throw new Error('the page has no button')
  expect((await fake.press(alice, home, button)).ok).toBe(true)
  expect(lines).toMatchObject([{ aside: { room: null } }])
  await until('the page is drawn anew', () => asked === 2)
})

test('a hundred commands at once are each acknowledged far inside of three seconds', async () => {
  await using workspace = await pressWorkspace()
  const { fake, alice, channel, lines } = workspace
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, turn) => fake.slash(alice, channel, '/br', `status ${turn}`)),
  )
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
  expect(new Set(lines.map(({ id }) => id)).size).toBe(100)
  expect(Math.max(...outcomes.map(({ ackMs }) => ackMs))).toBeLessThan(1_000)
})

async function posted({ fake, app, channel }: Workspace, value: string) {
  const text = { type: 'plain_text', text: 'Reject' }
  const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'br_press:reject', text, value }] }]
  const response = await fetch(`${fake.url}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${app.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: channel.id, text: 'A card', blocks }),
  })
  const { ts } = (await response.json()) as { ts: string }
  return { channel: channel.id, ts }
}
