import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkState } from '../../../cli/commands/doctor-state.ts'
import { stateStatus } from '../../../cli/commands/state.ts'
import { stateCompare } from '../../../cli/commands/state-compare.ts'
import { stateExport } from '../../../cli/commands/state-export.ts'
import { stateImport } from '../../../cli/commands/state-import.ts'
import { stateMetrics } from '../../../cli/commands/state-metrics.ts'
import { createProgress } from '../../../cli/progress.ts'
import { endLine, entryLine } from '../../../core/state/export-lines.ts'
import { createStateDigest } from '../../../core/state/state-digest.ts'
import { commandLineHome, keptOutput } from '../../support/command-line.ts'
import { temporaryFolder } from '../../support/process.ts'
import { contentOf, dayRecord, hardTexts, inPrivate, knowledgeRecord, startRecord } from '../../support/state.ts'
import { type TestStateDoor, testStateDoor } from '../../support/state-door.ts'
import { keyOf } from '../../support/tasks.ts'

const never = new AbortController().signal
let door: TestStateDoor
let folder: ReturnType<typeof temporaryFolder>

beforeEach(async () => {
  folder = temporaryFolder()
  door = await testStateDoor()
})
afterEach(async () => {
  await door?.[Symbol.asyncDispose]()
  folder?.[Symbol.dispose]()
})

/** A command at the fleet of that door: what it printed and said, and what it ended with. */
async function type<T>(
  work: (
    home: ReturnType<typeof commandLineHome>,
    more: ReturnType<typeof keptOutput> & { drawn: PassThrough },
  ) => Promise<T>,
  { at = door, json = false }: { at?: TestStateDoor; json?: boolean } = {},
) {
  using home = commandLineHome(at.nats)
  const kept = keptOutput(json)
  const drawn = new PassThrough()
  const code = await work(home, { ...kept, drawn })
  return { code, printed: kept.printed(), talked: kept.talked(), drawn: String(drawn.read() ?? '') }
}

const progressOn = (drawn: PassThrough) => (things: string) => createProgress(drawn, 'lines', things)

function exportTo(file: string, { force = false, at = door, stop = never } = {}) {
  return type(
    (home, { output, drawn }) =>
      stateExport(home, output, progressOn(drawn)('entries'), stop, { file, force, stdout: new PassThrough() }),
    { at },
  )
}

function importFrom(file: string | undefined, { at = door, stop = never } = {}) {
  return type((home, { output, drawn }) => stateImport(home, output, progressOn(drawn), stop, file), { at })
}

/** Everything that there can be, texts that have been mangled elsewhere among it. */
async function fill({ file, work }: TestStateDoor): Promise<void> {
  await work([1, 4], [2, 1], [3, 2], [4, 2, inPrivate()])
  await file.keep({
    records: {
      knowledge: hardTexts.map((text, index) =>
        knowledgeRecord(`decision-${index}`, 1, { text: text.slice(0, 100_000) }),
      ),
      configuration: [startRecord('2026-11-21T12-00-00-000Z-aaaaaaaa')],
      metrics: [dayRecord('cto', '2026-11-21', 4)],
    },
  })
}

describe('state status', () => {
  test('says what is kept', async () => {
    await door.work([1, 2])
    const { code, printed } = await type((home, { output }) => stateStatus(home, output))
    expect(code).toBe(0)
    expect(printed).toContain('1 task with 2 commits')
  })

  test('ends with 3 when something is off, and says so', async () => {
    await door.ask('import_begin', { org: 'breakroom', counts: { ...zero }, sha256: 'a'.repeat(64) })
    // Nothing of it is here yet.
    expect((await type((home, { output }) => stateStatus(home, output))).code).toBe(0)
    await door.ask('import', { entries: [{ section: 'knowledge', record: knowledgeRecord('decision-1') }] })
    const { code, printed } = await type((home, { output }) => stateStatus(home, output))
    expect(code).toBe(3)
    expect(printed).toContain('Off: an import is half done')
    const json = await type((home, { output }) => stateStatus(home, output), { json: true })
    expect(JSON.parse(json.printed)).toMatchObject({ fleet: door.file.fleet, ledger_lag: 0, behind: null })
  })
})

