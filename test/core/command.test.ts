import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCommand } from '../../core/command.ts'
import { helpLines, unknownSentence } from '../../core/command-help.ts'
import { verbs } from '../../core/verbs.ts'
import { expectWithin, hugeInputs } from '../support/huge-input.ts'

test.each([
  ['!help', 'help', { verb: null }, 'command.help'],
  ['  !HELP  ', 'help', { verb: null }, 'command.help'],
  ['!help?!', 'help', { verb: null }, 'command.help'],
  ['!help say', 'help', { verb: 'say' }, 'command.help'],
  ['!agents', 'agents', {}, 'command.agents'],
  ['!status', 'status', {}, 'command.status'],
  ['!whoami', 'whoami', {}, 'command.whoami'],
  ['!say hello  there', 'say', { room: null, text: 'hello  there' }, 'command.say'],
  ['!say #ops hello', 'say', { room: 'ops', text: 'hello' }, 'command.say'],
  ['!say #ops\nhello\nthere', 'say', { room: 'ops', text: 'hello\nthere' }, 'command.say'],
  ['!say "#ops is a room"', 'say', { room: null, text: '#ops is a room' }, 'command.say'],
  ['!say she said "hi"', 'say', { room: null, text: 'she said "hi"' }, 'command.say'],
  ['!say an unclosed "', 'say', { room: null, text: 'an unclosed "' }, 'command.say'],
  ['!ping cto', 'ping', { role: 'cto' }, 'command.ping'],
  ['!ping\n@CTO:', 'ping', { role: 'cto' }, 'command.ping'],
  ['!stop cto', 'stop', { role: 'cto' }, 'command.stop'],
  ['!stop', 'stop', { role: null }, 'command.stop-fleet'],
  ['!stop!!!', 'stop', { role: null }, 'command.stop-fleet'],
  ['!resume cto', 'resume', { role: 'cto' }, 'command.resume'],
  ['!resume', 'resume', { role: null }, 'command.resume-fleet'],
  ['!login a "b c" d', 'login', { word: 'a "b c" d' }, 'command.login'],
  ['!help "two \\"words\\""', 'help', { verb: 'two "words"' }, 'command.help'],
  ['!assign cto "Add it" accept: x; y: z', 'assign', { text: 'cto "Add it" accept: x; y: z' }, 'task.assign'],
  ['!assign "Add it"', 'assign', { text: '"Add it"' }, 'task.assign'],
  ['!assign', 'assign', { text: null }, 'task.assign'],
  ['!tasks', 'tasks', { role: null }, 'task.see'],
  ['!tasks @CTO', 'tasks', { role: 'cto' }, 'task.see'],
  ['!task t-13', 'task', { task: 't-13' }, 'task.see'],
  ['!task T-13?', 'task', { task: 't-13' }, 'task.see'],
  ['!task #13', 'task', { task: 't-13' }, 'task.see'],
  ['!task 13', 'task', { task: 't-13' }, 'task.see'],
  ['!claim', 'claim', { task: null, role: null }, 'task.work'],
  ['!claim cto', 'claim', { task: null, role: 'cto' }, 'task.work'],
  ['!claim t-13', 'claim', { task: 't-13', role: null }, 'task.work'],
  ['!ack', 'ack', { task: null }, 'task.work'],
  ['!ack 13', 'ack', { task: 't-13' }, 'task.work'],
  ['!start #13', 'start', { task: 't-13' }, 'task.work'],
  ['!note it is slow', 'note', { task: null, text: 'it is slow' }, 'task.work'],
  ['!note t-13: it is slow', 'note', { task: 't-13', text: 'it is slow' }, 'task.work'],
  ['!note "t-shirts: 3"', 'note', { task: null, text: 't-shirts: 3' }, 'task.work'],
  ['!block waiting for ops', 'block', { task: null, reason: 'waiting for ops' }, 'task.work'],
  ['!done', 'done', { task: null, result: null }, 'task.work'],
  ['!done merged it', 'done', { task: null, result: 'merged it' }, 'task.work'],
  ['!done 13\nmerged it\nand ran it', 'done', { task: 't-13', result: 'merged it\nand ran it' }, 'task.work'],
  ['!approve t-13', 'approve', { task: 't-13', comment: null }, 'task.approve'],
  ['!approve t-13 well done', 'approve', { task: 't-13', comment: 'well done' }, 'task.approve'],
  ['!reject t-13 no test', 'reject', { task: 't-13', reason: 'no test' }, 'task.approve'],
  ['!reassign t-13 @cso', 'reassign', { task: 't-13', role: 'cso' }, 'task.change'],
  ['!reassign t-13', 'reassign', { task: 't-13', role: null }, 'task.change'],
  ['!nudge t-13', 'nudge', { task: 't-13' }, 'task.ping'],
  ['!dlq', 'dlq', { text: null }, 'letter.see'],
  ['!dlq edit d-3 title: "x"; role: cso', 'dlq', { text: 'edit d-3 title: "x"; role: cso' }, 'letter.see'],
  ['!escalate t-13', 'escalate', { task: 't-13', reason: null }, 'task.escalate'],
  ['!escalate t-13 since Monday', 'escalate', { task: 't-13', reason: 'since Monday' }, 'task.escalate'],
  ['!cancel t-13 not needed', 'cancel', { task: 't-13', reason: 'not needed' }, 'task.change'],
])('U27: %j is understood', (text, verb, args, action) => {
  expect(parseCommand(text)).toEqual({ verb, args, action })
})

