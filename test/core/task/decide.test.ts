import { describe, expect, it, test } from 'vitest'
import type { TaskCommit } from '../../../core/task/commit.ts'
import { timersOf } from '../../../core/task/deadlines.ts'
import { decide, type TaskCommand } from '../../../core/task/decide.ts'
import { evolve } from '../../../core/task/evolve.ts'
import { type Doer, system } from '../../../core/task/world.ts'
import {
  ada,
  answer,
  approve,
  ask,
  asked,
  block,
  bob,
  cancel,
  claim,
  everyStatus,
  given,
  grace,
  handBack,
  note,
  ran,
  reassign,
  refit,
  refusalOf,
  reject,
  ring,
  type Story,
  seat,
  start,
  submit,
  watch,
  world,
} from '../../support/task-story.ts'

const failing = ran({}, { exit_code: 1 })
const giveUp: TaskCommand = { type: 'give_up', doorbell: 'bell', reason: 'five deliveries' }
const dropped: TaskCommand = { type: 'follow', index: 0, label: null, reason: 't-9 failed' }
const published: TaskCommand = { type: 'follow', index: 0, label: 't-10', reason: null }
const commands: Record<TaskCommand['type'], TaskCommand[]> = {
  release: [{ type: 'release', dependency: everyStatus.waiting().task.blocked_by[0] as string }],
  acknowledge: [{ type: 'acknowledge' }],
  claim: [claim, ring('bell'), ring('other')],
  start: [start],
  note: [note],
  block: [block],
  submit: [submit, { type: 'submit', result: 'something else' }],
  record_check: [ran(), failing, ran({ epoch: 2 })],
  approve: [approve],
  reject: [reject],
  hand_back: [handBack, { type: 'hand_back', reason: 'stopped', counted: false }],
  give_up: [giveUp],
  reassign: ['cto', 'cso', 'devops', 'marketing', 'nobody'].map(reassign),
  cancel: [cancel],
  follow: [dropped, published, { ...published, failed: true }],
  time_came: Object.values(everyStatus).flatMap((story) =>
    timersOf(story().task, world).map(({ id }): TaskCommand => ({ type: 'time_came', timer: id })),
  ),
  recheck: [{ type: 'recheck', reason: 'src/limit.ts changed since' }],
  ping: [0, 1, 2].map((epoch) => watch('ping', epoch, 2)),
  take_back: [0, 1, 2].map((epoch) => watch('take_back', epoch, 2)),
  reassign_fit: [0, 1, 2].map((epoch) => refit(epoch, 2)),
  escalate: [0, 1, 2].map((epoch) => watch('escalate', epoch, 2)),
  answer: [0, 1, 2].flatMap((epoch) => [answer(epoch, 2), answer(epoch, 2, 'Which database name do we use?')]),
  ask: [0, 1, 2].flatMap((epoch) => [ask(epoch, 2), ask(epoch, 2, 'May I deploy?')]),
}
const doers: Doer[] = [
  ...[ada, bob, grace, system],
  ...['cto', 'cso', 'ceo', 'devops', 'fullstack', 'gone'].flatMap((role) =>
    [null, 1, 2].map((epoch) => seat(role, epoch)),
  ),
]

