import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { forMatching } from '../../../core/clean-text.ts'
import { parseCommand } from '../../../core/command.ts'
import { type Assignment, draftOf, readAssignment } from '../../../core/task/assignment.ts'
import { type AssignmentForm, formOf, formOfMessage, readForm } from '../../../core/task/assignment-form.ts'
import { priorities } from '../../../core/task/task.ts'
import { anyWords } from '../../support/any-task.ts'

const known = {
  roles: ['ceo', 'cto', 'cso', 'devops'].map((role) => ({ role, nick: role })),
  checks: ['true', 'npm test'],
}
const empty: AssignmentForm = {
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
}
const small: AssignmentForm = { ...empty, role: 'cto', title: 'Add it', accept: 'x' }
const full: AssignmentForm = {
  role: 'cto',
  title: 'Add "rate limiting"',
  about: 'Bursts take it down.\nDue: see the log; then: call us',
  accept: '- 429 after 100; due: never\n- a metric',
  planner: 'ceo',
  checks: ['npm test'],
  tester: 'devops',
  reviewer: 'cso',
  approval: true,
  priority: 'high',
  due: '2h',
  after: 't-3, #4 and 5',
  next: 'cso "Review {task_id}"\ndevops "Deploy it" (accept: it answers; priority: low)',
  more: 'ack: 60s; budget: 3 attempts',
}

/** The assignment that the house reads in a form's words. */
function readBack(form: AssignmentForm): Assignment {
  const read = readForm(form, known)
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const command = parseCommand(read.words, { toDesk: true })
  if (command === null || !('verb' in command) || command.verb !== 'assign') throw new Error(read.words)
  return readAssignment(command.args.text ?? '', known)
}

function problems(changes: Partial<AssignmentForm>): Record<string, string> {
  const read = readForm({ ...small, ...changes }, known)
  return 'words' in read ? {} : Object.fromEntries(read.problems.map(({ field, sentence }) => [field, sentence]))
}

