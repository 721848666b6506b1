import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { draftOf, mergeAssignment, readAssignment } from '../../../core/task/assignment.ts'
import { taskDraftSchema } from '../../../core/task/request.ts'
import { expectWithin, hugeInputs } from '../../support/huge-input.ts'

const known = {
  roles: ['ceo', 'cto', 'cso', 'devops'].map((role) => ({ role, nick: role === 'cso' ? 'Sec' : role })),
  checks: ['true', 'npm test'],
}
const read = (text: string, more: Partial<Parameters<typeof readAssignment>[1]> = {}) =>
  readAssignment(text, { ...known, ...more })
/** What a complete assignment with these words behind `cto Add it accept: x; ` says of itself. */
const draft = (words: string) => {
  const found = read(`cto Add it accept: x; ${words}`)
  expect(found.problems).toEqual([])
  return found.draft
}
const problem = (words: string) => {
  const { problems, missing } = read(`cto Add it accept: x; ${words}`)
  expect(problems).toHaveLength(1)
  return { sentence: problems[0], missing }
}
const followUp = (publish_to: string, title: string, more: object = {}) => ({
  publish_to,
  payload_template: {
    title,
    description: '',
    acceptance_criteria: ['The result says what came of it.'],
    verification: [],
    on_complete: [],
    ...more,
  },
})

describe('an assignment on one line', () => {
  it('says everything in any order, as in the story', () => {
    const text =
      'cto "Add rate limiting to the gateway" accept: 429 after 100 requests a minute; verify: `npm test`; priority: high; ack: 60s; due: 60m; after: t-12; then: cso "Review {task_id}"'
    expect(read(text)).toEqual({
      role: 'cto',
      draft: {
        title: 'Add rate limiting to the gateway',
        acceptance_criteria: ['429 after 100 requests a minute'],
        verification: [{ kind: 'check', check: 'npm test' }],
        priority: 'high',
        sla: { ack_within_seconds: 60, complete_within_minutes: 60 },
        after: ['t-12'],
        on_complete: [followUp('cso', 'Review {task_id}')],
      },
      problems: [],
      unread: [],
      missing: [],
    })
    const [head = '', ...parts] = text.split(/ (?=accept:)|; /)
    expect(read([head, ...parts.toReversed()].join('; '))).toEqual(read(text))
    expect(read([head, ...parts].join('\n'))).toEqual(read(text))
    expect(read([head, ...parts].join(';\n  '))).toEqual(read(text))
  })

  test.each([
    ['cto Add rate limiting accept: x', 'cto', 'Add rate limiting'],
    ['@cto: Add it; accept: x', 'cto', 'Add it'],
    ['CTO, "Add it" accept: x', 'cto', 'Add it'],
    ['sec “Look at it” accept: x', 'cso', 'Look at it'],
    ['cto "Say \\"hi\\" \\\\ twice" accept: x', 'cto', 'Say "hi" \\ twice'],
    ['cto "Foo" button is broken accept: x', 'cto', '"Foo" button is broken'],
    ['cto Fix the 19" rack: it wobbles accept: x', 'cto', 'Fix the 19" rack: it wobbles'],
    ['cto Fix `a; accept: b` in the docs accept: x', 'cto', 'Fix `a; accept: b` in the docs'],
    ['cto "Fix; accept: y" accept: x', 'cto', 'Fix; accept: y'],
    [
      'cto Fix 10:30 and https://x.example/a?after=1;b=2 accept: x',
      'cto',
      'Fix 10:30 and https://x.example/a?after=1;b=2',
    ],
    ['cto Add it priority: low verify: true after: t-1 accept: x', 'cto', 'Add it'],
    ['accept: x; priority: low', null, undefined],
    ['cto\n"Add it"\naccept: x', 'cto', 'Add it'],
  ])('%j', (text, role, title) => {
    const found = read(text)
    expect([found.role, found.draft.title]).toEqual([role, title])
    expect(found.draft.acceptance_criteria).toEqual(['x'])
    expect(found.problems).toEqual([])
  })

  it('takes the role of a private conversation where none is named', () => {
    expect(read('"Add it" accept: x', { defaultRole: 'cto' })).toMatchObject({
      role: 'cto',
      draft: { title: 'Add it' },
    })
    expect(read('Add it accept: x', { defaultRole: 'cto' })).toMatchObject({ role: 'cto', draft: { title: 'Add it' } })
    expect(read('cso Add it accept: x', { defaultRole: 'cto' })).toMatchObject({ role: 'cso' })
  })
})