test.each([
  '',
  ' ',
  '!',
  '!!!',
  '!?',
  '! wow',
  '!\nhelp',
  '!5',
  '!=',
  '¡help',
  '/help',
  'help',
  'say !help',
  '\uff01help',
  '👍',
])('%j is no command', (text) => {
  expect(parseCommand(text)).toBeNull()
})

test.each([
  ['!ping', 'Use it like this: !ping <role>.'],
  ['!ping cto please', 'Use it like this: !ping <role>.'],
  ['!status now', 'Use it like this: !status.'],
  ['!say', 'Use it like this: !say [#room] <text>.'],
  ['!say #ops', 'Use it like this: !say [#room] <text>.'],
  ['!login', 'Use it like this: !login <word>.'],
  ['!ping "cto', 'A quotation mark is not closed.'],
  ['!task', 'Use it like this: !task <task>.'],
  ['!task t-x', 't-x is no task; they look like t-13.'],
  ['!task 0', '0 is no task; they look like t-13.'],
  ['!task t-99999999999999999', 't-99999999999999999 is no task; they look like t-13.'],
  ['!ack cto', 'cto is no task; they look like t-13.'],
  ['!note t-13b slow', 't-13b is no task; they look like t-13.'],
  ['!note t-13', 'Use it like this: !note [task] <text>.'],
  ['!claim t-13 cto', 'Use it like this: !claim [task|role].'],
  ['!approve', 'Use it like this: !approve <task> [comment].'],
  ['!reject t-13', 'Use it like this: !reject <task> <reason>.'],
  ['!reassign cso', 'cso is no task; they look like t-13.'],
  ['!nudge cto', 'cto is no task; they look like t-13.'],
  ['!ask', 'Use it like this: !ask <question>.'],
  ['!human bob', 'bob is no question; they look like q-17.'],
  ['!helped 17', '17 is no question; they look like q-17.'],
  ['!wrong q-0 it is 14', 'q-0 is no question; they look like q-17.'],
  ['!answer q-17', 'Use it like this: !answer [q-17] <text>.'],
  ['!forget t-13', 't-13 is no question; they look like q-17.'],
])('%j gets a sentence', (text, problem) => {
  expect(parseCommand(text)).toEqual({ problem })
})