const zero = { tasks: 0, commits: 0, knowledge: 0, configuration: 0, metrics: 0 }

describe('state export', () => {
  test('writes all of it to a file for its owner alone, and what a new fleet imports is the same', async () => {
    await fill(door)
    const file = `${folder.path}/memory.jsonl`
    const { printed, drawn } = await exportTo(file)
    expect(printed).toBe(`4 tasks with 9 commits, 8 pieces of knowledge, 1 start and 1 role day are in ${file}.\n`)
    expect(drawn).toContain('100 %  19 of 19 entries')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder.path)).toEqual(['memory.jsonl'])

    await using other = await testStateDoor()
    const imported = await importFrom(file, { at: other })
    expect(imported).toMatchObject({
      code: 0,
      printed: '4 tasks with 9 commits, 8 pieces of knowledge, 1 start and 1 role day are here now.\n',
    })
    expect(await contentOf(other.file.store)).toEqual(await contentOf(door.file.store))
    expect(other.refills).toBe(1)

    const again = `${folder.path}/again.jsonl`
    await exportTo(again, { at: other })
    const [first, second] = [file, again].map((path) => readFileSync(path, 'utf8').split('\n').slice(1))
    expect(second).toEqual(first)
  }, 30_000)

  test('does not take the place of another file unless it is told to, and leaves nothing half done', async () => {
    await door.work([1, 1])
    const file = `${folder.path}/memory.jsonl`
    writeFileSync(file, 'something else')
    await expect(exportTo(file)).rejects.toMatchObject({
      code: 'usage',
      message: `${file} is there already; --force puts the export in its place.`,
    })
    expect(readFileSync(file, 'utf8')).toBe('something else')
    await exportTo(file, { force: true })
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4)

    await expect(exportTo(folder.path)).rejects.toMatchObject({ code: 'usage' })
    await expect(exportTo(`${folder.path}/no/memory.jsonl`)).rejects.toMatchObject({
      code: 'usage',
      message: `There is no folder ${folder.path}/no.`,
    })
    door.tamper("UPDATE commits SET body = '{'")
    await expect(exportTo(`${folder.path}/cut.jsonl`)).rejects.toThrow()
    expect(readdirSync(folder.path)).toEqual(['memory.jsonl'])
  })

  test('two at the same time do not get into each other', async () => {
    await fill(door)
    const file = `${folder.path}/memory.jsonl`
    await Promise.all([exportTo(file, { force: true }), exportTo(file, { force: true })])
    expect(readdirSync(folder.path)).toEqual(['memory.jsonl'])
    const [, ...lines] = readFileSync(file, 'utf8').split('\n')
    await exportTo(file, { force: true })
    expect(lines).toEqual(readFileSync(file, 'utf8').split('\n').slice(1))
  })

  test('leaves nothing behind when it is stopped', async () => {
    await fill(door)
    const stop = new AbortController()
    const stopped = type((home, { output }) => {
      const progress = { show: () => stop.abort(), end() {} }
      const file = `${folder.path}/memory.jsonl`
      return stateExport(home, output, progress, stop.signal, { file, force: false, stdout: new PassThrough() })
    })
    await expect(stopped).rejects.toMatchObject({ code: 'closed', message: 'The export was stopped.' })
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('takes the place of a file and of nothing else', async () => {
    const pipe = `${folder.path}/pipe`
    execFileSync('mkfifo', [pipe])
    await expect(exportTo(pipe, { force: true })).rejects.toMatchObject({
      code: 'usage',
      message: `${pipe} is no file; "-" prints the export.`,
    })
    expect(statSync(pipe).isFIFO()).toBe(true)
  })

  test('waits until the ledger is read, and says what is off', async () => {
    await fill(door)
    const lags = [null, 9, 2]
    Object.defineProperty(door, 'lag', { get: () => (lags.length > 0 ? lags.shift() : 0) })
    expect((await exportTo(`${folder.path}/memory.jsonl`)).talked).toBe('')
    expect(lags).toEqual([])

    const path = door.file.store.title.replace('SQLite, ', '')
    writeFileSync(`${path}.unreadable-2026-11-22`, '')
    expect((await exportTo(`${folder.path}/after.jsonl`)).talked).toContain('Off: what was kept could not be read')
  })

  test('is refused while the ledger has more than is kept', async () => {
    door.lag = 3
    await expect(exportTo(`${folder.path}/memory.jsonl`)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The ledger is still being read, and 3 of it are not kept yet; try again in a moment.',
    })
    expect(readdirSync(folder.path)).toEqual([])
  }, 15_000)

  test('prints it, and nothing else, where "-" is given', async () => {
    await door.work([1, 1])
    const stdout = new PassThrough()
    const { printed, talked } = await type((home, { output, drawn }) =>
      stateExport(home, output, progressOn(drawn)('entries'), never, { file: '-', force: false, stdout }),
    )
    expect(printed).toBe('')
    expect(talked).toContain('were written')
    const lines = String(stdout.read()).trimEnd().split('\n')
    expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual(['breakroom_state', 'commit', 'end'])
  })

  test('without a file it says what it takes', async () => {
    await expect(exportTo(undefined as never)).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('state import', () => {
  /** An export of what `fill` makes, changed, as a file for a new fleet; nothing of it may have been taken. */
  async function refused(change: (text: string) => string): Promise<unknown> {
    await fill(door)
    const file = `${folder.path}/memory.jsonl`
    await exportTo(file, { force: existsSync(file) })
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    await using other = await testStateDoor()
    const error = await importFrom(file, { at: other }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(await other.file.counts()).toEqual(zero)
    expect(await other.file.note('import')).toBeNull()
    return error
  }

  test.each<[string, (text: string) => string, RegExp]>([
    ['was cut', (text) => text.slice(0, -200), /memory\.jsonl:\d+:\d+: /],
    [
      'lost its end',
      (text) => text.replace(/\n[^\n]+\n$/, '\n'),
      /memory\.jsonl:21:1: The file ends before the export/,
    ],
    ['lost a line', (text) => text.replace(/\n[^\n]+\n/, '\n'), /memory\.jsonl:20:1: The export had/],
    ['has one changed byte', (text) => text.replace('note 3', 'note 4'), /memory\.jsonl:21:1: .* changed or damaged/],
    ['was written by a newer Breakroom', (text) => text.replace('state":1', 'state":2'), /:1:1: A newer Breakroom/],
    ['is of another organisation', (text) => text.replace('"org":"breakroom"', '"org":"other"'), /memory of "other"/],
    ['is none', () => 'hello\n', /memory\.jsonl:1:1: This is no export/],
    ['is empty', () => '', /memory\.jsonl:1:1: /],
  ])(
    'refuses a file that %s, and takes nothing from it',
    async (_, change, message) => {
      expect(await refused(change)).toMatchObject({ message: expect.stringMatching(message) })
    },
    30_000,
  )

  test('is refused where there are tasks, and goes on where it was stopped', async () => {
    await fill(door)
    const file = `${folder.path}/memory.jsonl`
    await exportTo(file)
    await expect(importFrom(file)).rejects.toMatchObject({
      code: 'refused',
      message: 'This fleet has 4 tasks of its own; an import is for a new one.',
    })

    await using other = await testStateDoor()
    const whole = other.refill
    other.refill = () => Promise.reject(new Error('The task service does not answer.'))
    await expect(importFrom(file, { at: other })).rejects.toThrow('The task service does not answer.')
    expect((await type((home, { output }) => stateStatus(home, output), { at: other })).code).toBe(3)
    other.refill = whole
    await other.again()
    expect(await importFrom(file, { at: other })).toMatchObject({ code: 0 })
    expect((await type((home, { output }) => stateStatus(home, output), { at: other })).code).toBe(0)
    expect(await contentOf(other.file.store)).toEqual(await contentOf(door.file.store))
  }, 30_000)

  test('takes more than one page holds', async () => {
    const digest = createStateDigest()
    const lines = Array.from({ length: 30 }, (_, index) => {
      const record = knowledgeRecord(`decision-${index}`, 1, { text: 'x'.repeat(90_000) })
      digest.add({ section: 'knowledge', record })
      return entryLine({ section: 'knowledge', record })
    })
    const header = { breakroom_state: 1, org: 'breakroom', fleet: 'f-1', exported_at: '2026-11-22T07:00:00.000Z' }
    const file = `${folder.path}/memory.jsonl`
    writeFileSync(file, [JSON.stringify(header), ...lines, endLine(digest.result()), ''].join('\n'))
    expect(await importFrom(file)).toMatchObject({ code: 0 })
    expect(await door.file.counts()).toMatchObject({ knowledge: 30 })
  }, 30_000)

  test('says what is missing', async () => {
    await expect(importFrom(undefined)).rejects.toMatchObject({ code: 'usage' })
    await expect(importFrom(`${folder.path}/none`)).rejects.toMatchObject({ code: 'usage' })
    await expect(importFrom('firestore')).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('There is no Firestore here'),
    })
  })
})

describe('state compare', () => {
  const compare = (json = false) =>
    type(
      (home, { output, drawn }) =>
        stateCompare(home, output, createProgress(drawn, json ? 'none' : 'lines', 'entries'), never),
      { json },
    )

  test('ends with 0 when the same is everywhere, and with 1 and what is not', async () => {
    await door.work([1, 3])
    expect(await compare()).toMatchObject({ code: 0, printed: expect.stringContaining('1 task with 3 commits') })
    door.tamper(`DELETE FROM commits WHERE key = '${keyOf(1)}' AND version = 2`)
    const { code, printed } = await compare()
    expect(code).toBe(1)
    expect(printed).toContain('commit 2 of t-1 is in the ledger and not in SQLite')
    const json = await compare(true)
    expect(json).toMatchObject({ code: 1, talked: '', drawn: '' })
    expect(JSON.parse(json.printed)).toMatchObject({ different: 1, ledger: { commits: 3 } })
  }, 30_000)
})

describe('state metrics', () => {
  const metrics = (role?: string, days?: string, json = false) =>
    type((home, { output }) => stateMetrics(home, output, { role, days }), { json })

  test('shows the last days, of one role or of all', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
    const kept = [
      dayRecord('ceo', day(0)),
      dayRecord('cto', day(0)),
      dayRecord('cto', day(6)),
      dayRecord('cto', day(8)),
    ]
    await door.file.keep({ records: { metrics: kept } })
    expect((await metrics()).printed).toMatch(/ceo/)
    expect(JSON.parse((await metrics(undefined, undefined, true)).printed)).toEqual([kept[2], kept[0], kept[1]])
    expect(JSON.parse((await metrics('cto', '1', true)).printed)).toEqual([kept[1]])
    expect(JSON.parse((await metrics('cto', '9', true)).printed)).toEqual([kept[3], kept[2], kept[1]])
    expect((await metrics('cso')).printed).toBe('Nothing was measured of cso in the last 7 days.\n')
    await expect(metrics('cto', 'all')).rejects.toMatchObject({ code: 'usage' })
  })
})

test('doctor says that all is kept, or that the store does not run', async () => {
  await door.work([1, 2])
  using home = commandLineHome(door.nats)
  expect(await checkState(home)).toEqual([{ check: 'state', state: 'ok', found: `1 task in ${door.file.store.title}` }])
  door.stop()
  expect(await checkState(home)).toMatchObject([
    { check: 'state', state: 'failure', fix: 'breakroom run state, or npm start' },
  ])
  expect(await checkState({ ...home, natsUrl: null })).toEqual([])
}, 20_000)