describe('over several lines', () => {
  it('is described by what stands below its title, and a list is several criteria', () => {
    const text =
      'cto Add it\nBursts take it down.\nAgain: on Monday.\nAccept:\n- 429 after 100; not before\n  in any minute\n* a log line\n2. a metric\nverify:\n- npm test\n- review by cso'
    expect(read(text)).toMatchObject({
      problems: [],
      draft: {
        title: 'Add it',
        description: 'Bursts take it down.\nAgain: on Monday.',
        acceptance_criteria: ['429 after 100; not before in any minute', 'a log line', 'a metric'],
        verification: [
          { kind: 'check', check: 'npm test' },
          { kind: 'review', by: 'cso' },
        ],
      },
    })
  })
})

describe('what merely looks like a key is text', () => {
  test.each([
    'it says: error 42; and then stops',
    'at 10:30; see https://x.example/?due=1; it is ok',
    'a header "x; due: 5m" is set',
    '`verify: x; due: 5m` is printed',
    'the page shows note: hello; warning: none',
    'accept:able words',
    'the page says Q: why; A: because; else nothing',
    'a preview: of it; note: else it waits',
  ])('%j', (text) => {
    expect(read(`cto Add it accept: ${text}`).draft).toEqual({ title: 'Add it', acceptance_criteria: [text] })
  })

  test('between quotation marks a line break behind a backslash is text', () => {
    expect(read('cto Add it accept: x\nabout: "a\\\ndue: 5m"\npriority: low').draft).toEqual({
      title: 'Add it',
      acceptance_criteria: ['x'],
      description: 'a\ndue: 5m',
      priority: 'low',
    })
  })

  test('quotation marks around all of it hold everything', () => {
    const text = 'x; due: 5m and priority: high'
    expect(read(`cto Add it accept: "${text}"; priority: low`).draft).toEqual({
      title: 'Add it',
      acceptance_criteria: [text],
      priority: 'low',
    })
  })
})

