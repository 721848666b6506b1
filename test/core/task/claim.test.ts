import { describe, expect, it, test } from 'vitest'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { system } from '../../../core/task/world.ts'
import {
  ada,
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
  reject,
  ring,
  seat,
  start,
  submit,
} from '../../support/task-story.ts'

const held = () => given([ring('bell'), seat('cto')])
const acknowledge: TaskCommand = { type: 'acknowledge' }

describe('a claim', () => {
  it('gives the first epoch to a seat, under its doorbell', () => {
    const { task } = given().when(ring('bell'), seat('cto')).gives({ type: 'claimed', epoch: 1, doorbell: 'bell' })
    expect(task).toMatchObject({ status: 'claimed', epoch: 1, claim: { by: 'cto', epoch: 1, doorbell: 'bell' } })
    expect(task.acknowledged?.by).toBe('cto')
  })

  it('gives a person the task without a lease', () => {
    const { task } = given().when(claim, bob).gives({ type: 'claimed', epoch: 1, doorbell: null })
    expect(task.claim).toMatchObject({ by: bob.actor, doorbell: null })
  })

  it('of one’s own again changes nothing for a person, however far it is', () => {
    given([claim, bob]).when(claim, bob).changesNothing()
    given([start, bob]).when(claim, bob).changesNothing()
    given([submit, bob]).when(claim, bob).changesNothing()
  })

  it('of somebody else’s is refused, and says whose it is', () => {
    given([claim, bob]).when(claim, ada).isRefused('claimed', 't-9 is held by bob.')
    given([claim, bob]).when(claim, grace).isRefused('claimed', 't-9 is held by bob.')
    given([claim, bob]).when(ring('bell'), seat('cto')).isRefused('claimed', 't-9 is held by bob.')
    expect(held().when(claim, bob).isRefused('claimed', 't-9 is held by cto.')).toMatchObject({ by: 'cto' })
  })

  it('is for the task’s own role and for people', () => {
    given().when(ring('bell'), seat('cso')).isRefused('not-yours', 't-9 is with cto.')
    given().when(claim, seat('ceo')).isRefused('not-yours', 't-9 is with cto.')
    given().when(claim, system).isRefused('not-yours', 't-9 is with cto.')
  })

  it('is refused while the task waits, and says for what', () => {
    const waiting = everyStatus.waiting()
    for (const doer of [seat('cto'), bob, grace]) {
      const detail = waiting.when(claim, doer).isRefused('waiting', 't-9 waits for t-7.')
      expect(detail.blocked_by).toEqual(waiting.task.waits_for)
    }
  })

  test.each(['done', 'failed at work', 'cancelled'] as const)('is refused when the task is %s', (status) => {
    const [word = ''] = status.split(' ')
    everyStatus[status]().when(claim, bob).isRefused('over', `t-9 is ${word}.`)
  })
})

describe('a doorbell that rings again', () => {
  const again = { type: 'claimed', epoch: 2, doorbell: 'bell' } as const

  it.each(['claimed', 'working', 'blocked'] as const)(
    'F7: hands a task that is %s out once more, under the next epoch',
    (status) => {
      const { task } = everyStatus[status]().when(ring('bell'), seat('cto')).gives(again)
      expect(task).toMatchObject({ status: 'claimed', epoch: 2, claim: { epoch: 2 } })
    },
  )

  it('does not hand out what is being verified', () => {
    held()
      .and([submit, seat('cto', 1)])
      .when(ring('bell'), seat('cto'))
      .isRefused('claimed', 'held by cto')
  })

  it('is another when it is another doorbell, and that one gets nothing', () => {
    held().when(ring('other'), seat('cto')).isRefused('claimed', 't-9 is held by cto.')
    held().when(claim, seat('cto')).isRefused('claimed', 't-9 is held by cto.')
    given([claim, seat('cto')])
      .when(claim, seat('cto'))
      .isRefused('claimed', 't-9 is held by cto.')
  })
})

