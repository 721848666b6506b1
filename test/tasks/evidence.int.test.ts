import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { BreakroomError } from '../../core/errors.ts'
import { hasPassed, isSigned, type SignedRun, signRun } from '../../core/evidence/run.ts'
import type { Step, Task } from '../../core/task/task.ts'
import {
  type EvidenceHouse,
  firstTests,
  judge,
  madeUpRun,
  startEvidenceHouse,
  worker,
} from '../support/evidence-house.ts'
import { type NatsServer, startProvisionedNats } from '../support/nats.ts'
import { until } from '../support/process.ts'

const test: Step = { kind: 'check', check: 'npm test' }
/** Says nothing about tests. */
const lint: Step = { kind: 'check', check: 'lint' }
const approval: Step = { kind: 'approval' }
const yes = { type: 'approve', comment: 'looks right' } as const

/** Goes on when the file `go` is there; says first that it runs. */
const gate = ['sh', '-c', 'touch .git/runs; until test -e .git/go; do sleep 0.02; done']

let nats: NatsServer
let house: EvidenceHouse
beforeAll(async () => {
  nats = await startProvisionedNats({ roles: ['ceo', 'cto', 'devops'] })
})
afterAll(() => nats?.[Symbol.asyncDispose]())
beforeEach(async () => {
  const evidence = nats.as({ kind: 'tasks' }).keyed('evidence')
  for (const place of (await evidence.entries()).keys()) await evidence.delete(place)
  house = await startEvidenceHouse(nats, {
    checks: {
      gate,
      lint: ['true'],
      second: ['true'],
      // Somebody writes while it runs.
      writes: ['sh', '-c', 'echo more >> notes.txt'],
      // Puts other tests in the place of those that count, and puts them back.
      swaps: [
        'sh',
        '-c',
        'cp -p test/first.test.mjs .git/kept; echo > test/first.test.mjs; cp -p .git/kept test/first.test.mjs',
      ],
      moves: ['sh', '-c', 'mv test aside; mkdir test; rmdir test; mv aside test'],
      // Leaves something that does not count in a folder that does.
      caches: ['sh', '-c', 'mkdir -p test/.cache; echo x > test/.cache/x; rm -r test/.cache'],
      talks: [
        process.execPath,
        '-e',
        'console.log(" Test Files  1 passed (1)\\n      Tests  7 passed (7)\\n" + "% coverage of a file\\n".repeat(5000))',
      ],
    },
    timeLimitMs: 10_000,
  })
})
afterEach(() => house[Symbol.asyncDispose]())

const judged = (task: Task) =>
  house.when(task, 'waits for a person', (one) => one.verification[one.passed]?.kind === 'approval')
const done = (task: Task) => house.when(task, 'is done', ({ status }) => status === 'done')
const returned = (task: Task) =>
  house.when(task, 'is back', ({ status, attempts }) => status === 'open' && attempts > 0)

/** Every run that is kept in the bucket. */
const keptRuns = async () => [...(await house.kept.entries())].filter(([place]) => place.startsWith('tree '))

/** Work that was accepted, so that it is known what is usual. */
async function accepted(): Promise<Task> {
  house.repository('cto')
  return done(await house.submit(await house.given({ verification: [test] })))
}

