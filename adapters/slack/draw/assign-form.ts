import type { ModalView } from '@slack/types'
import type { AssignmentForm, FormProblem } from '../../../core/task/assignment-form.ts'
import { exampleOf } from '../../../core/task/assignment-values.ts'
import { priorities } from '../../../core/task/task.ts'
import { choiceField, choicesField, textField, yesField } from './fields.ts'
import { type FormMeta, formMetaSchema, readSentForm } from './form-meta.ts'
import { assignCallback } from './ids.ts'
import { plain } from './text.ts'

/** What the form for a new task offers. */
export interface FormOffer {
  roles: readonly { name: string; mission: string }[]
  checks: readonly string[]
}

/** A task has at most eight steps; the form has a trial, a review and an approval beside the checks. */
const mostChecks = 5

/** The form for a new task, with what is known already filled in. */
export function assignForm(offer: FormOffer, filled: Partial<AssignmentForm>, meta: FormMeta): ModalView {
  const roles = offer.roles.map(({ name, mission }) => ({ value: name, description: mission }))
  const checks = offer.checks.map((value) => ({ value }))
  const optional = true
  return {
    type: 'modal',
    callback_id: assignCallback,
    private_metadata: JSON.stringify(meta),
    title: plain('New task', 24),
    submit: plain('Give it', 24),
    close: plain('Cancel', 24),
    blocks: [
      ...choiceField({ id: block('role'), label: 'Who' }, roles, filled.role, 'Choose a role'),
      textField(
        { id: block('title'), label: 'What is to be done' },
        { filled: filled.title, most: 200, placeholder: 'Add rate limiting' },
      ),
      textField(
        {
          id: block('accept'),
          label: 'What is true when it is done',
          hint: 'One thing on each line. It counts as done when these are true.',
        },
        { filled: filled.accept, lines: true, placeholder: exampleOf('accept') },
      ),
      textField(
        { id: block('about'), label: 'Context', hint: 'What helps to understand it.', optional },
        { filled: filled.about, lines: true },
      ),
      ...choiceField(
        {
          id: block('planner'),
          label: 'Plan by',
          hint: 'They write the plan before anybody builds.',
          optional,
        },
        roles,
        filled.planner,
        'Choose another role',
      ),
      ...choicesField(
        {
          id: block('checks'),
          label: 'Checks',
          hint: 'I run them when a result comes in, and all have to pass.',
          optional,
        },
        checks,
        filled.checks ?? [],
        { most: mostChecks, placeholder: 'Choose checks' },
      ),
      ...choiceField(
        {
          id: block('tester'),
          label: 'Tried by',
          hint: 'They try to break it before it is reviewed.',
          optional,
        },
        roles,
        filled.tester,
        'Choose another role',
      ),
      ...choiceField(
        {
          id: block('reviewer'),
          label: 'Review by',
          hint: 'When nothing is chosen to verify it, you or the manager of the role look at the result.',
          optional,
        },
        roles,
        filled.reviewer,
        'Choose another role',
      ),
      yesField(
        { id: block('approval'), label: 'Approval', optional },
        'A person has to say yes in the end',
        filled.approval ?? false,
      ),
      ...choiceField(
        { id: block('priority'), label: 'Priority' },
        priorities.map((value) => ({ value })),
        filled.priority ?? 'normal',
        'Choose a priority',
      ),
      textField(
        { id: block('due'), label: 'Due in', hint: 'Minutes, hours or days from now: 30m, 2h, 3d.', optional },
        { filled: filled.due, most: 50, placeholder: '2h' },
      ),
      textField(
        { id: block('after'), label: 'Depends on', hint: 'It begins when these tasks are done.', optional },
        { filled: filled.after, most: 300, placeholder: 't-3, t-4' },
      ),
      textField(
        {
          id: block('next'),
          label: 'Then',
          hint: 'The task that follows: a role, and what it is to do. Several on a line each follow one another. Empty means what usually follows the tasks of the role; "nothing" means nothing.',
          optional,
        },
        { filled: filled.next, lines: true, placeholder: exampleOf('then') },
      ),
      ...(filled.more === undefined || filled.more.trim() === ''
        ? []
        : [textField({ id: block('more'), label: 'Also', optional }, { filled: filled.more, lines: true })]),
    ],
  }
}

/** The form as it was sent. What was left out or is not as we draw it is empty; null when it is no form of ours at all. */
export function readAssignForm(view: unknown): { form: AssignmentForm; meta: FormMeta } | null {
  const sent = readSentForm(view, assignCallback, formMetaSchema)
  if (sent === null) return null
  const text = (field: keyof AssignmentForm) => sent.value(block(field)) ?? ''
  return {
    meta: sent.meta,
    form: {
      role: sent.value(block('role')),
      title: text('title'),
      about: text('about'),
      accept: text('accept'),
      planner: sent.value(block('planner')),
      checks: sent.values(block('checks')),
      tester: sent.value(block('tester')),
      reviewer: sent.value(block('reviewer')),
      approval: sent.values(block('approval')).includes('yes'),
      priority: priorities.find((one) => one === text('priority')) ?? 'normal',
      due: text('due'),
      after: text('after'),
      next: text('next'),
      more: text('more'),
    },
  }
}

/** What is wrong, by the block that it stands beside. */
export function formErrors(problems: readonly FormProblem[]): Record<string, string> {
  return Object.fromEntries(problems.map(({ field, sentence }) => [block(field), plain(sentence, 300).text]))
}

function block(field: keyof AssignmentForm): string {
  return `br_${field}`
}
