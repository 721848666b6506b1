import type { ModalView } from '@slack/types'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { askForm, readAskForm } from '../../../../adapters/slack/draw/ask-form.ts'
import { assignForm, formErrors, readAssignForm } from '../../../../adapters/slack/draw/assign-form.ts'
import { forMatching } from '../../../../core/clean-text.ts'
import { type AssignmentForm, readForm } from '../../../../core/task/assignment-form.ts'
import { anyWords } from '../../../support/any-task.ts'
import { expectKept, expectScreen } from '../../../support/screen.ts'
import { blockKitProblems } from '../../../support/slack/block-kit-limits.ts'

const offer = {
  roles: [
    { name: 'cto', mission: 'Keeps the gateway fast and up, and says what it costs to keep it so, every week.' },
    { name: 'cso', mission: 'Looks at what can be broken.' },
  ],
  checks: ['true', 'npm test'],
}
const known = { roles: offer.roles.map(({ name }) => ({ role: name, nick: name })), checks: offer.checks }
const meta = { room: 'breakroom', channel: 'C0BREAK' }
const filled: AssignmentForm = {
  role: 'cto',
  title: 'Add rate limiting',
  about: 'Bursts take it down.\nSee https://x.example/p1',
  accept: '429 after 100 requests a minute\na metric counts them',
  planner: 'cso',
  checks: ['npm test'],
  tester: 'cso',
  reviewer: 'cso',
  approval: true,
  priority: 'high',
  due: '2h',
  after: 't-3, t-4',
  next: 'cso "Review {task_id}"',
  more: 'ack: 60s',
}

/** The view as Slack sends it when nothing was changed in it. */
function sent({ blocks, ...view }: ModalView, changes: Record<string, unknown> = {}): unknown {
  const values = Object.fromEntries(
    blocks.flatMap((block) => {
      if (block.type !== 'input' || !('element' in block) || block.block_id === undefined) return []
      const {
        type,
        action_id = '',
        ...element
      } = block.element as unknown as Record<string, unknown> & {
        action_id?: string
      }
      const state =
        type === 'plain_text_input'
          ? { value: element.initial_value ?? null }
          : type === 'static_select'
            ? { selected_option: element.initial_option ?? null }
            : { selected_options: element.initial_options ?? [] }
      return [[block.block_id, { [action_id]: { type, ...state, ...(changes[block.block_id] ?? {}) } }]]
    }),
  )
  return { ...view, id: 'V1', state: { values } }
}

describe('the form for a new task', () => {
  it('is empty, with the usual priority', async () => {
    const form = assignForm(offer, {}, meta)
    await expectScreen('form-empty', form)
    expect(readAssignForm(sent(form))).toEqual({
      meta,
      form: {
        role: null,
        title: '',
        about: '',
        accept: '',
        planner: null,
        checks: [],
        tester: null,
        reviewer: null,
        approval: false,
        priority: 'normal',
        due: '',
        after: '',
        next: '',
        more: '',
      },
    })
  })

  it('is filled in with what is known, and sent as it was filled in', async () => {
    const form = assignForm(offer, filled, meta)
    await expectScreen('form-filled', form)
    expect(readAssignForm(sent(form))).toEqual({ form: filled, meta })
  })

  it('has what is wrong beside the field that it is about', async () => {
    const wrong = {
      ...filled,
      accept: ' ',
      due: 'soon',
      after: 'the other',
      next: '"Review it"',
      title: 'x'.repeat(201),
    }
    const read = readForm(wrong, known)
    const errors = formErrors('problems' in read ? read.problems : [])
    const form = assignForm(offer, wrong, meta)
    const blocks = form.blocks.map(({ block_id }) => block_id)
    expect(Object.keys(errors)).toHaveLength(5)
    for (const block of Object.keys(errors)) expect(blocks).toContain(block)
    await expectKept('form-errors', { response_action: 'errors', errors })
  })

  it('is one that Slack takes, whatever it is filled in with and offers', () => {
    const any = fc.record({
      title: anyWords,
      about: anyWords,
      accept: anyWords,
      due: anyWords,
      next: anyWords,
      more: anyWords,
    })
    fc.assert(
      fc.property(any, anyWords, fc.nat(150), (words, mission, many) => {
        const roles = Array.from({ length: many }, (_, index) => ({ name: `role-${index}`, mission }))
        const checks = Array.from({ length: many }, (_, index) => `check ${index}`)
        const form = assignForm({ roles, checks }, { ...words, role: 'gone', checks: ['check 1', 'gone'] }, meta)
        expect(blockKitProblems(form)).toEqual([])
        const title = forMatching(words.title).trim()
        if (title.length <= 200) expect(readAssignForm(sent(form))?.form.title).toBe(title)
      }),
    )
  })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['another form', { ...(sent(assignForm(offer, {}, meta)) as object), callback_id: 'br_ask' }],
    ['no state', { callback_id: 'br_assign', private_metadata: JSON.stringify(meta) }],
    ['a place that is not as we write it', sent({ ...assignForm(offer, {}, meta), private_metadata: '{"room":1}' })],
    ['no JSON', sent({ ...assignForm(offer, {}, meta), private_metadata: '{' })],
  ])('S9: %s is no form of ours', (_, view) => {
    expect(readAssignForm(view)).toBeNull()
  })

  it('S9: a field that is not as we draw it is empty', () => {
    const view = sent(assignForm(offer, filled, meta), {
      br_title: { value: 7 },
      br_checks: { selected_options: 'x' },
      br_priority: { selected_option: { value: 'highest' } },
    })
    expect(readAssignForm(view)?.form).toMatchObject({ role: 'cto', title: '', checks: [], priority: 'normal' })
  })
})