describe('a run', () => {
  it('says of which files it was, how many tests there were, and is signed and kept', async () => {
    const { git } = house.repository('cto')
    const task = await done(await house.submit(await house.given({ verification: [test] })))
    const head = git('rev-parse', 'HEAD').trim()
    expect(task.base).toBe(head)
    expect(house.run(task)).toMatchObject({
      check: 'npm test',
      exit_code: 0,
      ended: null,
      tree: git('rev-parse', 'HEAD^{tree}').trim(),
      commit: head,
      tests: { passed: 2, failed: 0, skipped: 0 },
      doubts: [],
    })
    const [[, signed] = []] = await keptRuns()
    expect(signed?.run).toMatchObject({ task: task.label, role: 'cto', tree: house.run(task).tree })
    expect(isSigned(signed as SignedRun, house.publicKey)).toBe(true)
  })

  it('of a workspace without a repository is of no certain files', async () => {
    const task = await done(await house.submit(await house.given({ verification: [{ kind: 'check', check: 'lint' }] })))
    expect(house.run(task)).toMatchObject({ tree: null, commit: null, exit_code: 0 })
    expect(await keptRuns()).toEqual([])
  })

  it('during which the files changed is no success', async () => {
    house.repository('cto')
    const task = await returned(
      await house.submit(await house.given({ verification: [{ kind: 'check', check: 'writes' }] })),
    )
    expect(task.reason).toBe('`writes` the files changed while it ran')
    expect(task.evidence).toMatchObject([{ passed: false, run: { exit_code: 0, tree: null } }])
  })

  it.each([
    ['swaps', '"test/first.test.mjs"'],
    ['moves', '"test"'],
  ])('S31: during which files were others, and were put back, is no success: %s', async (check, named) => {
    house.repository('cto')
    const task = await returned(await house.submit(await house.given({ verification: [{ kind: 'check', check }] })))
    expect(task.reason).toBe(`\`${check}\` ${named} was written or moved while it ran, though it is the same again`)
    expect(task.evidence).toMatchObject([{ passed: false, run: { exit_code: 0, tree: null } }])
    expect(await keptRuns()).toEqual([])
  })

  it('that leaves something in a folder that does not count is one', async () => {
    house.repository('cto').write('.gitignore', '.cache\n')
    const task = await done(
      await house.submit(await house.given({ verification: [{ kind: 'check', check: 'caches' }] })),
    )
    expect(house.run(task).tree).not.toBeNull()
  })

  it('is counted in far more of its output than is kept, and that is not kept', async () => {
    house.repository('cto')
    const task = await done(
      await house.submit(await house.given({ verification: [{ kind: 'check', check: 'talks' }] })),
    )
    expect(house.run(task).tests).toEqual({ passed: 7, failed: 0, skipped: 0 })
    expect(house.run(task).output_tail).not.toContain('Test Files')
    expect([JSON.stringify(task).length < 20_000, JSON.stringify(await keptRuns()).length < 20_000]).toEqual([
      true,
      true,
    ])
  })

  it('of files that are too many to read is no success, and takes no time', async () => {
    const { path } = house.repository('cto')
    writeFileSync(join(path, 'sparse'), '')
    truncateSync(join(path, 'sparse'), 3_000_000_000)
    const task = await returned(await house.submit(await house.given({ verification: [lint] })))
    expect(task.reason).toMatch(/^`lint` could not be run: The repository .* has more than 2 GB of files$/)
  })

  it('is signed with a key that only its owner can read, and that no program is given', async () => {
    const file = join(house.folder, 'keys/evidence.key')
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    expect((statSync(join(house.folder, 'keys/evidence.pub')).mode & 0o777).toString(8)).toBe('644')
    await house[Symbol.asyncDispose]()
    house = await startEvidenceHouse(nats, { checks: { shows: ['env'] } })
    const task = await done(
      await house.submit(await house.given({ verification: [{ kind: 'check', check: 'shows' }] })),
    )
    expect(house.run(task).output_tail).toContain(`BREAKROOM_TASK=${task.label}`)
    expect(house.run(task).output_tail).not.toMatch(/KEY|PEM|PRIVATE/)
  })
})

describe('F54: a check', () => {
  it.each([
    ['hangs', '`hangs` killed after 1 s'],
    ['crashes', '`crashes` killed by SIGKILL'],
  ])('that %s is not done', async (check, reason) => {
    await house[Symbol.asyncDispose]()
    house = await startEvidenceHouse(nats, {
      checks: { hangs: ['sleep', '600'], crashes: ['sh', '-c', 'kill -9 $$'] },
      timeLimitMs: 1_000,
    })
    house.repository('cto')
    const task = await returned(await house.submit(await house.given({ verification: [{ kind: 'check', check }] })))
    expect(task).toMatchObject({ reason, evidence: [{ passed: false, run: { exit_code: null } }] })
  })

  it('that ends well without having tested anything is looked at by a person', async () => {
    await accepted()
    const repository = house.repository('cto')
    const task = await house.given({ verification: [test] })
    repository.remove('test/first.test.mjs')
    repository.write('notes.txt', 'nothing to test any more')
    const seen = await judged(await house.submit(task))
    expect(seen.status).toBe('verifying')
    expect(house.run(seen).doubts).toEqual([
      expect.stringContaining('there were 2 before'),
      expect.stringContaining('is not there any more'),
    ])
    expect((await house.command(seen, yes, judge)).status).toBe('done')
  })

  it('whose word is a submission alone proves nothing', async () => {
    house.repository('cto').write('test/first.test.mjs', `${firstTests}test('fails', () => assert.fail())\n`)
    const task = await returned(await house.submit(await house.given({ verification: [test] })))
    expect(task.evidence).toMatchObject([{ passed: false, run: { tests: { passed: 2, failed: 1, skipped: 0 } } }])
  })
})