describe('values', () => {
  test.each([
    ['verify: npm test', [{ kind: 'check', check: 'npm test' }]],
    [
      'verify: `true`, `npm test`',
      [
        { kind: 'check', check: 'true' },
        { kind: 'check', check: 'npm test' },
      ],
    ],
    ['verify: cso', [{ kind: 'review', by: 'cso' }]],
    ['verify: a review by @Sec', [{ kind: 'review', by: 'cso' }]],
    ['verify: review', [{ kind: 'review', by: null }]],
    ['verify: a person', [{ kind: 'approval' }]],
    ["verify: a human's yes, approval", [{ kind: 'approval' }, { kind: 'approval' }]],
    ['verify: a human’s yes', [{ kind: 'approval' }]],
    ['verify: human; verify: true', [{ kind: 'approval' }, { kind: 'check', check: 'true' }]],
    ['verify: qa by devops', [{ kind: 'review', by: 'devops', stage: 'qa' }]],
    ['verify: file dist/report.md', [{ kind: 'artifact', path: 'dist/report.md' }]],
    [
      'verify: the file "a, b.md", File `c d.md`, true',
      [
        { kind: 'artifact', path: 'a, b.md' },
        { kind: 'artifact', path: 'c d.md' },
        { kind: 'check', check: 'true' },
      ],
    ],
  ])('%s', (words, verification) => {
    expect(draft(words).verification).toEqual(verification)
  })

  test.each([
    ['ack: 60s', { ack_within_seconds: 60 }],
    ['ack: 2 minutes', { ack_within_seconds: 120 }],
    ['ACK:1h', { ack_within_seconds: 3_600 }],
    ['due: 60m', { complete_within_minutes: 60 }],
    ['due: 120s', { complete_within_minutes: 2 }],
    ['due: 2 days', { complete_within_minutes: 2_880 }],
  ])('%s', (words, sla) => {
    expect(draft(words).sla).toEqual(sla)
  })

  test.each([
    ['priority: URGENT', { priority: 'urgent' }],
    ['after: t-12, #13 and 14, t-12', { after: ['t-12', 't-13', 't-14'] }],
    ['about: why: because', { description: 'why: because' }],
    ['context: a; context: "b"', { context: ['a', 'b'] }],
    ['budget: 3 attempts', { budget: { attempts: 3 } }],
    ['budget: $2.50', { budget: { attempts: 5, usd: 2.5 } }],
    ['budget: 1 try and $2', { budget: { attempts: 1, usd: 2 } }],
    ['accept: y', { acceptance_criteria: ['x', 'y'] }],
    ['prep: @CSO', { prep: 'cso' }],
    ['qa: devops', { qa: 'devops' }],
    ['review: ceo and @Sec, ceo', { review: ['ceo', 'cso'] }],
    ['review: ceo; review: cso', { review: ['ceo', 'cso'] }],
    ['then: nothing', { on_complete: [] }],
    ['then: None.', { on_complete: [] }],
    ['also: ceo "T"; also: cso U', { also: [followUp('ceo', 'T'), followUp('cso', 'U')] }],
    [
      'else: cso "Look at {task_id}: {reason}"; else: ceo "Hear of it" (accept: heard; priority: low)',
      {
        on_fail: [
          followUp('cso', 'Look at {task_id}: {reason}'),
          followUp('ceo', 'Hear of it', { acceptance_criteria: ['heard'], priority: 'low' }),
        ],
      },
    ],
  ])('%s', (words, expected) => {
    expect(draft(words)).toMatchObject(expected)
  })

  test.each([
    ['then: cso Review {task_id} of {requester}', [followUp('cso', 'Review {task_id} of {requester}')]],
    ['then: @cso: "A (b); due: 5m"', [followUp('cso', 'A (b); due: 5m')]],
    [
      'then: cso "R" (accept: f(x) is ok; verify: true; priority: high; about: {result})',
      [
        followUp('cso', 'R', {
          acceptance_criteria: ['f(x) is ok'],
          verification: [{ kind: 'check', check: 'true' }],
          priority: 'high',
          description: '{result}',
        }),
      ],
    ],
    ['then: cso Look (twice) (accept: ok)', [followUp('cso', 'Look (twice)', { acceptance_criteria: ['ok'] })]],
    [
      'then: cso "R"; then: ceo "S {{x}}"; then: cto "T"',
      [followUp('cso', 'R', { on_complete: [followUp('ceo', 'S {{x}}', { on_complete: [followUp('cto', 'T')] })] })],
    ],
  ])('%s', (words, on_complete) => {
    expect(draft(words).on_complete).toEqual(on_complete)
  })
})

describe('what is said behind several keys is one task', () => {
  it('has the steps of verify:, qa: and review: in this order', () => {
    expect(draftOf(read('cto Add it; review: ceo; qa: devops; verify: true; prep: cso; accept: x'))).toMatchObject({
      prep: 'cso',
      verification: [
        { kind: 'check', check: 'true' },
        { kind: 'review', by: 'devops', stage: 'qa' },
        { kind: 'review', by: 'ceo' },
      ],
    })
  })

  it('is followed by a row, by what stands beside it, or by what its role says', () => {
    const follows = (words: string) => draftOf(read(`cto Add it accept: x; ${words}`)).on_complete
    expect(follows('also: ceo "T"; then: cso "R"; then: devops "S"')).toEqual([
      followUp('cso', 'R', { on_complete: [followUp('devops', 'S')] }),
      followUp('ceo', 'T'),
    ])
    expect(follows('also: ceo "T"')).toEqual([followUp('ceo', 'T')])
    expect(follows('then: nothing')).toEqual([])
    expect(follows('due: 5m')).toBeUndefined()
  })
})