test.each([
  ['!ask how "exactly" do we ship?', { verb: 'ask', args: { question: 'how "exactly" do we ship?' } }],
  ['!Helped', { verb: 'helped', args: { question: null } }],
  ['!helped Q-17.', { verb: 'helped', args: { question: 'q-17' } }],
  ['!wrong', { verb: 'wrong', args: { question: null, text: null } }],
  ['!wrong q-17', { verb: 'wrong', args: { question: 'q-17', text: null } }],
  ['!wrong 14 days, not 30', { verb: 'wrong', args: { question: null, text: '14 days, not 30' } }],
  ['!wrong q-17 14 days', { verb: 'wrong', args: { question: 'q-17', text: '14 days' } }],
  ['!human q-17', { verb: 'human', args: { question: 'q-17' } }],
  ['!answer "in 14 days"', { verb: 'answer', args: { question: null, text: 'in 14 days' } }],
  ['!answer q-17 in 14 days', { verb: 'answer', args: { question: 'q-17', text: 'in 14 days' } }],
  ['!remember', { verb: 'remember', args: { question: null } }],
  ['!forget q-17', { verb: 'forget', args: { question: 'q-17' } }],
])('%j is about a question', (text, command) => {
  expect(parseCommand(text)).toMatchObject(command)
})

test.each([
  ['!hlep', 'help', 'I know no !hlep. Did you mean !help?'],
  ['!stauts cto', 'status', 'I know no !stauts. Did you mean !status?'],
  ['!deploy', null, 'I know no !deploy. Try !help.'],
  ['!constructor', null, 'I know no !constructor. Try !help.'],
])('U10: %j gets a suggestion', (text, suggestion, sentence) => {
  const parsed = parseCommand(text)
  expect(parsed).toMatchObject({ suggestion })
  expect(unknownSentence(parsed as { unknown: string; suggestion: string | null })).toBe(sentence)
})

describe('S3: verbs are matched in ASCII only', () => {
  test.each(['!h\u0435lp', '!\uff48\uff45\uff4c\uff50', '!h\u00e9lp', '!help\u0337'])(
    '%j is not !help, but near it',
    (text) => {
      expect(parseCommand(text)).toMatchObject({ suggestion: 'help' })
    },
  )

  test('what does not show neither makes nor breaks a verb', () => {
    expect(parseCommand('\u200e!he\u200blp\u{e0064}')).toMatchObject({ verb: 'help' })
  })
})

describe('in a DM', () => {
  const dm = { prefixOptional: true }
  test.each(['help', 'Status', 'agents.', 'stop', '!ping cto'])('%j counts', (text) => {
    expect(parseCommand(text, dm)).toHaveProperty('verb')
  })

  test.each([
    'help me with this',
    'status of the build?',
    'say hello',
    'ping',
    'helo',
    'hello',
    'stop doing that',
    'login',
  ])('%j counts only as far as it can be meant', (text) => {
    const parsed = parseCommand(text, dm)
    expect(parsed === null || 'problem' in parsed).toBe(true)
  })

  test('a login is never taken for talk', () => {
    expect(parseCommand('login k3f9-word', dm)).toMatchObject({ verb: 'login', args: { word: 'k3f9-word' } })
  })

  test('the role it speaks to is meant where a role is left out', () => {
    expect(parseCommand('!stop', { role: 'cto' })).toEqual({
      verb: 'stop',
      args: { role: 'cto' },
      action: 'command.stop',
    })
    expect(parseCommand('!ping', { role: 'cto' })).toMatchObject({ args: { role: 'cto' } })
    expect(parseCommand('!stop cso', { role: 'cto' })).toMatchObject({ args: { role: 'cso' } })
  })
})

describe('said to the desk, which has no talk', () => {
  test.each([
    ['tasks cto', 'tasks'],
    ['assign cto "Add it" accept: x', 'assign'],
    ['done t-13 merged', 'done'],
    ['Status?', 'status'],
    ['!status', 'status'],
  ])('%j counts without the prefix, arguments and all', (text, verb) => {
    expect(parseCommand(text, { toDesk: true })).toMatchObject({ verb })
  })

  test('what begins with no verb is talk', () => {
    expect(parseCommand('what can you do', { toDesk: true })).toBeNull()
  })
})

test('another prefix takes its place everywhere', () => {
  expect(parseCommand('.br help', { prefix: '.br ' })).toMatchObject({ verb: 'help' })
  expect(parseCommand('!help', { prefix: '~' })).toBeNull()
  expect(parseCommand('~ping', { prefix: '~' })).toEqual({ problem: 'Use it like this: ~ping <role>.' })
})