test.each(Object.entries(everyStatus))(
  'whatever anybody commands of a task that is %s is a legal move, or refused with a rule and a sentence',
  (_, story) => {
    const { task, commits } = story()
    const last = commits.at(-1) as TaskCommit
    for (const command of Object.values(commands).flat()) {
      for (const doer of doers) {
        const said = `${JSON.stringify(command)} by ${JSON.stringify(doer)}`
        const refused = refusalOf(() => {
          const events = decide(task, command, doer, world)
          if (events.length === 0) return
          const commit = { ...last, id: 'next', version: task.version + 1, by: doer.actor, events }
          expect(() => evolve(task, commit), said).not.toThrow()
        })
        if (refused !== null) expect(refused.message, said).not.toMatch(/undefined|null|NaN|\[object/)
      }
    }
  },
)

test('what is over takes no work, from its seat or from people', () => {
  for (const status of ['done', 'failed at work', 'cancelled'] as const) {
    const story = everyStatus[status]()
    for (const command of [start, block, handBack, claim, ring('bell')]) {
      for (const doer of [seat('cto', 1), bob]) {
        expect(story.when(command, doer).isRefused('over', `t-9 is ${story.task.status}.`).status).toBe(
          story.task.status,
        )
      }
    }
  }
})

test('only the system says that a dependency is done, how a check ended, what followed, that time has come, and that files changed', () => {
  const cases: [Story, TaskCommand][] = [
    [everyStatus.waiting(), commands.release[0] as TaskCommand],
    [everyStatus['verifying by a check'](), ran()],
    [everyStatus.done(), published],
    [
      everyStatus['told of'](),
      { type: 'time_came', timer: timersOf(everyStatus['told of']().task, world)[0]?.id ?? '' },
    ],
    [everyStatus.reviewed(), commands.recheck[0] as TaskCommand],
  ]
  for (const [story, command] of cases) {
    for (const doer of doers.filter(({ actor }) => actor !== system.actor)) {
      story.when(command, doer).isRefused('system-only', 'Only the system')
    }
    expect(story.and([command, system]).commits).toHaveLength(story.commits.length + 1)
  }
})

describe('a task that waits', () => {
  const seven = asked({}, { label: 't-7' }).task
  const eight = asked({}, { label: 't-8' }).task
  const waiting = () => asked({ after: ['t-7', 't-8'] }, { dependencies: [seven, eight] })
  const release = (dependency: string): TaskCommand => ({ type: 'release', dependency })

  it('is open when the last of what it waits for is done', () => {
    const one = waiting().when(release(seven.key), system).gives('released')
    expect(one.task).toMatchObject({ status: 'waiting', waits_for: [{ label: 't-8' }] })
    expect(one.and([release(eight.key), system]).task).toMatchObject({ status: 'open', waits_for: [] })
  })

  it('is released once by each, and by nothing else', () => {
    waiting()
      .and([release(seven.key), system])
      .when(release(seven.key), system)
      .changesNothing()
    waiting().when(release('another'), system).changesNothing()
    waiting().and([cancel, ada]).when(release(seven.key), system).changesNothing()
  })

  it('goes on waiting when another role gets it', () => {
    expect(waiting().and([reassign('cso'), ada]).task).toMatchObject({ status: 'waiting', role: 'cso' })
  })
})

describe('the first result wins', () => {
  const second: TaskCommand = { type: 'submit', result: 'reverted' }

  test.each(['verifying by a check', 'verifying by a review', 'verifying by a yes', 'done'] as const)(
    'while %s: the same text again changes nothing, a differing one is refused with both shown',
    (status) => {
      const story = everyStatus[status]()
      for (const doer of [bob, ada, seat('cto', 1), seat('cto', 2)]) {
        story.when(submit, doer).changesNothing()
        const both = 't-9 has a result already, and the first one counts. It is "merged"; yours is "reverted".'
        expect(story.when(second, doer).isRefused('result-exists', both)).toMatchObject({
          first: 'merged',
          second: 'reverted',
        })
      }
    },
  )

  it('until it was sent back; then the next one counts', () => {
    const back = everyStatus['verifying by a review']().and([reject, ada])
    expect(back.task).toMatchObject({ status: 'open', result: null, claim: null, reason: 'no test' })
    expect(back.and([second, bob]).task.result?.text).toBe('reverted')
  })

  it('and is not handed in again once the task failed or was cancelled', () => {
    const failed = everyStatus['failed at its check']()
    for (const command of [submit, second]) failed.when(command, bob).isRefused('over', 't-9 is failed.')
    const cancelled = everyStatus['verifying by a review']().and([cancel, ada])
    for (const command of [submit, second])
      cancelled.when(command, seat('cto', 1)).isRefused('over', 't-9 is cancelled.')
  })

  it('shows long results by their beginning, on one line', () => {
    const long: TaskCommand = { type: 'submit', result: `a\nb ${'x'.repeat(8_000)}` }
    everyStatus
      .done()
      .when(long, bob)
      .isRefused('result-exists', /yours is "a b x{100,116}…"\.$/)
  })
})

describe('the budget', () => {
  const story = (attempts: number) => asked({ budget: { attempts } })

  it('counts submissions that fail; the last one fails the task', () => {
    const once = story(2).and([submit, bob]).when(failing, system).gives('step_failed', 'returned')
    expect(once.task).toMatchObject({ status: 'open', attempts: 1, claim: null })
    const twice = once
      .and([submit, bob])
      .when(ran({ epoch: 2 }, { exit_code: 1 }), system)
      .gives('step_failed', { type: 'failed', reason: '`tests` ended with 1' })
    expect(twice.task).toMatchObject({ status: 'failed', attempts: 2, claim: null, reason: '`tests` ended with 1' })
  })

  it('counts failed tries without a submission, too', () => {
    const once = story(2).and([claim, seat('cto')], [handBack, seat('cto', 1)])
    expect(once.task).toMatchObject({ status: 'open', attempts: 1, reason: 'crashed' })
    once
      .and([claim, seat('cto')])
      .when(handBack, seat('cto', 2))
      .gives({ type: 'failed', reason: 'crashed' })
  })

  it('is not spent by a seat that was only stopped', () => {
    const stopped: TaskCommand = { type: 'hand_back', reason: 'stopped', counted: false }
    const { task } = story(1)
      .and([claim, seat('cto')])
      .when(stopped, seat('cto', 1))
      .gives('returned')
    expect(task).toMatchObject({ status: 'open', attempts: 0 })
  })

  it('is whole again for whoever gets the failed task next, the same role included', () => {
    for (const role of ['cto', 'cso']) {
      const { task } = everyStatus['failed at its check']().when(reassign(role), ada).gives('reassigned')
      expect(task).toMatchObject({ status: 'open', role, attempts: 0, result: null, passed: 0, reason: null })
    }
  })
})

describe('giving up a doorbell', () => {
  it('fails the task that it handed out, or an open one', () => {
    everyStatus.working().when(giveUp, seat('cto')).gives({ type: 'failed', reason: 'five deliveries' })
    given().when(giveUp, seat('cto')).gives('failed')
  })

  it('leaves alone what is in other hands, waits, is being verified or over', () => {
    given([ring('other'), seat('cto')])
      .when(giveUp, seat('cto'))
      .changesNothing()
    given([claim, bob]).when(giveUp, seat('cto')).changesNothing()
    const statuses = ['waiting', 'verifying by a check', 'done', 'failed at work', 'cancelled'] as const
    for (const status of statuses) everyStatus[status]().when(giveUp, seat('cto')).changesNothing()
  })

  it('is for the role of the task', () => {
    for (const doer of [seat('cso'), bob, system]) given().when(giveUp, doer).isRefused('not-yours', 't-9 is with cto.')
  })
})

describe('handing a task to somebody else', () => {
  it('is for who asked, the manager and founders', () => {
    for (const doer of [ada, grace, system, seat('ceo')]) given().when(reassign('cso'), doer).gives('reassigned')
    for (const doer of [bob, seat('cto', 1), seat('cso')]) {
      given().when(reassign('cso'), doer).isRefused('not-yours', 'Only Ada, who asked for t-9, or a founder may')
    }
  })

  it('to its own role takes it from whoever holds it, who may let go of it too', () => {
    const held = given([claim, bob])
    for (const doer of [ada, bob, grace]) {
      const { task } = held.when(reassign('cto'), doer).gives('reassigned')
      expect(task).toMatchObject({ role: 'cto', status: 'open', claim: null })
    }
    given().when(reassign('cto'), ada).changesNothing()
    everyStatus['verifying by a check']().when(reassign('cto'), ada).changesNothing()
  })

  it('takes it from whoever has it, with the result and what passed of it', () => {
    const { task } = everyStatus['verifying by a check']().when(reassign('cso'), ada).gives('reassigned')
    expect(task).toMatchObject({
      role: 'cso',
      status: 'open',
      claim: null,
      result: null,
      passed: 0,
      acknowledged: null,
    })
    expect(task.epoch).toBe(1)
  })

  it('takes a role that takes tasks, and is not to review it', () => {
    const reviewed = asked({ verification: [{ kind: 'review', by: 'cso' }] })
    expect(reviewed.when(reassign('cso'), ada).isRefused('own-review', 'cso is to review t-9').path).toBe('role')
    expect(given().when(reassign('cfo'), ada).isRefused('unknown-role', 'no role cfo').path).toBe('role')
    given().when(reassign('marketing'), ada).isRefused('takes-no-tasks', 'marketing takes no tasks')
    given().when(reassign('cto'), bob).changesNothing()
  })

  it('is refused when it is done or cancelled', () => {
    everyStatus.done().when(reassign('cso'), ada).isRefused('over', 't-9 is done.')
    everyStatus.cancelled().when(reassign('cso'), ada).isRefused('over', 't-9 is cancelled.')
  })
})

describe('cancelling', () => {
  it('is for who asked, founders and the system', () => {
    for (const doer of [ada, grace, system])
      given().when(cancel, doer).gives({ type: 'cancelled', reason: 'not needed' })
    for (const doer of [bob, seat('cto', 1), seat('ceo')]) {
      everyStatus.claimed().when(cancel, doer).isRefused('not-yours', 'Only Ada, who asked for t-9, or a founder may')
    }
  })

  it('once, also of what failed, and never of what is done', () => {
    everyStatus.cancelled().when(cancel, bob).changesNothing()
    everyStatus['failed at work']().when(cancel, ada).gives('cancelled')
    everyStatus.done().when(cancel, grace).isRefused('over', 't-9 is done.')
  })
})

describe('what became of a follow-up', () => {
  it('is noted once', () => {
    everyStatus.done().when(published, system).gives('followed').when(published, system).changesNothing()
    everyStatus.cancelled().when(dropped, system).gives('followed').when(dropped, system).changesNothing()
  })

  it('that was dropped comes after all when the task was done in the end, and is never dropped after it came', () => {
    const { task } = everyStatus.done().and([dropped, system]).when(published, system).gives('followed')
    expect(task.followed).toEqual([{ index: 0, label: 't-10', reason: null }])
    everyStatus.done().and([published, system]).when(dropped, system).changesNothing()
  })

  it('is not noted on a task that goes on', () => {
    everyStatus['failed at work']()
      .and([reassign('cso'), ada])
      .when(dropped, system)
      .changesNothing()
  })
})