describe('F7: late writes of an old epoch', () => {
  const handedOutAgain = () => held().and([ring('bell'), seat('cto')])
  const writes: [string, TaskCommand][] = [
    ['start', start],
    ['block', block],
    ['submit', submit],
    ['hand_back', handBack],
  ]

  test.each(writes)('%s is refused, and counts under the epoch that holds it', (_, command) => {
    const detail = handedOutAgain()
      .when(command, seat('cto', 1))
      .isRefused('stale-epoch', 't-9 is not yours under epoch 1; what you write under it does not count.')
    expect(detail.epoch).toBe(2)
    expect(handedOutAgain().and([command, seat('cto', 2)]).commits).toHaveLength(4)
  })

  test.each(writes)(
    '%s is refused from a seat that never claimed, and from one whose task went to somebody else',
    (_, command) => {
      given().when(command, seat('cto')).isRefused('stale-epoch', 'epoch 0')
      given().when(command, seat('cto', 1)).isRefused('stale-epoch', 'epoch 1')
      held().when(command, seat('cto')).isRefused('stale-epoch', 'epoch 0')
      held().when(command, seat('cto', 2)).isRefused('stale-epoch', 'epoch 2')
      given([claim, bob]).when(command, seat('cto', 1)).isRefused('stale-epoch', 'epoch 1')
      held()
        .and([handBack, seat('cto', 1)])
        .when(command, seat('cto', 1))
        .isRefused('stale-epoch', 'epoch 1')
      held()
        .and([reassign('devops'), ada])
        .when(command, seat('cto', 1))
        .isRefused('not-yours', 't-9 is with devops.')
    },
  )

  test.each(writes)('%s is refused from any other role, whatever epoch it says', (_, command) => {
    for (const epoch of [null, 1]) held().when(command, seat('ceo', epoch)).isRefused('not-yours', 't-9 is with cto.')
    held().when(command, system).isRefused('not-yours', 't-9 is with cto.')
  })

  it('are refused after a failed try, also when the same text comes once more', () => {
    const failed = held().and([submit, seat('cto', 1)], [ran({}, { exit_code: 1 }), system])
    failed.when(submit, seat('cto', 1)).isRefused('stale-epoch', 'epoch 1')
  })

  it('are taken as notes, which need no claim', () => {
    handedOutAgain().when(note, seat('cto', 1)).gives('noted')
    given([cancel, ada]).when(note, bob).gives('noted')
  })

  it('S4: are not taken as notes from an agent that has nothing to do with it: whoever works there reads them', () => {
    given().when(note, seat('cso')).isRefused('not-yours', 't-9 is with cto')
    asked({ verification: [{ kind: 'review', by: 'cso' }] })
      .when(note, seat('cso'))
      .gives('noted')
  })
})

describe('people', () => {
  it('claim by beginning, being stuck or handing in', () => {
    given().when(start, bob).gives('claimed', 'started')
    given().when(block, bob).gives('claimed', 'blocked')
    const { task } = given().when(submit, bob).gives('claimed', { type: 'submitted', epoch: 1 })
    expect(task).toMatchObject({ status: 'verifying', claim: { by: bob.actor }, result: { by: bob.actor, epoch: 1 } })
  })

  it('hand in a second try under the next epoch', () => {
    const back = asked({ verification: [] }).and([submit, bob], [reject, ada])
    back.when(submit, bob).gives({ type: 'claimed', epoch: 2 }, { type: 'submitted', epoch: 2 })
  })

  it('are refused what somebody else holds', () => {
    for (const command of [start, block, submit, handBack]) {
      held().when(command, bob).isRefused('claimed', 't-9 is held by cto.')
      given([claim, ada]).when(command, bob).isRefused('claimed', 't-9 is held by ada.')
    }
  })

  it('hand back only what they hold', () => {
    given([claim, bob]).when(handBack, bob).gives('returned')
    given().when(handBack, bob).isRefused('not-held', "t-9 is nobody's; there is nothing to hand back.")
  })
})

describe('an acknowledgement', () => {
  it('is a person’s or the role’s, and once', () => {
    given().when(acknowledge, seat('cto')).gives('acknowledged').when(acknowledge, bob).changesNothing()
    given().when(acknowledge, bob).gives('acknowledged')
    given().when(acknowledge, seat('cso')).isRefused('not-yours', 't-9 is with cto.')
    held().when(acknowledge, seat('cto')).changesNothing()
  })

  it('is asked for again of the next role', () => {
    const { task } = given([acknowledge, seat('cto')], [reassign('cso'), ada])
      .when(acknowledge, seat('cso'))
      .gives('acknowledged')
    expect(task.acknowledged?.by).toBe('cso')
  })
})

test('beginning what was begun changes nothing, and being stuck is over when it goes on', () => {
  const working = held().and([start, seat('cto', 1)])
  working.when(start, seat('cto', 1)).changesNothing()
  const stuck = working.when(block, seat('cto', 1)).gives('blocked')
  expect(stuck.task).toMatchObject({ status: 'blocked', reason: 'no access', claim: { by: 'cto' } })
  expect(stuck.and([start, seat('cto', 1)]).task).toMatchObject({ status: 'working', reason: null })
})