describe('S31: evidence that a worker makes up', () => {
  it('as a file that says the tests passed is not looked at', async () => {
    const repository = house.repository('cto')
    repository.write('test/first.test.mjs', `${firstTests}test('fails', () => assert.fail())\n`)
    repository.write('evidence.json', JSON.stringify({ passed: true, exit_code: 0 }))
    const forged = signRun(madeUpRun({ tree: 'a'.repeat(40) }), otherKey())
    repository.write('.git/breakroom/evidence/forged.json', JSON.stringify(forged))
    const task = await returned(await house.submit(await house.given({ verification: [test] })))
    expect(task.evidence).toMatchObject([{ passed: false, by: null, run: { exit_code: 1 } }])
  })

  it('by leaving tests out, or changing them, is looked at by a person', async () => {
    await accepted()
    const task = await house.given({ verification: [test] })
    const repository = house.repository('cto')
    repository.write('test/first.test.mjs', firstTests.replace("test('adds'", "test.skip('adds'"))
    repository.commit()
    const seen = await judged(await house.submit(task))
    expect(house.run(seen)).toMatchObject({ tests: { passed: 1, failed: 0, skipped: 1 } })
    expect(house.run(seen).doubts).toEqual([
      '1 of 2 tests that passed before is gone.',
      '1 more test is skipped than before.',
      expect.stringContaining('test/first.test.mjs'),
    ])
    await expect(house.command(seen, yes, worker)).rejects.toMatchObject({ code: 'refused' })
    expect((await house.command(seen, yes, judge)).status).toBe('done')
  })

  it('by having git ignore what the run is about is looked at by a person, also when the run is used again', async () => {
    const repository = house.repository('cto')
    repository.write('src/gateway.mjs', 'export const limit = 100\n')
    repository.commit()
    await accepted()
    const task = await house.given({ verification: [test] })
    repository.git('rm', '--quiet', '--cached', 'src/gateway.mjs')
    repository.write('.git/info/exclude', 'src/\n')
    const doubts = ['"src/gateway.mjs" is still there, but ignored now: no run says anything of that.']
    await recorded('run-1')
    // The name of the files is the same as when the check passed.
    repository.write('src/gateway.mjs', 'export const limit = 0\n')
    const seen = await judged(await house.submit(task))
    expect(house.run(seen)).toMatchObject({ exit_code: 0, doubts })
  })

  it.each(['start', 'block', 'submit'] as const)(
    'by changing tests before they said that they began (%s) is looked at by a person',
    async (first) => {
      const repository = house.repository('cto')
      const before = repository.git('rev-parse', 'HEAD').trim()
      let task = await house.given({ verification: [test] }, null)
      const change = () => {
        repository.write('test/first.test.mjs', firstTests.replace("test('adds'", "test.skip('adds'"))
        // Now, and not when the repository was made.
        repository.git('commit', '--quiet', '--all', '--message', 'Skip it')
      }
      // Who says nothing has done it all by then.
      if (first === 'submit') change()
      else {
        const command = first === 'start' ? ({ type: first } as const) : ({ type: first, reason: 'no key' } as const)
        task = await house.command(task, command, worker)
        change()
      }
      const seen = await judged(await house.submit(task))
      expect(seen.base).toBe(before)
      expect(house.run(seen).doubts).toEqual([expect.stringContaining('test/first.test.mjs')])
    },
  )

  it('by beginning the history anew is looked at by a person', async () => {
    const repository = house.repository('cto')
    const task = await house.given({ verification: [test] })
    repository.write('test/first.test.mjs', firstTests.replace("test('adds'", "test.skip('adds'"))
    repository.git('checkout', '--orphan', 'clean')
    repository.commit()
    repository.git('branch', '-D', 'main')
    repository.git('reflog', 'expire', '--expire=now', '--all')
    repository.git('gc', '--quiet', '--prune=now')
    const seen = await judged(await house.submit(task))
    expect(house.run(seen).doubts).toEqual([expect.stringContaining('The commit at which the work began is not there')])
  })

  it('by taking the repository away is looked at by a person', async () => {
    const repository = house.repository('cto')
    const task = await house.given({ verification: [test] })
    renameSync(join(repository.path, '.git'), join(house.folder, 'put-aside'))
    const seen = await judged(await house.submit(task))
    expect(house.run(seen)).toMatchObject({ tree: null, doubts: ['It did not run in a repository, as it did before.'] })
  })

  it('by a run of other files counts for nothing: it is run on those that are there', async () => {
    await accepted()
    const task = await house.given({ verification: [test] })
    const repository = house.repository('cto')
    repository.write('src/gateway.mjs', 'export const limit = 100\n')
    repository.write(
      'test/second.test.mjs',
      "import test from 'node:test'\ntest('fails', () => { throw new Error() })\n",
    )
    const seen = await returned(await house.submit(task))
    expect(house.run(seen)).toMatchObject({ exit_code: 1, tests: { passed: 2, failed: 1 } })
  })

  it.each([
    ['signed by another', (run: SignedRun) => signRun(run.run, otherKey())],
    ['whose words were changed', (run: SignedRun) => ({ ...run, run: { ...run.run, exit_code: 0, ended: null } })],
    ['of another role', (run: SignedRun) => run],
  ])('by a kept run %s counts for nothing', async (what, change) => {
    const theirs = house.repository('devops')
    const own = house.repository('cto')
    const failing = `${firstTests}test('fails', () => assert.fail())\n`
    // The other role's files are the same, and its check another.
    for (const repository of [theirs, own]) repository.write('test/first.test.mjs', failing)
    const asked = { id: 'x', check: 'npm test', role: 'devops', task: null, base: null, mark: 'theirs' }
    const signal = new AbortController().signal
    const recorded = await house.evidence.recorder.record(asked, signal)
    const tree = treeOf(own)
    const sameFiles = { ...recorded.run, tree, exit_code: 0, ended: null }
    // What the house itself would have signed, had it passed there.
    const genuine = signRun(sameFiles, readFileSync(join(house.folder, 'keys/evidence.key'), 'utf8'))
    const start =
      what === 'of another role'
        ? genuine
        : { run: { ...recorded.run, tree, role: 'cto' }, signature: recorded.signature }
    const placed = change(what === 'signed by another' ? { ...start, run: { ...sameFiles, role: 'cto' } } : start)
    await house.kept.put(`tree ${tree} cto npm test`, placed)
    const task = await returned(await house.submit(await house.given({ verification: [test] })))
    expect(house.run(task)).toMatchObject({ exit_code: 1, tests: { failed: 1 } })
  })

  it('by a run before its tests were doubted is doubted all the same', async () => {
    await accepted()
    const task = await house.given({ verification: [test] })
    house.repository('cto').write('test/first.test.mjs', firstTests.replace("test('adds'", "test.skip('adds'"))
    // Asked for between submissions, where nobody says what it is compared with.
    await recorded('run-1')
    const seen = await judged(await house.submit(task))
    expect(house.run(seen).doubts).not.toEqual([])
  })
})