describe('U28: help is one to three plain lines', () => {
  test('about everything, and about each verb', () => {
    for (const about of [null, ...verbs.map(({ verb }) => verb), '!stop', 'sotp', 'x'.repeat(40_000)]) {
      const lines = helpLines(about)
      expect(lines.length).toBeGreaterThanOrEqual(1)
      expect(lines.length).toBeLessThanOrEqual(3)
      for (const line of lines) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(350)
        expect(line).toMatch(/^[\x20-\x7e…]+$/)
      }
    }
  })

  test('it names every verb, and what was probably meant', () => {
    for (const { verb } of verbs) expect(helpLines(null).join()).toContain(`!${verb}`)
    expect(helpLines('sotp')).toEqual(['I know no !sotp. Did you mean !stop?'])
    expect(helpLines('assign')[1]).toMatch(/^For example: !assign cto "/)
    expect(helpLines('claim')).toEqual([
      '!claim [task|role]: takes the task, or the next one of the role, as yours to work on.',
    ])
    expect(helpLines('ask')).toEqual([
      '!ask <question>: answers from what we have written down, with sources and how sure it is.',
      'For example: !ask how long are answers remembered?',
    ])
    expect(helpLines('wrong', '/br ')).toEqual([
      '/br wrong [q-17] [text]: says that the answer is wrong, and what is right if you know.',
    ])
    expect(helpLines('reassign')).toEqual([
      '!reassign <task> [role]: gives the task to that role, or to one that can do it and has the least to do.',
    ])
    expect(helpLines('assign')[2]).toMatch(/^Also: prep:, qa: and review: /)
    expect(helpLines('ping')).toEqual([
      '!ping <role>: goes all the way to the role and back, and says how long it took.',
    ])
  })
})

test('1e5 random strings: it never throws, and only what begins with the prefix is a command', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '!',
      'help',
      'say',
      'note',
      'claim',
      't-13',
      '#',
      ' ',
      '\n',
      '"',
      '\\',
      '#',
      '@',
      '\u200b',
      '\ud800',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, prefixOptional) => {
      const text = pieces.join('')
      const parsed = parseCommand(text, { prefixOptional })
      if (parsed === null) return
      if (!prefixOptional) expect(text).toContain('!')
      if ('verb' in parsed) expect(text.replace(/\P{ASCII}|\p{Cc}/gu, '').toLowerCase()).toContain(parsed.verb)
    }),
    { numRuns: 100_000 },
  )
})

test.each(hugeInputs)('S35: %s take less than 50 ms', (_, text) => {
  for (const start of ['', '!', '!say ', '!ping ', '!say "', '!assign ', '!note ', '!task '])
    expectWithin(50, () => parseCommand(start + text))
})

describe('a command in the thread of a task', () => {
  const inThread = (text: string) => parseCommand(text, { task: 't-7' })

  test.each([
    ['!done merged as 4f2a', { task: 't-7', result: 'merged as 4f2a' }],
    ['!done', { task: 't-7', result: null }],
    ['!done t-9 merged', { task: 't-9', result: 'merged' }],
    ['!approve', { task: 't-7', comment: null }],
    ['!approve looks good', { task: 't-7', comment: 'looks good' }],
    ['!reject no test', { task: 't-7', reason: 'no test' }],
    ['!reassign cso', { task: 't-7', role: 'cso' }],
    ['!reassign', { task: 't-7', role: null }],
    ['!nudge', { task: 't-7' }],
    ['!escalate it stands', { task: 't-7', reason: 'it stands' }],
    ['!reassign t-9 cso', { task: 't-9', role: 'cso' }],
    ['!task', { task: 't-7' }],
    ['!claim', { task: 't-7', role: null }],
    ['!claim cto', { task: null, role: 'cto' }],
    ['!note it is slow', { task: 't-7', text: 'it is slow' }],
  ])('%s means that task unless it names another', (text, args) => {
    expect(inThread(text)).toMatchObject({ args })
  })

  test.each(['!done t-9x', '!task seven'])('%s is still told what a task looks like', (text) => {
    expect(inThread(text)).toHaveProperty('problem')
  })
})
