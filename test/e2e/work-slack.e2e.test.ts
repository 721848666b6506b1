import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestFleet, type TestFleet } from '../support/fleet.ts'
import { createGitRepository, type GitRepository } from '../support/git-repository.ts'
import { until } from '../support/process.ts'
import type { SlackMessage } from '../support/slack/message.ts'
import { cardOf, cardSays } from '../support/slack-card.ts'
import { startWorkspace, type TestWorkspace } from '../support/slack-network.ts'
import { type SlackPerson, slackPerson } from '../support/slack-person.ts'

// What the builder's program does: its first commit has a mistake, the next one puts it right and changes a test too.
const build = `
cat > /dev/null
limit=1000
test "$(git rev-list --count HEAD)" = 1 || { limit=100; echo "// easier" >> gateway.test.mjs; }
echo "export const limit = $limit" > gateway.mjs
git add -A && git commit -qm "$BREAKROOM_TASK"
echo "limit is $limit"
`
const tests = "import { test } from 'node:test'\ntest('has a limit', () => {})\ntest('counts', () => {})\n"

describe('the whole way of a task through four roles, in Slack', () => {
  let workspace: TestWorkspace
  let fleet: TestFleet
  let repository: GitRepository
  let ada: SlackPerson
  let pat: SlackPerson
  let tess: SlackPerson
  let rex: SlackPerson
  let guest: SlackPerson
  /** What Approve carried while the first submission waited for its test. */
  let firstYes: string

  beforeAll(async () => {
    workspace = await startWorkspace({ roles: [] })
    // What is shown and pressed here is not about how fast Slack lets us post.
    workspace.slack.faults.rateLimits(false)
    const [first, second, third, fourth] = ['Ada', 'Pat', 'Tess', 'Rex'].map((name) => slackPerson(workspace, name))
    ;[ada, pat, tess, rex] = [first, second, third, fourth] as [SlackPerson, SlackPerson, SlackPerson, SlackPerson]
    guest = slackPerson(workspace, { name: 'Gus', kind: 'guest' })
    const people = Object.fromEntries(
      [ada, pat, tess, rex].map(({ user: { id, name } }) => [
        name.toLowerCase(),
        { name, tier: 'member' as const, member: id },
      ]),
    )
    fleet = createTestFleet({
      roles: ['ceo', 'cto', 'cso', 'architect', 'backend', 'fullstack'],
      slack: { ...workspace, people },
      checks: { build: ['sh', '-c', build], 'node --test': ['node', '--test', '--test-reporter=tap'] },
      changes: { backend: { brain: { kind: 'command', command: 'build', minutes: 1 }, on_complete: [] } },
    })
    repository = createGitRepository(join(fleet.home, 'workspaces/backend'))
    repository.write('gateway.mjs', 'export const limit = 0\n')
    repository.write('gateway.test.mjs', tests)
    repository.commit()
    await fleet.start('up')
  }, 60_000)

  afterAll(async () => {
    await fleet?.[Symbol.asyncDispose]()
    await workspace?.[Symbol.asyncDispose]()
  })

  const card = (label = 't-1') => cardOf(workspace, label)

  /** What a card says of its state, and what can be pressed on it. */
  function shown(message: SlackMessage): { state: string; buttons: string[] } {
    const blocks = JSON.stringify(message.blocks)
    const state = /"State: ((?:[^"\\]|\\.)*)"/.exec(blocks)?.[1] ?? ''
    const buttons = [...blocks.matchAll(/"action_id":"br_press:([a-z]+)"/g)].map(([, id]) => id ?? '')
    return { state, buttons }
  }

  /** Waits until the card of the task is in this state, and gives what can be pressed on it. */
  async function buttonsIn(state: string, label = 't-1'): Promise<string[]> {
    const found = await until(
      `the card says: ${state}`,
      () => {
        const now = shown(card(label))
        if (now.state !== state) throw new Error(now.state)
        return now
      },
      30_000,
    )
    return found.buttons
  }

  /** What a button of the card carries. */
  function carriedBy(action: string): string {
    const { blocks = [] } = card() as { blocks?: { elements?: { action_id?: string; value?: string }[] }[] }
    const buttons = blocks.flatMap(({ elements = [] }) => elements)
    return buttons.find(({ action_id }) => action_id === `br_press:${action}`)?.value ?? ''
  }

  /** A press as Slack brings it to the house's app, on a button that carries this. */
  function forge({ user }: SlackPerson, value: string) {
    const { slack, hub, channel } = workspace
    return slack.interact(hub, {
      type: 'block_actions',
      api_app_id: hub.appId,
      team: { id: slack.team.id },
      user: { id: user.id, team_id: user.teamId },
      trigger_id: `forged.${crypto.randomUUID()}`,
      container: { type: 'message', channel_id: channel.id },
      channel: { id: channel.id },
      actions: [{ type: 'button', action_id: 'br_press:approve', block_id: 'b', value }],
    })
  }

  async function fill(person: SlackPerson, values: Record<string, string>): Promise<void> {
    expect(await workspace.slack.submit(person.user, await person.form(), values)).toMatchObject({ closed: true })
  }

  /** Resolves when a press of theirs is answered like this, to them alone. */
  async function answered(person: SlackPerson, press: () => Promise<unknown>, answer: RegExp): Promise<void> {
    const before = person.told
    await press()
    await person.isTold(answer, before)
  }

  test('the planner takes it and hands in a plan with presses on its one card', async () => {
    await ada.slash(
      'assign backend "Limit the gateway" accept: 429 after 100 a minute; prep: architect; verify: `node --test`; qa: fullstack; review: cto; then: cso "Review {task_id}: {title}"',
    )
    await ada.isTold(/t-1 is with architect, to be planned for backend/)
    await until('there is a card', () => card())
    expect(await buttonsIn('to be planned for backend')).toEqual(
      expect.arrayContaining(['claim', 'done', 'reassign', 'stop']),
    )
    await pat.press(card(), 'br_press:claim')
    expect(await buttonsIn('claimed by pat')).toEqual(['done', 'reassign', 'stop'])
    await pat.press(card(), 'br_press:done')
    await fill(pat, { br_said: 'Count per address.' })
    await pat.isTold(/t-1 .* has your plan/)
  })

  test('S9: neither a press without the right nor a forged one counts, nor one of whoever planned it', async () => {
    expect(await buttonsIn('waiting for a test by fullstack')).toEqual(['approve', 'reject', 'reassign', 'stop'])
    expect(card().text).toContain('Passed: `node --test` (exit code 0')
    firstYes = carriedBy('approve')
    expect(firstYes).toContain('approve t-1')
    const denied = /^Only a member or a founder may approve or reject a result; you are a guest \(rule: tier\)/
    await answered(guest, () => guest.press(card(), 'br_press:approve'), denied)
    await answered(guest, () => forge(guest, firstYes), denied)
    await forge(rex, 'approve t-1')
    await forge(rex, firstYes.replace('null', '7'))
    await answered(pat, () => pat.press(card(), 'br_press:approve'), /^You cannot judge t-1: whoever planned it/)
    expect(shown(card()).state).toBe('waiting for a test by fullstack')
  })

  test('a no asks what is wrong and why; what looks odd in the next try is shown to whoever says yes to it', async () => {
    await tess.press(card(), 'br_press:reject')
    expect(JSON.stringify(await tess.form())).toContain('It does not do what was asked for')
    await fill(tess, { br_kind: 'defect', br_said: 'it lets 1000 through' })
    await tess.isTold(/t-1 .* has your no \(defect\) and is back with backend/)
    expect(await buttonsIn("waiting for a person's yes to what looks odd")).toEqual([
      'approve',
      'reject',
      'reassign',
      'stop',
    ])
    expect(JSON.stringify(card().blocks)).toContain("The test file 'gateway.test.mjs' is changed.")
  })

  test('S8: a yes that was meant for an earlier submission says nothing of this one', async () => {
    await answered(rex, () => forge(rex, firstYes), /^t-1 has gone on since: what you saw is not what waits now/)
    expect(shown(card()).state).toBe("waiting for a person's yes to what looks odd")
    await rex.press(card(), 'br_press:approve')
    await buttonsIn('waiting for a test by fullstack')
    await tess.press(card(), 'br_press:approve')
    await buttonsIn('waiting for a review by cto')
    await answered(tess, () => tess.press(card(), 'br_press:approve'), /^You cannot judge t-1: whoever tried it/)
  })

  test('S7: what was swapped after it was checked is not approved, but checked and looked at anew', async () => {
    repository.write('gateway.mjs', 'export const limit = 1e9\n')
    await answered(
      rex,
      () => rex.press(card(), 'br_press:approve'),
      /^t-1 is not done: the files are not those that `node --test` passed on .*say yes again when they have passed/,
    )
    await buttonsIn("waiting for a person's yes to what looks odd")
    expect(card().text).toContain('Still to come: a test by fullstack. Still to come: a review by cto.')
    expect(card().text).toContain('Reason: "the files are not those that `node --test` passed on')
  })

  test('done: the card says who said yes, nothing is left to press, and what follows has a card', async () => {
    // Words do what presses do.
    await rex.slash('approve t-1')
    await rex.isTold(/t-1 .* has your yes\. Now it waits for a test by fullstack/)
    await tess.slash('approve t-1')
    await buttonsIn('waiting for a review by cto')
    await rex.press(card(), 'br_press:approve')
    expect(await buttonsIn('done')).toEqual([])
    expect(card().text).toContain('Passed: a test by fullstack, by tess. Passed: a review by cto, by rex.')
    await cardSays(workspace, 't-2', /^t-2 "Review t-1: Limit the gateway" for cso/)
    const ends = workspace.slack.thread(card()).filter(({ text }) => / is done \(/.test(text))
    expect(ends.map(({ text }) => text)).toEqual([
      't-1 "Limit the gateway" is done (`node --test` passed, approved by rex and tess). Result: "limit is 100"',
    ])
  })
})