describe('a run that passed before', () => {
  it('counts for a submission of just those files, and is not run again', async () => {
    const repository = house.repository('cto')
    repository.write('.gitignore', 'runs\n')
    repository.write(
      'test/first.test.mjs',
      `import { appendFileSync } from 'node:fs'\nappendFileSync('runs', 'x')\n${firstTests}`,
    )
    repository.commit()
    const task = await house.given({ verification: [test] })
    const { run } = await recorded('run-1')
    expect(readFileSync(join(repository.path, 'runs'), 'utf8')).toBe('x')
    const over = await done(await house.submit(task))
    expect(house.run(over)).toMatchObject({ tree: run.tree, output_sha256: run.output_sha256, doubts: [] })
    expect(readFileSync(join(repository.path, 'runs'), 'utf8')).toBe('x')
  })
})

describe('where runs are kept', () => {
  const full = new BreakroomError('unavailable', 'Storing in evidence: maximum bytes exceeded')
  let why: Error | null
  let said: string[]
  let unkept: number
  beforeEach(async () => {
    why = null
    said = []
    unkept = 0
    await house[Symbol.asyncDispose]()
    const log = { info() {}, warn() {}, error: (_: object, text: string) => void said.push(text) }
    const metrics = {
      gauge() {},
      count(name: string) {
        if (name === 'breakroom_evidence_unkept_total') unkept++
      },
    }
    house = await startEvidenceHouse(nats, {
      checks: { lint: ['true'] },
      fails: () => why,
      more: { patienceMs: 10, log, metrics },
    })
  })

  it('nothing can be read or written: a task comes to be done all the same, by a person, and that is said', async () => {
    house.repository('cto')
    const task = await house.given({ verification: [test] })
    why = full
    const seen = await judged(await house.submit(task))
    expect(house.run(seen)).toMatchObject({
      exit_code: 0,
      doubts: ['What its tests came to before cannot be looked up now.'],
    })
    await done(await house.command(seen, yes, judge))
    expect(said).toEqual([
      'what a check came to before cannot be looked up: a person has to look',
      'a run of a check could not be kept',
      'what a check came to is not kept: the one before goes on counting',
    ])
    expect(unkept).toBe(3)
    why = null
    await done(await house.submit(await house.given({ verification: [test] })))
  })

  it('what lies there from a clock that was ahead does not stay for as long as that', async () => {
    await accepted()
    const place = 'accepted cto npm test'
    const run = madeUpRun({ at: '2099-01-01T00:00:00.000Z', tests: { passed: 1, failed: 0, skipped: 0 } })
    await house.kept.put(place, signRun(run, readFileSync(join(house.folder, 'keys/evidence.key'), 'utf8')))
    await accepted()
    expect((await house.kept.get(place))?.run.tests).toEqual({ passed: 2, failed: 0, skipped: 0 })
  })
})

