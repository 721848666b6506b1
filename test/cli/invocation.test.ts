import { expect, test } from 'vitest'
import { readInvocation } from '../../cli/invocation.ts'

test.each([
  [['stop'], { command: 'stop', word: undefined, options: {} }],
  [['sweep'], { command: 'sweep', word: undefined, options: {} }],
  [['sweep', '--last', '--json'], { command: 'sweep', word: undefined, options: { last: true } }],
  [['stop', 'cto', '--json'], { command: 'stop', word: 'cto', options: {} }],
  [['run', 'bots', '--role', 'cto'], { command: 'run', word: 'bots', options: { role: 'cto' } }],
  [['tail', '-n', '5'], { command: 'tail', word: undefined, options: { lines: '5' } }],
  [
    ['roles', 'new', 'qa', '--reports-to', 'cto'],
    { command: 'roles new', word: 'qa', options: { 'reports-to': 'cto' } },
  ],
  [
    ['assign', 'cto', 'Add a limit', '--accept', '429 after 100', '--accept', 'none before', '--priority', 'high'],
    {
      command: 'assign',
      word: 'cto',
      rest: 'Add a limit',
      options: { accept: ['429 after 100', 'none before'], priority: 'high' },
    },
  ],
  [
    [
      'assign',
      'cto',
      'x',
      '--verify',
      'npm test',
      '--after',
      't-1',
      '--after',
      '2',
      '--then',
      'cso "Review {task_id}"',
    ],
    {
      command: 'assign',
      word: 'cto',
      rest: 'x',
      // biome-ignore lint/suspicious/noThenProperty: it is what people write, and no function.
      options: { verify: ['npm test'], after: ['t-1', '2'], then: ['cso "Review {task_id}"'] },
    },
  ],
  [
    ['assign', 'cto', 'Add', 'a', 'limit', 'accept:', '429', '--room', 'dev'],
    { command: 'assign', word: 'cto', rest: 'Add a limit accept: 429', options: { room: 'dev' } },
  ],
  [
    ['assign', 'cto', 'x', '--prep', 'architect', '--qa', 'cso', '--review', 'a', '--review', 'b', '--no-then'],
    {
      command: 'assign',
      word: 'cto',
      rest: 'x',
      options: { prep: 'architect', qa: 'cso', review: ['a', 'b'], 'no-then': true },
    },
  ],
  [['tasks'], { command: 'tasks', word: undefined, options: {} }],
  [['tasks', 'cto', '--all'], { command: 'tasks', word: 'cto', options: { all: true } }],
  [['task', '#13'], { command: 'task', word: '#13', options: {} }],
  [['why', 't-13', '--json'], { command: 'why', word: 't-13', options: {} }],
  [['state'], { command: 'state', word: undefined, options: {} }],
  [['state', 'rebuild'], { command: 'state rebuild', word: undefined, options: {} }],
  [['state', 'export', '-'], { command: 'state export', word: '-', options: {} }],
  [['state', 'export', 'a.jsonl', '--force'], { command: 'state export', word: 'a.jsonl', options: { force: true } }],
  [['state', 'metrics', 'cto', '--days', '30'], { command: 'state metrics', word: 'cto', options: { days: '30' } }],
  [['people'], { command: 'people', word: undefined, options: {} }],
  [['people', 'login'], { command: 'people login', word: undefined, options: {} }],
  [
    ['evidence', '--role', 'cto', '--', 'npm', 'test', '--json', '-n', '5'],
    { command: 'evidence', word: undefined, options: { role: 'cto' }, program: ['npm', 'test', '--json', '-n', '5'] },
  ],
  [
    ['evidence', '--', 'check', '--help'],
    { command: 'evidence', word: undefined, options: {}, program: ['check', '--help'] },
  ],
  [['evidence'], { command: 'evidence', word: undefined, options: {}, program: [] }],
  [
    ['evidence', 'check', '--staged'],
    { command: 'evidence check', word: undefined, program: [], options: { staged: true } },
  ],
  [['ask', '--', '--json?'], { command: 'ask', word: '--json?', options: {} }],
  [['help'], { command: 'help', word: undefined, options: {} }],
  [['stop', '--help'], { command: 'help', word: undefined, options: {} }],
  [['--version'], { command: 'version', word: undefined, options: {} }],
])('breakroom %j is understood', (argv, invocation) => {
  expect(readInvocation(argv)).toEqual(invocation)
})

test('nothing is no command', () => {
  expect(readInvocation([])).toBeNull()
  expect(readInvocation(['--json'])).toBeNull()
})

test.each([
  [['stop', '--role', 'cto'], 'stop takes no --role. Did you mean "breakroom stop cto"?'],
  [['stop', 'cso', '--role', 'cto'], 'stop takes no --role. See breakroom --help.'],
  [['tasks', '--role', 'cto'], 'tasks takes no --role. Did you mean "breakroom tasks cto"?'],
  [['task', 't-1', '--all'], 'task takes no --all. See breakroom --help.'],
  [['stop', 'cto', '--accept', 'x'], 'stop takes no --accept. See breakroom --help.'],
  [['why', 't-1', 't-2'], 'why takes one task at most; "t-2" is one too many.'],
  [['assign', 'cto', 'x', '--accept'], "Option '--accept <value>' argument missing. See breakroom --help."],
  [['asign', 'cto', 'x'], 'There is no command "asign". Did you mean assign?'],
  [['state', 'import', 'a', 'b'], 'state import takes one file at most; "b" is one too many.'],
  [['state', 'rebuild', '--force'], 'state rebuild takes no --force. See breakroom --help.'],
  [['state', 'rebuilt'], 'There is no command "state rebuilt". Did you mean state rebuild?'],
  [['status', '-n', '5'], 'status takes no -n. See breakroom --help.'],
  [['up', '--reports-to', 'cto'], 'up takes no --reports-to. See breakroom --help.'],
  [['stop', 'cto', 'cso'], 'stop takes one role at most; "cso" is one too many.'],
  [['up', 'now'], 'up takes nothing more; "now" is one too many.'],
  [['roles', 'new', 'qa', 'cto'], 'roles new takes one name at most; "cto" is one too many.'],
  [['statsu'], 'There is no command "statsu". Did you mean status?'],
  [['roles'], 'There is roles check and roles new. See breakroom --help.'],
  [['roles', 'chek'], 'There is no command "roles chek". Did you mean roles check?'],
  [['people', 'logn'], 'There is no command "people logn". Did you mean people login?'],
  [['people', 'everybody'], 'There is no command "people everybody". See breakroom --help.'],
  [['toString'], 'There is no command "toString". See breakroom --help.'],
  [['status', '--jsno'], "Unknown option '--jsno'. See breakroom --help."],
  [['tail', '-n'], "Option '-n, --lines <value>' argument missing. See breakroom --help."],
])('breakroom %j is refused as a matter of usage, with what was probably meant', (argv, message) => {
  expect(() => readInvocation(argv)).toThrow(expect.objectContaining({ code: 'usage', message }))
})