describe('a form that is filled in', () => {
  it('is the command that says the same', () => {
    expect(readForm(full, known)).toEqual({
      words: [
        'assign cto "Add \\"rate limiting\\""',
        'accept: "429 after 100; due: never"',
        'accept: "a metric"',
        'about: "Bursts take it down.\\\nDue: see the log; then: call us"',
        'prep: ceo',
        'verify: `npm test`, qa by devops, review by cso, approval',
        'priority: high',
        'due: 2h',
        'after: t-3, #4 and 5',
        'ack: 60s; budget: 3 attempts',
        'then: cso "Review {task_id}"',
        'then: devops "Deploy it" (accept: it answers; priority: low)',
      ].join('\n'),
    })
    expect(readBack(full)).toMatchObject({
      role: 'cto',
      problems: [],
      missing: [],
      draft: {
        title: 'Add "rate limiting"',
        description: 'Bursts take it down.\nDue: see the log; then: call us',
        acceptance_criteria: ['429 after 100; due: never', 'a metric'],
        prep: 'ceo',
        verification: [
          { kind: 'check', check: 'npm test' },
          { kind: 'review', by: 'devops', stage: 'qa' },
          { kind: 'review', by: 'cso' },
          { kind: 'approval' },
        ],
        priority: 'high',
        sla: { ack_within_seconds: 60, complete_within_minutes: 120 },
        after: ['t-3', 't-4', 't-5'],
        budget: { attempts: 3 },
        on_complete: [{ publish_to: 'cso', payload_template: { on_complete: [{ publish_to: 'devops' }] } }],
      },
    })
  })

  it('asks for no more than a role, a title and what is then true', () => {
    expect(readForm(small, known)).toEqual({ words: 'assign cto "Add it"\naccept: "x"' })
  })

  it('is read back exactly, whatever stands in it', () => {
    const list = fc.array(
      anyWords.map((text) => text.slice(0, 200)),
      { minLength: 1, maxLength: 5 },
    )
    const form = fc.record({
      title: anyWords.map((text) => text.slice(0, 150)),
      about: anyWords,
      accept: list.map((lines) => lines.join('\n')),
      checks: fc.subarray(known.checks),
      planner: fc.constantFrom(null, 'ceo'),
      tester: fc.constantFrom(null, 'devops'),
      reviewer: fc.constantFrom(null, 'cso'),
      approval: fc.boolean(),
      priority: fc.constantFrom(...priorities),
    })
    fc.assert(
      fc.property(form, (filled) => {
        const lines = forMatching(filled.accept).split('\n')
        const criteria = lines
          .map((line) => line.replace(/^\s*(?:[-*•]|\d{1,2}[.)])(?:\s|$)/, '').trim())
          .filter(Boolean)
        const title = forMatching(filled.title).replace(/\s+/g, ' ').trim()
        const about = forMatching(filled.about).trim()
        fc.pre(title !== '' && title.length <= 200 && criteria.length > 0 && criteria.length <= 20)
        fc.pre(about.length <= 4_000 && criteria.every((one) => one.length <= 500))
        const found = readBack({ ...small, ...filled })
        expect(found.problems).toEqual([])
        expect(found.draft).toEqual({
          title,
          acceptance_criteria: criteria,
          ...(about === '' ? {} : { description: about }),
          ...(filled.priority === 'normal' ? {} : { priority: filled.priority }),
          ...(filled.planner === null ? {} : { prep: filled.planner }),
          ...(filled.checks.length === 0 && filled.tester === null && filled.reviewer === null && !filled.approval
            ? {}
            : {
                verification: [
                  ...filled.checks.map((check) => ({ kind: 'check', check })),
                  ...(filled.tester === null ? [] : [{ kind: 'review', by: filled.tester, stage: 'qa' }]),
                  ...(filled.reviewer === null ? [] : [{ kind: 'review', by: filled.reviewer }]),
                  ...(filled.approval ? [{ kind: 'approval' }] : []),
                ],
              }),
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it('never throws, and says nothing in one field of another', () => {
    const any = fc.record({
      role: fc.option(anyWords),
      title: anyWords,
      about: anyWords,
      accept: anyWords,
      checks: fc.array(anyWords, { maxLength: 3 }),
      planner: fc.option(anyWords),
      tester: fc.option(anyWords),
      reviewer: fc.option(anyWords),
      approval: fc.boolean(),
      due: anyWords,
      after: anyWords,
      next: anyWords,
      more: anyWords,
    })
    fc.assert(
      fc.property(any, (filled) => {
        expect(['words', 'problems']).toContain(Object.keys(readForm({ ...empty, ...filled }, known))[0])
        // Beside what is right elsewhere, each either stays in its field or is refused there.
        for (const field of ['due', 'after', 'next', 'planner', 'tester', 'reviewer'] as const) {
          const read = readForm({ ...small, [field]: filled[field] }, known)
          if ('problems' in read) {
            expect(read.problems.map((one) => one.field)).toEqual([field])
          } else {
            const { draft } = readBack({ ...small, [field]: filled[field] })
            expect(draft).toMatchObject({ title: 'Add it', acceptance_criteria: ['x'] })
            expect(draft.priority).toBeUndefined()
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('what is wrong stands beside its field', () => {
  test.each<[Partial<AssignmentForm>, Record<string, string>]>([
    [
      { role: null, title: ' ', accept: '\n - \n' },
      {
        role: 'Choose who it is for.',
        title: 'Say in a few words what is to be done.',
        accept: 'Say what must be true when it is done.',
      },
    ],
    [{ role: 'nobody' }, { role: 'Choose who it is for.' }],
    [{ title: 'x'.repeat(201) }, { title: 'It has 201 characters; 200 is the most. Put the rest into the context.' }],
    [{ accept: 'x'.repeat(501) }, { accept: 'Has 501 characters; 500 is the most.' }],
    [{ accept: 'x\n'.repeat(21) }, { accept: 'Can be said 20 times at most.' }],
    [{ about: 'x'.repeat(4_001) }, { about: 'Has 4001 characters; 4000 is the most.' }],
    [{ due: 'soon' }, { due: 'Write minutes, hours or days, such as 30m, 2h or 3d; a year at most.' }],
    [{ due: '2h; priority: high' }, { due: 'Write minutes, hours or days, such as 30m, 2h or 3d; a year at most.' }],
    [{ after: 'the other' }, { after: 'Write tasks as t-3, t-4.' }],
    [
      { after: 't-3; due: 5m' },
      { after: 'Part of it looks like another setting. If that is text, put quotation marks around it.' },
    ],
    [{ next: '"Review it"' }, { next: 'Begins with a role; for example cso "Review {task_id}".' }],
    [{ next: 'ctoo "Review it"' }, { next: 'There is no role ctoo; did you mean cto? Roles: ceo, cto, cso, devops.' }],
    [
      { next: 'cso "a"; accept: b' },
      { next: 'Part of it looks like another setting. If that is text, put quotation marks around it.' },
    ],
    // An open bracket must not swallow the line below.
    [
      { next: 'cso a (accept: b (c)\ncso d' },
      { next: 'Part of it looks like another setting. If that is text, put quotation marks around it.' },
    ],
    [
      { planner: 'gone', tester: 'gone', reviewer: 'gone' },
      {
        planner: 'Choose from the roles that there are.',
        tester: 'Choose from the roles that there are.',
        reviewer: 'Choose from the roles that there are.',
      },
    ],
    [{ more: 'else: nobody "x"' }, { more: 'Else: there is no role nobody. Roles: ceo, cto, cso, devops.' }],
    [{ checks: ['gone'] }, { checks: 'Choose from the checks that there are.' }],
    [{ more: 'ack: soon' }, { more: 'Ack: takes s, m, h or d; for example ack: 60s.' }],
    [
      { more: 'priority: high' },
      { more: 'Here only ack:, budget:, context:, verify:, also:, else: can be said, each with its value.' },
    ],
  ])('%j', (changes, expected) => {
    expect(problems(changes)).toEqual(expected)
  })
})

describe('a form is filled in', () => {
  const formFor = (text: string) => formOf(readAssignment(text, known))

  it('from what was typed', () => {
    expect(formFor('cto "Add it"')).toEqual({ role: 'cto', title: 'Add it' })
    expect(formFor('')).toEqual({})
    expect(
      formFor(
        'cto Add it accept: a; accept: b; verify: `npm test`, review by cso, approval, review; due: 90m; ack: 1m; budget: $2; context: see; after: 3; then: cso Look; then: cto Mend',
      ),
    ).toEqual({
      role: 'cto',
      title: 'Add it',
      accept: 'a\nb',
      checks: ['npm test'],
      reviewer: 'cso',
      approval: true,
      due: '90m',
      after: 't-3',
      next: 'cso "Look" (accept: "The result says what came of it.")\ncto "Mend" (accept: "The result says what came of it.")',
      more: 'verify: review\nack: 60s\nbudget: 5 attempts, $2\ncontext: "see"',
    })
  })

  it('from what was typed about its stages and its ends', () => {
    expect(
      formFor(
        'cto Add it accept: a; prep: ceo; qa: devops; review: cso, ceo; verify: true, file "b c"; then: nothing; also: cso Look; else: ceo "Hear {reason}"',
      ),
    ).toEqual({
      role: 'cto',
      title: 'Add it',
      accept: 'a',
      planner: 'ceo',
      checks: ['true'],
      tester: 'devops',
      reviewer: 'cso',
      next: 'nothing',
      more: [
        'verify: file "b c", review by ceo',
        'also: cso "Look" (accept: "The result says what came of it.")',
        'else: ceo "Hear {reason}" (accept: "The result says what came of it.")',
      ].join('\n'),
    })
  })

  it('so that sending it unchanged says what was typed', () => {
    const ends = 'also: cso "a (accept: b"\nelse: ceo "c\\\nd" (accept: "e; f"; verify: qa by devops, file "g h")'
    for (const form of [
      full,
      small,
      { ...full, due: '2d', more: 'context: "a; due: 5m"\nverify: review by ceo' },
      { ...full, next: 'nothing', more: ends },
      { ...small, next: 'nothing' },
      { ...small, more: ends },
    ]) {
      const typed = readBack(form)
      expect(draftOf(readBack({ ...empty, ...formOf(typed) }))).toEqual(draftOf(typed))
    }
  })

  it('from a message: its first line, and all of it with the way back', () => {
    expect(formOfMessage(`\n${'The gateway falls over '.repeat(6)}\nEvery Monday.`, 'https://x.example/p1')).toEqual({
      title: 'The gateway falls over The gateway falls over The gateway falls over The gateway falls over The gat…',
      about: `${'The gateway falls over '.repeat(6)}\nEvery Monday.\nhttps://x.example/p1`,
    })
    const long = formOfMessage('😀'.repeat(5_000), 'https://x.example/p1').about ?? ''
    expect(long.length).toBeLessThanOrEqual(3_000)
    expect(long).toMatch(/^(?:😀)+…\nhttps:\/\/x\.example\/p1$/u)
    expect(formOfMessage('', null)).toEqual({ title: '', about: '' })
  })
})