describe('a yes', () => {
  it('to files that changed since they were checked is refused, and they are checked again', async () => {
    const repository = house.repository('cto')
    const task = await judged(await house.submit(await house.given({ verification: [lint, approval] })))
    repository.write('src/gateway.mjs', 'export const limit = 0\n')
    await expect(house.command(task, yes, judge)).rejects.toMatchObject({
      code: 'refused',
      detail: { rule: 'changed' },
      message: expect.stringMatching(
        /^t-1 is not done: the files are not those that `lint` passed on \([0-9a-f]{8}; now they are [0-9a-f]{8}\)\. Its checks run again/,
      ),
    })
    const again = await house.when(
      task,
      'was checked again',
      ({ passed, evidence }) => passed === 1 && evidence.length === 2,
    )
    expect(house.run(again).tree).toBe(treeOf(repository))
    expect((await house.command(again, yes, judge)).status).toBe('done')
  })

  it('of somebody who may not say it moves nothing, whatever the files are', async () => {
    const repository = house.repository('cto')
    const task = await judged(await house.submit(await house.given({ verification: [lint, approval] })))
    repository.write('src/gateway.mjs', 'export const limit = 0\n')
    await expect(house.command(task, yes, worker)).rejects.toMatchObject({ detail: { rule: 'not-the-judge' } })
    expect((await house.when(task, 'is there', () => true)).passed).toBe(1)
  })

  it('before the last check lets nothing pass that was changed after the first, nor for ever be checked', async () => {
    const repository = house.repository('cto')
    const steps: Step[] = [lint, approval, { kind: 'check', check: 'second' }]
    let task = await judged(await house.submit(await house.given({ verification: steps })))
    for (let round = 1; round <= 3; round++) {
      repository.write('src/gateway.mjs', `export const limit = ${round}\n`)
      const runs = task.evidence.length
      await house.command(task, yes, judge)
      task = await house.when(
        task,
        'is checked again',
        ({ passed, evidence }) => passed === 1 && evidence.length === runs + 2,
      )
      expect(house.run(task).tree).toBe(treeOf(repository))
    }
    repository.write('src/gateway.mjs', 'export const limit = 4\n')
    await house.command(task, yes, judge)
    expect((await returned(task)).reason).toMatch(
      /^`second` passed, but the files are not those that .*, again and again$/,
    )
  })

  it('of the last check does not count for files that an earlier one has not seen', async () => {
    const repository = house.repository('cto')
    const steps: Step[] = [lint, { kind: 'check', check: 'gate' }]
    const task = await house.submit(await house.given({ verification: steps }))
    await until('the second check runs', () => existsSync(join(repository.path, '.git/runs')))
    const first = await house.when(task, 'passed the first', ({ passed }) => passed === 1)
    writeFileSync(join(repository.path, 'src.mjs'), 'export {}\n')
    writeFileSync(join(repository.path, '.git/go'), '')
    // The files changed under the second.
    const back = await returned(task)
    expect(back.reason).toBe('`gate` the files changed while it ran')
    expect(house.run(first).tree).not.toBe(treeOf(repository))
  })
})