describe('what cannot be read gets one sentence that names the key and says how to mend it', () => {
  test.each([
    [
      'prioritiy: high',
      'priority',
      'prioritiy: is no key; did you mean priority:? If it is text, put quotation marks around all of it.',
    ],
    [
      'Deadline: 5m',
      'due',
      'Deadline: is no key; did you mean due:? If it is text, put quotation marks around all of it.',
    ],
    ['priority: hgih', 'priority', 'priority: is low, normal, high or urgent; did you mean "high"?'],
    ['priority: 5', 'priority', 'priority: is low, normal, high or urgent; for example priority: high.'],
    ['priority: low; priority: high', 'priority', 'priority: is there twice; say it once.'],
    ['due:', 'due', 'due: takes m, h or d; for example due: 60m.'],
    ['due: 60', 'due', 'due: takes m, h or d; for example due: 60m.'],
    ['due: 5 weeks', 'due', 'due: takes m, h or d; for example due: 60m.'],
    ['due: 90s', 'due', 'due: is in whole minutes; for example due: 60m.'],
    ['due: 0m', 'due', 'due: is at least 1; for example due: 60m.'],
    ['ack: 8d', 'ack', 'ack: is at most 7d; for example ack: 60s.'],
    ['after: t-x', 'after', 'after: takes tasks, and t-x is none; for example after: t-12.'],
    ['verify:', 'verify', 'verify: is empty; for example verify: `npm test`, review by cso.'],
    [
      'verify: `npm tset`',
      'verify',
      'verify: there is no check `npm tset` under checks: in breakroom.yaml; did you mean "npm test"? There is `true`, `npm test`.',
    ],
    [
      'verify: rm -rf /',
      'verify',
      'verify: takes checks, files, reviews and approval, and "rm -rf /" is none; for example verify: `npm test`, review by cso.',
    ],
    [
      'verify: review by csoo',
      'verify',
      'verify: there is no role csoo; did you mean cso? Roles: ceo, cto, cso, devops.',
    ],
    ['about:', 'about', 'about: is empty; for example about: bursts take the gateway down.'],
    [
      'budget: lots',
      'budget',
      'budget: takes a number of attempts, dollars such as $2, or both; for example budget: 3 attempts.',
    ],
    ['budget: 0 attempts', 'budget', 'budget: is 1 to 100 attempts; for example budget: 3 attempts.'],
    ['then:', 'then', 'then: begins with a role; for example then: cso "Review {task_id}".'],
    ['then: cso', 'then', 'then: is empty; for example then: cso "Review {task_id}".'],
    ['then: csoo "R"', 'then', 'then: there is no role csoo; did you mean cso? Roles: ceo, cto, cso, devops.'],
    [
      'then: cso "R {task}"',
      'then',
      'then: nothing stands for {task}; there is {task_id}, {title}, {role}, {requester}, {result}, {reason}. A brace that is meant is written twice, {{.',
    ],
    [
      'then: cso "R" (due: 5m)',
      'then',
      'then: due: cannot be said of a follow-up; accept:, verify:, priority: and about: can.',
    ],
    [
      'then: cso "R" (accept: x',
      'then',
      'then: a bracket is not closed at its end, as in then: cso "Review {task_id}" (accept: ...).',
    ],
    ['then: cso "R" (soon)', 'then', 'then: in its brackets only accept:, verify:, priority: and about: can stand.'],
    [
      'about: it is bad priority: high',
      'about',
      'Is "priority: high" in about: a setting? Put ; before it. If it is text, put quotation marks around all of it.',
    ],
    [
      'about: bad verify: `true`',
      'about',
      'Is "verify:" in about: a setting? Put ; before it. If it is text, put quotation marks around all of it.',
    ],
    [`about: ${'x'.repeat(4_001)}`, 'about', 'about: has 4001 characters; 4000 is the most.'],
    [`verify: ${Array(9).fill('true').join(',')}`, 'verify', 'verify: can be said 8 times at most.'],
    [Array(8).fill('then: cso "R"').join(';'), 'then', 'then: at most 7 tasks can follow.'],
    ['then: nothing; then: cso "R"', 'then', 'then: nothing and something; say one of them.'],
    [Array(5).fill('also: cso "R"').join(';'), 'also', 'also: at most 4 tasks can follow side by side.'],
    [
      `then: ceo "Q"; ${Array(4).fill('also: cso "R"').join(';')}`,
      'also',
      'also: at most 4 tasks can follow side by side.',
    ],
    [Array(5).fill('else: cso "R"').join(';'), 'else', 'else: can be said 4 times at most.'],
    ['also: cso', 'also', 'also: is empty; for example also: marketing "Tell what {task_id} brings".'],
    ['else: nothing', 'else', 'else: there is no role nothing. Roles: ceo, cto, cso, devops.'],
    [
      'else: cso "R" (due: 5m)',
      'else',
      'else: due: cannot be said of a follow-up; accept:, verify:, priority: and about: can.',
    ],
    ['prep:', 'prep', 'prep: is empty; for example prep: architect.'],
    ['prep: csoo', 'prep', 'prep: there is no role csoo; did you mean cso? Roles: ceo, cto, cso, devops.'],
    ['prep: cso; prep: ceo', 'prep', 'prep: is there twice; say it once.'],
    ['qa: cso, ceo', 'qa', 'qa: there is no role cso, ceo. Roles: ceo, cto, cso, devops.'],
    ['qa: cso; qa: ceo', 'qa', 'qa: is there twice; say it once.'],
    ['tester: cso', 'qa', 'tester: is no key; did you mean qa:? If it is text, put quotation marks around all of it.'],
    ['review: cso, nobody', 'review', 'review: there is no role nobody. Roles: ceo, cto, cso, devops.'],
    [`qa: cso; verify: ${Array(8).fill('true').join(',')}`, 'qa', 'qa: with it there are more than 8 steps to verify.'],
    [
      `qa: cso; review: ceo; verify: ${Array(7).fill('true').join(',')}`,
      'review',
      'review: with it there are more than 8 steps to verify.',
    ],
    [
      'verify: file a b.md',
      'verify',
      'verify: a file is one path; with a space in it in quotation marks, as in file "a b.md".',
    ],
    [
      'verify: file ""',
      'verify',
      'verify: a file is one path; with a space in it in quotation marks, as in file "a b.md".',
    ],
    ...['../x', '/etc/passwd', 'a/../../x', '~/x', 'C:\\x', '"..\\\\x"'].map((path) => [
      `verify: file ${path}`,
      'verify',
      "verify: a file is inside the worker's folder; for example verify: file dist/report.md.",
    ]),
    [`verify: file ${'x'.repeat(301)}`, 'verify', 'verify: the path has 301 characters; 300 is the most.'],
    [
      'about: it is bad qa: cso',
      'about',
      'Is "qa: cso" in about: a setting? Put ; before it. If it is text, put quotation marks around all of it.',
    ],
  ])('%.60s', (words, field, sentence) => {
    expect(problem(words)).toEqual({ sentence, missing: [field] })
  })

  test.each([
    ['ctoo Add it accept: x', ['There is no role ctoo; did you mean cto? Roles: ceo, cto, cso, devops.'], ['role']],
    ['Add it accept: x', ['There is no role add. Roles: ceo, cto, cso, devops.'], ['role', 'title']],
    [
      `cto ${'x'.repeat(201)} accept: x`,
      ['The title has 201 characters; 200 is the most. Put the rest behind about:.'],
      ['title'],
    ],
    ['cto Add it accept:', ['accept: is empty; for example accept: 429 after 100 requests a minute.'], ['accept']],
    ['cto Add it\naccept: - ', ['accept: is empty; for example accept: 429 after 100 requests a minute.'], ['accept']],
    [`cto Add it accept: ${'x'.repeat(501)}`, ['accept: has 501 characters; 500 is the most.'], ['accept']],
    ['', [], ['role', 'title', 'accept']],
    ['cto', [], ['title', 'accept']],
    ['cto Add it', [], ['accept']],
    ['accept: x', [], ['role', 'title']],
  ])('%.60s', (text, problems, missing) => {
    expect(read(text)).toMatchObject({ problems, missing })
  })
})

