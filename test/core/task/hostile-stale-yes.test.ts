import { describe, expect, it } from 'vitest'
import { taskCard } from '../../../core/task/card.ts'
import type { TaskCommand } from '../../../core/task/decide.ts'
import { judgedFront, judgedResult } from '../../../core/task/judged-result.ts'
import type { Task } from '../../../core/task/task.ts'
import { ada, asked, claim, reject, seat, submit, world } from '../../support/task-story.ts'

/** The yes that the button of a task's card gives. */
function pressed(task: Task): TaskCommand {
  const { command = '' } = taskCard(task, new Date(0), world).actions.find(({ id }) => id === 'approve') ?? {}
  const { about } = judgedFront(command.replace(`approve ${task.label} `, ''))
  return { type: 'approve', comment: '', about }
}

describe('S12: a yes from a card', () => {
  const submitted = asked({ verification: [{ kind: 'review', by: null }, { kind: 'approval' }] }).and(
    [claim, seat('cto')],
    [submit, seat('cto', 1)],
  )

  it('is for the result that the card showed: for none that was handed in since', () => {
    const yes = pressed(submitted.task)
    const since = submitted.and(
      [reject, ada],
      [claim, seat('cto')],
      [{ type: 'submit', result: 'worse' }, seat('cto', 2)],
    )
    since.when(yes, ada).isRefused('another-result', 't-9 has gone on since')
    since.when(pressed(since.task), ada).gives('step_passed')
  })

  it('is for the step that the card showed: a second press is no yes to the next one', () => {
    const yes = pressed(submitted.task)
    const passed = submitted.and([yes, ada])
    passed.when(yes, ada).isRefused('another-result', 'what you saw is not what waits now')
  })
})

describe('what a button says it stands under', () => {
  it('is another word for another result, for the next step of the same, and for the same step looked at anew', () => {
    const task = { epoch: 3, result: { epoch: 2, at: '', by: 'cto', text: 'x' }, passed: 0, rounds: 0 }
    const another = { ...task, result: { ...task.result, epoch: 3 } }
    const words = [task, { ...task, passed: 1 }, { ...task, rounds: 1 }, another].map(judgedResult)
    expect(words).toEqual(['#2.0', '#2.1', '#2.0.1', '#3.0'])
  })

  it('is read back from the front, with what people said behind it as they said it', () => {
    expect(judgedFront('#2.0')).toEqual({ about: '#2.0', words: '' })
    expect(judgedFront('#2.0.1 no test')).toEqual({ about: '#2.0.1', words: 'no test' })
    expect(judgedFront('#2.0 no test')).toEqual({ about: '#2.0', words: 'no test' })
    expect(judgedFront('#2.0 "\\"done\\" is not done"')).toEqual({ about: '#2.0', words: '"done" is not done' })
    for (const words of ['no test', '#2 is missing', '#2.0.1.1 is old', ''])
      expect(judgedFront(words)).toEqual({ about: null, words })
  })
})