describe('S30: what git is told', () => {
  it('to pass its hooks by changes nothing about done', async () => {
    const repository = house.repository('cto')
    const task = await house.given({ verification: [test] })
    repository.write('test/first.test.mjs', `${firstTests}test('fails', () => assert.fail())\n`)
    const trap = join(house.folder, 'trapped')
    repository.write('hooks/pre-commit', `#!/bin/sh\ntouch ${trap}\nexit 0\n`)
    repository.git('config', 'core.hooksPath', 'hooks')
    repository.git('config', 'core.fsmonitor', `touch ${trap}`)
    repository.git('config', 'filter.evil.clean', `touch ${trap}; cat`)
    repository.write('.gitattributes', '*.mjs filter=evil\n')
    repository.git('-c', 'core.fsmonitor=false', '-c', 'filter.evil.clean=cat', 'add', '--all')
    repository.git(
      '-c',
      'core.fsmonitor=false',
      '-c',
      'core.hooksPath=/dev/null',
      '-c',
      'filter.evil.clean=cat',
      'commit',
      '--no-verify',
      '-qm',
      'x',
    )
    const back = await returned(await house.submit(task))
    expect(back.evidence).toMatchObject([{ passed: false, run: { exit_code: 1 } }])
    expect(existsSync(trap)).toBe(false)
  })
})

describe('an artifact', () => {
  const plan: Step = { kind: 'artifact', path: 'out/plan.pdf' }
  it('that is there is noted with its size and hash; one that is not sends the work back', async () => {
    const repository = house.repository('cto')
    const missing = await returned(await house.submit(await house.given({ verification: [plan] })))
    expect(missing.reason).toBe('out/plan.pdf is not there')
    repository.write('out/plan.pdf', 'plan')
    const there = await done(await house.submit(await house.given({ verification: [plan] })))
    expect(there.evidence).toMatchObject([{ passed: true, artifact: { path: 'out/plan.pdf', bytes: 4 } }])
  })
})

describe('the verb evidence', () => {
  const person = { role: null }
  const ask = (id: string, args = { check: 'gate', role: 'cto' }, asker: { role: string | null } = person) =>
    house.evidence.runs.answer(args, asker, { id })

  it('runs a check once for one request, however often it is asked', async () => {
    const repository = house.repository('cto')
    const first = await ask('one')
    expect(first).toEqual({ state: 'running' })
    expect(await ask('one')).toEqual({ state: 'running' })
    repository.write('.git/go', '')
    const reply = await until('it is done', async () => {
      const one = await ask('one')
      return one.state === 'done' && one
    })
    expect(hasPassed(reply.run.run)).toBe(true)
    expect(await ask('one')).toEqual(reply)
  })

  it('lets a few wait for one role, and no more', async () => {
    house.repository('cto')
    const waiting = ['one', 'two', 'three'].map((id) => ask(id))
    await expect(ask('four')).rejects.toMatchObject({ detail: { rule: 'busy' } })
    // Others are not held up.
    house.repository('devops').write('.git/go', '')
    expect(await ask('five', { check: 'gate', role: 'devops' })).toMatchObject({ state: 'done' })
    await Promise.all(waiting)
  })

  it.each([
    [
      'a check that there is not',
      { check: 'lnit', role: 'cto' },
      person,
      { message: 'There is no check "lnit". Did you mean lint?' },
    ],
    ['a role that there is not', { check: 'lint', role: 'cot' }, person, { detail: { rule: 'unknown-role' } }],
    ["another role's workspace", { check: 'lint', role: 'cto' }, { role: 'devops' }, { code: 'denied' }],
  ])('refuses %s', async (_, args, asker, expected) => {
    await expect(ask('x', args, asker)).rejects.toMatchObject(expected)
  })

  it('refuses a role that stands still', async () => {
    house.stop('cto', { by: 'human-alice', at: '2026-11-22T00:00:00.000Z' })
    await expect(ask('x')).rejects.toMatchObject({ detail: { rule: 'stopped' } })
  })
})

function otherKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** As git itself names the files that are there. */
function treeOf({ git }: { git(...args: string[]): string }): string {
  git('add', '--all')
  return git('write-tree').trim()
}

async function recorded(id: string): Promise<SignedRun> {
  return until('it is recorded', async () => {
    const reply = await house.evidence.runs.answer({ check: 'npm test', role: 'cto' }, { role: null }, { id })
    return reply.state === 'done' && reply.run
  })
}