describe('a conversation', () => {
  const answer = (earlier: ReturnType<typeof read>, text: string) => {
    const [asked] = earlier.missing
    return mergeAssignment(earlier, read(text, asked === undefined ? {} : { asked }))
  }

  it('takes a bare answer as what was asked for', () => {
    const complete = answer(read('cto "Add it"'), '429 after 100 requests; for each key')
    expect(complete.missing).toEqual([])
    expect(draftOf(complete)).toMatchObject({
      role: 'cto',
      title: 'Add it',
      acceptance_criteria: ['429 after 100 requests; for each key'],
    })
    expect(answer(read('cto'), 'Add it accept: x')).toMatchObject({ missing: [], draft: { title: 'Add it' } })
    expect(answer(read('"Add it" accept: x'), '@cto')).toMatchObject({
      role: 'cto',
      missing: [],
      draft: { title: 'Add it' },
    })
    expect(answer(read('cto Add it due: 5 accept: x'), '5m')).toMatchObject({
      missing: [],
      draft: { sla: { complete_within_minutes: 5 } },
    })
  })

  it('takes a list, and settings behind the answer', () => {
    expect(answer(read('cto Add it'), '- a\n- b\nverify: true').draft).toMatchObject({
      acceptance_criteria: ['a', 'b'],
      verification: [{ kind: 'check', check: 'true' }],
    })
    expect(answer(read('cto Add it'), 'accept: a; priority: low').draft).toMatchObject({ priority: 'low' })
  })

  it('asks until everything was said and understood', () => {
    const first = read('cto Add it due: 5')
    expect(first.missing).toEqual(['accept', 'due'])
    const second = answer(first, 'x')
    expect(second).toMatchObject({ missing: ['due'], problems: [] })
    expect(answer(second, 'soon')).toMatchObject({
      missing: ['due'],
      problems: [expect.stringContaining('due: takes')],
    })
    expect(answer(second, 'due: 1h')).toMatchObject({
      missing: [],
      draft: { title: 'Add it', acceptance_criteria: ['x'] },
    })
  })

  it('lets a later value take the place of an earlier one, and adds criteria once', () => {
    const earlier = read('cto Add it accept: x; after: t-1; ack: 60s; verify: true')
    const more = read('accept: y; accept: x; after: t-2; due: 5m; verify: approval')
    expect(mergeAssignment(earlier, more)).toEqual({
      role: 'cto',
      draft: {
        title: 'Add it',
        acceptance_criteria: ['x', 'y'],
        after: ['t-2'],
        sla: { ack_within_seconds: 60, complete_within_minutes: 5 },
        verification: [{ kind: 'approval' }],
      },
      problems: [],
      unread: [],
      missing: [],
    })
  })

  it('keeps what was said behind other keys about the same', () => {
    const earlier = read('cto Add it accept: x; verify: true; qa: cso; then: cso "R"; prep: ceo; else: ceo "E"')
    const more = mergeAssignment(earlier, read('review: ceo; also: devops "A"'))
    expect(draftOf(more)).toMatchObject({
      prep: 'ceo',
      verification: [{ kind: 'check', check: 'true' }, { by: 'cso', stage: 'qa' }, { by: 'ceo' }],
      on_complete: [followUp('cso', 'R'), followUp('devops', 'A')],
      on_fail: [followUp('ceo', 'E')],
    })
    expect(draftOf(mergeAssignment(more, read('qa: devops; then: nothing; prep: cso; else: cso "F"')))).toMatchObject({
      prep: 'cso',
      verification: [{ kind: 'check', check: 'true' }, { by: 'devops', stage: 'qa' }, { by: 'ceo' }],
      on_complete: [followUp('devops', 'A')],
      on_fail: [followUp('cso', 'F')],
    })
  })

  it('asks again when steps that were said one after another are too many together', () => {
    const earlier = read(`cto Add it accept: x; verify: ${Array(8).fill('true').join(',')}`)
    expect(mergeAssignment(earlier, read('qa: cso'))).toMatchObject({
      missing: ['qa'],
      problems: ['qa: with it there are more than 8 steps to verify.'],
    })
  })
})