describe('the form for what a press asks', () => {
  test.each([
    [
      'done t-13',
      'result',
      { value: '"Merged" as 4f2a.\nSee the log.' },
      'done t-13 "\\"Merged\\" as 4f2a.\nSee the log."',
    ],
    ['done t-13', 'plan', { value: 'a counter for each address' }, 'done t-13 a counter for each address'],
    ['reject t-13', 'reason', { value: 'a key is in it' }, 'reject t-13 a key is in it'],
    ['reassign t-13', 'role', { selected_option: { value: 'cso' } }, 'reassign t-13 cso'],
  ] as const)('%s asks for a %s, which is put behind it', async (command, asks, br_said, whole) => {
    const form = askForm({ command, asks }, offer, meta)
    await expectScreen(`ask-${asks}`, form)
    expect(readAskForm(sent(form, { br_said }))).toEqual({ command: whole, meta })
    expect(readAskForm(sent(form))).toEqual({ errors: { br_said: expect.any(String) }, meta })
    expect(readAskForm(sent(form, { br_said: { value: ' \u200b ' } }))).toMatchObject({ meta, errors: {} })
  })

  it('asks what kind of no it is, which is put in front of the reason', () => {
    const form = askForm({ command: 'reject t-13 #2.1', asks: 'reason' }, offer, meta)
    const why = { br_said: { value: ' it loses a line ' } }
    const kind = (value: string) => ({ ...why, br_kind: { selected_option: { value } } })
    expect(readAskForm(sent(form, kind('defect')))).toEqual({
      command: 'reject t-13 #2.1 defect: it loses a line',
      meta,
    })
    // Whatever else a form says there is not ours.
    expect(readAskForm(sent(form, kind('toString')))).toEqual({ command: 'reject t-13 #2.1 it loses a line', meta })
    expect(readAskForm(sent(form, { br_kind: { selected_option: { value: 'defect' } } }))).toMatchObject({ errors: {} })
    const cancel = askForm({ command: 'cancel t-13', asks: 'reason' }, offer, meta)
    expect(JSON.stringify(cancel)).not.toContain('br_kind')
  })

  it('is no form of ours when it carries something else', () => {
    const form = askForm({ command: 'done t-13', asks: 'result' }, offer, meta)
    expect(
      readAskForm(sent({ ...form, private_metadata: JSON.stringify({ ...meta, command: 'done t-13' }) })),
    ).toBeNull()
    expect(readAskForm(sent(assignForm(offer, filled, meta)))).toBeNull()
  })
})