describe('for whatever people write', () => {
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcXYZ09:;"\'`()-.,{}#@/\\é字😀') })
    .filter((text) => /[\p{L}\p{N}]/u.test(text))
  const words = fc.array(word, { minLength: 1, maxLength: 6 }).map((list) => list.join(' '))
  const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const template = words.filter((text) => !text.includes('{'))
  const step = fc.constantFrom('`true`', 'npm test', 'review', 'review by cso', 'devops', 'approval', 'file "a, b"')
  const role = fc.constantFrom('ceo', 'cso', 'devops')
  const some = <T>(what: fc.Arbitrary<T>, maxLength = 3) => fc.array(what, { maxLength })

  it('reads a written draft as it was meant, in any order', () => {
    const parts = fc.record({
      accept: fc.array(words, { minLength: 1, maxLength: 4 }),
      context: some(words),
      about: fc.option(words),
      priority: fc.option(fc.constantFrom('low', 'normal', 'high', 'urgent')),
      ack: fc.option(fc.integer({ min: 1, max: 604_800 })),
      due: fc.option(fc.integer({ min: 1, max: 525_600 })),
      after: fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 4 }),
      verify: some(step),
      attempts: fc.option(fc.integer({ min: 1, max: 100 })),
      next: fc.option(some(template)),
      also: some(template),
      otherwise: some(template),
      prep: fc.option(role),
      qa: fc.option(role),
      review: fc.uniqueArray(role, { maxLength: 3 }),
    })
    fc.assert(
      fc.property(words, parts, fc.constantFrom('; ', '\n', ' ;\n '), fc.nat(), (title, said, between, turn) => {
        const written = [
          ...said.accept.map((text) => `accept: ${quote(text)}`),
          ...said.context.map((text) => `Context: ${quote(text)}`),
          ...(said.about === null ? [] : [`ABOUT: ${quote(said.about)}`]),
          ...(said.priority === null ? [] : [`priority: ${said.priority}`]),
          ...(said.ack === null ? [] : [`ack: ${said.ack}s`]),
          ...(said.due === null ? [] : [`due:${said.due}m`]),
          ...(said.after.length === 0 ? [] : [`after: ${said.after.map((n) => `t-${n}`).join(', ')}`]),
          ...(said.verify.length === 0 ? [] : [`verify: ${said.verify.join(', ')}`]),
          ...(said.attempts === null ? [] : [`budget: ${said.attempts} attempts`]),
          ...(said.next?.length === 0 ? ['then: nothing'] : []),
          ...(said.next ?? []).map((text) => `then: cso ${quote(text)}`),
          ...said.also.map((text) => `also: ceo ${quote(text)}`),
          ...said.otherwise.map((text) => `else: ceo ${quote(text)} (accept: ${quote(text)})`),
          ...(said.prep === null ? [] : [`prep: ${said.prep}`]),
          ...(said.qa === null ? [] : [`qa: ${said.qa}`]),
          ...said.review.map((one) => `review: ${one}`),
        ]
        const at = turn % written.length
        // Only what is said several times keeps its order.
        const text = [`cto ${quote(title)}`, ...written.slice(at), ...written.slice(0, at)].join(between)
        const found = read(text)
        expect(found.problems).toEqual([])
        expect(found.missing).toEqual([])
        const its = draftOf(found)
        expect(taskDraftSchema.parse(its)).toEqual(its)
        expect(its.title).toBe(title.normalize('NFC'))
        expect(its.acceptance_criteria.toSorted()).toEqual(said.accept.toSorted())
        expect(its.context.toSorted()).toEqual(said.context.toSorted())
        expect(its.description).toBe(said.about ?? '')
        expect(its.priority).toBe(said.priority ?? 'normal')
        expect(its.sla).toEqual({
          ...(said.ack === null ? {} : { ack_within_seconds: said.ack }),
          ...(said.due === null ? {} : { complete_within_minutes: said.due }),
        })
        expect(its.after).toEqual(said.after.map((n) => `t-${n}`))
        expect(its.verification).toHaveLength(said.verify.length + (said.qa === null ? 0 : 1) + said.review.length)
        expect(its.verification.filter((one) => one.kind === 'review' && one.stage === 'qa')).toEqual(
          said.qa === null ? [] : [{ kind: 'review', by: said.qa, stage: 'qa' }],
        )
        expect(its.prep).toBe(said.prep)
        expect(its.on_fail.map((one) => one.payload_template.title).toSorted()).toEqual(
          said.otherwise.map((text) => text.replace(/\s+/g, ' ').normalize('NFC')).toSorted(),
        )
        expect(its.budget.attempts).toBe(said.attempts ?? 5)
        if (said.next === null && said.also.length === 0) expect(its.on_complete).toBeUndefined()
        const isRow = (one: { publish_to: string }) => one.publish_to === 'cso'
        expect(its.on_complete?.filter((one) => !isRow(one)) ?? []).toHaveLength(said.also.length)
        let chain = its.on_complete?.filter(isRow) ?? []
        let length = 0
        for (; chain[0] !== undefined; length++) chain = chain[0].payload_template.on_complete
        expect(length).toBe(said.next?.length ?? 0)
      }),
      { numRuns: 2_000 },
    )
  })

  it('never throws for random strings, and files only what the schema takes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'cto ',
        'accept:',
        'verify:',
        'then: cso ',
        'then: nothing',
        'also: cso ',
        'else: cso ',
        'prep: cso',
        'qa: cso',
        'review: cso',
        'file ',
        'due: ',
        '5m',
        'after: t-1',
        '; ',
        '\n',
        '- ',
        '"',
        '`',
        '(',
        ')',
        '\\',
        '{',
        '“',
        '”',
        'prioritiy: ',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, (one, other) => {
        const found = read(one)
        const merged = mergeAssignment(
          found,
          read(other, found.missing[0] === undefined ? {} : { asked: found.missing[0] }),
        )
        for (const each of [found, merged]) if (each.missing.length === 0) draftOf(each)
        if (found.problems.length > 0) expect(found.missing).not.toEqual([])
      }),
      { numRuns: 5_000 },
    )
  })
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  for (const start of [
    '',
    'cto ',
    'cto "Add it" accept: ',
    'accept: x; verify: ',
    'then: cso ',
    'then: cso "x" (accept: ',
  ])
    expectWithin(50, () => read(start + text))
})

test.each([
  ['opening curly quotation marks', '“ '],
  ['opening quotation marks', ' "'],
  ['escaped quotation marks', ' \\"'],
  ['semicolons', ';'],
  ['semicolons and spaces', ' ; '],
  ['keys', 'accept: '],
  ['ended keys', 'accept: x; '],
  ['follow-ups', 'then: cso "x" (accept: y); '],
  ['brackets', 'then: cso x (accept: '],
  ['bullets', '\n- '],
  ['steps', 'verify: true,'],
  ['words that are nearly keys', 'prioritiy: x; '],
  ['settings in a text', ' due: 5'],
])('S35: 40,000 characters of %s take less than 50 ms', (_, piece) => {
  for (const start of ['cto ', 'cto "x" accept: ', 'then: cso "x" (accept: ']) {
    const text = start + piece.repeat(40_000 / piece.length)
    expectWithin(50, () => read(text))
  }
})
